from __future__ import annotations

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.vc import status_list
from credentials.vc.status_list import LENGTH, UnreadableList
from tests.tries import tries


def packed(bits: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(gzip.compress(bits, mtime=0)).decode().rstrip("=")


@tries(25)
@given(st.sets(st.integers(0, LENGTH - 1), max_size=50))
def test_round_trip(indexes):
    bits = status_list.decode(status_list.encode(indexes))

    assert sum(byte.bit_count() for byte in bits) == len(indexes)
    assert all(status_list.is_set(bits, index) for index in indexes)


def test_the_first_place_is_the_left_most_bit():
    bits = status_list.decode(status_list.encode([0, 9]))

    assert bits[:2] == b"\x80\x40"


def test_the_same_places_give_the_same_text():
    assert status_list.encode([5, 7]) == status_list.encode([7, 5])


def test_the_list_has_the_minimal_length():
    assert len(status_list.decode(status_list.encode([]))) * 8 == 131_072


@pytest.mark.parametrize("index", [-1, LENGTH])
def test_a_place_outside_is_refused(index):
    with pytest.raises(UnreadableList):
        status_list.is_set(bytes(LENGTH // 8), index)


@pytest.mark.parametrize(
    ("encoded", "reason"),
    [
        ("", "not a base64url list"),
        ("zabc", "not a base64url list"),
        ("u!!!!", "not gzip"),
        ("uAAAA", "not gzip"),
        (packed(bytes(100)), "shorter"),
        (packed(bytes(8 * status_list.MAX_BYTES)), "longer"),
        (packed(bytes(LENGTH // 8))[:-8], "cut off"),
    ],
)
def test_a_bad_list_is_refused(encoded, reason):
    with pytest.raises(UnreadableList, match=reason):
        status_list.decode(encoded)


def test_an_entry_names_its_place_as_text():
    entry = status_list.entry("https://learn.example/status/1", 42)

    assert entry == {
        "id": "https://learn.example/status/1#42",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "42",
        "statusListCredential": "https://learn.example/status/1",
    }
