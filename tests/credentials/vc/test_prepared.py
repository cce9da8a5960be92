"""What is made from an example equals the document with those values in it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from credentials.vc import template
from credentials.vc.prepared import Prepared
from credentials.vc.shapes import Unprovable
from tests.credentials.vc import samples

MARKER = "this name stands nowhere else"


def document(**values):
    """With the parts marked that others have, too."""
    return template.shared(samples.unsigned(**values))


def prepared(places=None):
    example = document(name=MARKER)
    return Prepared(example, {"name": MARKER, **(places or {})})


@pytest.mark.parametrize("name", ["Ada", 'A "quoted" \\ name', "王小明", "two\nlines", "%s %(v0)s"])
def test_it_says_what_the_reference_says(name):
    made = prepared().render({"name": name})

    expected = template.by_reference(document(name=name))
    assert (made.n_quads, made.text) == (expected.n_quads, expected.text)


@pytest.mark.parametrize("name", ["\ud800", "a\x07", "_:b"])
def test_what_is_unsafe_is_left_to_the_reference(name):
    with pytest.raises(Unprovable):
        prepared().render({"name": name})


def test_an_address_stays_an_address():
    example = document()
    one = Prepared(example, {"id": example["id"]})

    with pytest.raises(Unprovable):
        one.render({"id": "no address"})


def test_a_place_that_is_missing_is_refused():
    with pytest.raises(Unprovable):
        prepared({"grade": "a grade that stands nowhere"})


def test_another_shape_needs_another_example():
    made = Prepared(document(name=MARKER, grade=Decimal(1)), {"name": MARKER})

    text = made.render({"name": "Ada"}).text
    assert text != template.render(document(name="Ada", grade=None)).text
