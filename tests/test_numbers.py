"""Numbers as learners write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.numbers import read_number


@pytest.mark.parametrize(
    ("mark", "entered", "meant"),
    [
        (".", "3.5", "3.5"),
        (".", "1,000", "1000"),
        (".", "1,234,567.25", "1234567.25"),
        (".", "3,5", "3.5"),
        (".", "1.000", "1.000"),
        (".", ".5", "0.5"),
        (".", "5.", "5"),
        (",", "3,5", "3.5"),
        (",", "1.000", "1000"),
        (",", "1.234.567,25", "1234567.25"),
        (",", "3.5", "3.5"),
        (",", "0.125", "0.125"),
        (",", "1,000", "1.000"),
        (",", "1 000,5", "1000.5"),
        (".", "1’000", "1000"),
        (".", "−2", "-2"),
        (".", "-2", "-2"),
        (".", "+2", "2"),
        (".", " 007 ", "7"),
        (".", "１２", "12"),
        (".", "٣.٥", "3.5"),
        (".", "999999999999999", "999999999999999"),
    ],
)
def test_a_number_reads_as_its_language_writes_it(mark, entered, meant):
    assert read_number(entered, decimal_mark=mark) == Decimal(meant)


@pytest.mark.parametrize(
    "entered",
    [
        "",
        "x",
        "NaN",
        "inf",
        "-Infinity",
        "1e999",
        "1e3",
        "--1",
        "1.2.3",
        "1,2,3",
        "1,00,000",
        "1.234,5,6",
        "0x10",
        "1/2",
        "9" * 16,
        "½",
        "1\x00",
        ".",
        ",",
        "-",
        "5 %",
    ],
)
@pytest.mark.parametrize("mark", [".", ","])
def test_what_is_no_number_is_none(mark, entered):
    assert read_number(entered, decimal_mark=mark) is None


@given(st.text(max_size=30), st.sampled_from([".", ","]))
def test_whatever_is_entered_is_a_finite_number_or_none(entered, mark):
    number = read_number(entered, decimal_mark=mark)

    assert number is None or number.is_finite()


@given(st.decimals(-(10**8), 10**8, places=3), st.sampled_from([".", ","]))
def test_a_number_comes_back_as_it_was_written(number, mark):
    other = "," if mark == "." else "."
    written = f"{number:,}".replace(",", "_").replace(".", mark).replace("_", other)

    assert read_number(written, decimal_mark=mark) == number
