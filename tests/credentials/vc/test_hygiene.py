from __future__ import annotations

import json

import pyoxigraph
import pytest
from pyld import jsonld

from credentials.vc import hygiene


@pytest.mark.parametrize(
    "text", ["plain", "two\nlines", "Đặng Thị Ünal", "李雷", "👩‍🔬", "שלום", 'quote " and \\']
)
def test_clean_text_passes(text):
    hygiene.check({"name": [text, 1, True, None]})


@pytest.mark.parametrize(
    "character", ["\0", "\t", "\r", "\x1f", "\x7f", "\x85", "\ud800", "\ufffe"]
)
def test_a_character_that_verifiers_disagree_on_is_refused(character):
    with pytest.raises(hygiene.UncleanText, match=f"U\\+{ord(character):04X} from name"):
        hygiene.check({"issuer": {"name": f"Har{character}bor"}})


def test_a_noncharacter_of_a_higher_plane_is_refused():
    with pytest.raises(hygiene.UncleanText, match="U\\+1FFFF"):
        hygiene.check({"name": "\U0001ffff"})


def test_text_that_is_not_normalized_is_refused():
    with pytest.raises(hygiene.UncleanText, match="Write name in Unicode normalization form NFC"):
        hygiene.check({"name": "U\N{COMBINING DIAERESIS}nal"})


def test_an_unclean_property_name_is_refused():
    with pytest.raises(hygiene.UncleanText):
        hygiene.check({"na\0me": "x"})


@pytest.mark.parametrize("number", [0.56, 2.0, float("nan"), 2**53, -(2**53)])
def test_a_number_that_verifiers_write_differently_is_refused(number):
    with pytest.raises(hygiene.UncleanText, match="Write the number in value"):
        hygiene.check({"value": number})


def test_numbers_that_pass_are_the_same_to_a_library_that_writes_few_digits():
    passing = [n / 100 for n in range(6001) if hygiene.is_written_alike(n / 100)]
    assert {0.1, 0.2, 0.25, 7.3, 60 - 0.01} <= set(passing)
    document = {"@id": "https://example.org/1", "https://example.org/n": passing}
    by_fewest = pyoxigraph.parse(json.dumps(document), format=pyoxigraph.RdfFormat.JSON_LD)
    by_sixteen = jsonld.to_rdf(document, {"format": "application/n-quads"})
    assert {f"{quad} ." for quad in by_fewest} == set(by_sixteen.splitlines())
