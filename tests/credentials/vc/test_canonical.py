from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.vc import pinned, reading
from credentials.vc.canonical import NotCanonical, canonicalize
from credentials.vc.hygiene import UncleanText
from credentials.vc.reports import Stop
from tests.credentials.vc import samples, vectors
from tests.tries import tries

CLEAN = st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), min_size=1)


def changed(**values) -> dict:
    return samples.unsigned() | values


def shuffled(value, draw):
    if isinstance(value, dict):
        keys = draw(st.permutations(list(value)))
        return {key: shuffled(value[key], draw) for key in keys}
    if isinstance(value, list):
        return [shuffled(item, draw) for item in value]
    return value


def test_the_published_document(examples_context):
    digest = hashlib.sha256(canonicalize(vectors.UNSIGNED)).hexdigest()

    assert digest == vectors.DOCUMENT_HASH


def test_the_published_proof_configuration(examples_context):
    configuration = {"@context": vectors.UNSIGNED["@context"], **vectors.CONFIGURATION}

    assert hashlib.sha256(canonicalize(configuration)).hexdigest() == vectors.CONFIGURATION_HASH


@tries(15)
@given(st.data())
def test_the_order_of_properties_means_nothing(data):
    document = samples.unsigned()

    assert canonicalize(shuffled(document, data.draw)) == canonicalize(document)


@tries(40)
@given(CLEAN, CLEAN)
def test_another_name_gives_other_bytes(one, other):
    same = canonicalize(samples.unsigned(name=one)) == canonicalize(samples.unsigned(name=other))

    assert same == (one == other)


def test_a_newline_and_quotes_are_escaped_as_rdfc_says():
    lines = canonicalize(changed(description='a\nb "c" \\d')).decode()

    assert r'"a\nb \"c\" \\d"' in lines


@pytest.mark.parametrize("place", ["credentialSubject", "issuer", "credentialStatus"])
def test_an_undefined_term_is_refused(place):
    document = samples.unsigned()
    document[place]["shoeSize"] = "44"

    with pytest.raises(NotCanonical, match="not defined"):
        canonicalize(document)


@pytest.mark.parametrize(
    "values",
    [
        {"type": ["VerifiableCredential", "OpenBadgeCredential", "MadeUp"]},
        {"id": "credentials/1"},
        {"id": ""},
        {"evidence": {"id": "https://learn.example/a b", "name": "Unsigned"}},
        {"evidence": {"id": "https://learn.example/<b>"}},
        {"evidence": {"id": "//learn.example/b"}},
    ],
)
def test_what_would_go_unsigned_is_refused(values):
    with pytest.raises(NotCanonical, match="neither a known term nor an absolute address"):
        canonicalize(changed(**values))


@pytest.mark.parametrize(
    "values",
    [
        {"evidence": {"id": "https://learn.example/%zz"}},
        {"description": {"@value": "x", "@language": "no language"}},
    ],
)
def test_what_is_malformed_is_refused(values):
    with pytest.raises(NotCanonical, match="malformed"):
        canonicalize(changed(**values))


@pytest.mark.parametrize(
    "key", ["@id", "@graph", "@reverse", "https://www.w3.org/2018/credentials#credentialStatus"]
)
def test_a_property_is_written_as_its_term(key):
    """Otherwise a revoked credential could hide its status entry and keep its signature."""
    with pytest.raises(NotCanonical, match="as a term"):
        canonicalize(changed(**{key: {}}))


def test_a_named_blank_node_is_refused():
    with pytest.raises(NotCanonical, match="names a blank node"):
        canonicalize(changed(id="_:b0"))


@pytest.mark.parametrize("context", [{"name": "https://schema.org/alternateName"}, None])
def test_a_context_of_its_own_is_refused(context):
    with pytest.raises(NotCanonical, match="by its address"):
        canonicalize(changed(**{"@context": [pinned.CREDENTIALS_V2, context]}))


def test_contexts_cannot_be_piled_up():
    with pytest.raises(NotCanonical, match="more contexts than there are"):
        canonicalize(changed(**{"@context": samples.unsigned()["@context"] * 1_000}))


def test_an_unknown_context_in_a_part_is_refused():
    document = samples.unsigned()
    document["issuer"]["@context"] = "https://evil.example/v1"

    with pytest.raises(pinned.UnknownContext):
        canonicalize(document)


def test_text_that_verifiers_sort_differently_is_refused():
    # As code points U+FF5E comes first; as UTF-16 units the surrogates of U+1F600 do.
    document = samples.unsigned()
    document["evidence"] = [
        {"id": f"https://learn.example/{letter}", "type": ["Evidence"]}
        for letter in "\N{FULLWIDTH TILDE}\N{GRINNING FACE}"
    ]

    with pytest.raises(NotCanonical, match="sort differently"):
        canonicalize(document)


def test_parts_that_cannot_be_told_apart_are_bounded():
    document = copy.deepcopy(samples.unsigned())
    # Each is alike the others, and so is what it is linked to: only trying tells which is whose.
    result = {
        "type": ["Result"],
        "alignment": [
            {"type": ["Alignment"], "targetName": "same", "targetUrl": "https://a.example/"}
        ],
    }
    document["credentialSubject"]["result"] = [result] * 40

    with pytest.raises(NotCanonical, match="too many parts"):
        canonicalize(document)


def test_alike_parts_that_are_linked_to_nothing_alike_cost_nothing():
    document = copy.deepcopy(samples.unsigned())
    document["evidence"] = [{"type": ["Evidence"], "name": "same"} for _ in range(40)]

    assert canonicalize(document).count(b'"same"') == 40


def evidences(count: int, make) -> dict:
    return changed(evidence=[{"type": ["Evidence"], **make(n)} for n in range(count)])


def results(count: int, make) -> dict:
    """Each with a part of its own, which is linked to nothing else."""
    document = changed()
    document["credentialSubject"]["result"] = [
        {
            "type": ["Result"],
            "alignment": [
                {"type": ["Alignment"], "targetName": make(n), "targetUrl": "https://a.example/"}
            ],
        }
        for n in range(count)
    ]
    return document


HOSTILE = {
    "many alike": evidences(400, lambda n: {"name": "same"}),
    "alike in groups": evidences(400, lambda n: {"name": f"{n // 6}"}),
    "alike chains": results(200, lambda n: "same"),
    "alike chains in groups": results(200, lambda n: f"{n // 6}"),
    "contexts in each part": evidences(
        150, lambda n: {"name": f"{n}", "@context": list(pinned.PINNED)[:6]}
    ),
    "many parts": evidences(350, lambda n: {"name": f"{n}", "genre": f"{n}"}),
    "a long list": changed(awardedDate=["2025-01-01T00:00:00Z"] * 400),
    "many types": changed(type=["VerifiableCredential", *["Achievement"] * 398]),
    "a long text": changed(description="x" * 250_000),
    "named blank nodes": changed(
        credentialSubject={
            "type": ["AchievementSubject"],
            "result": [{"type": ["Result"], "resultDescription": "_:b0"}] * 100,
        }
    ),
}


@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_graph_costs_little(document):
    """What passes the bounds of reading ends soon, whether or not it can be canonicalized."""
    begun = time.process_time()

    with contextlib.suppress(NotCanonical, UncleanText, pinned.UnknownContext):
        reading.bound(document)
        canonicalize(document)

    assert time.process_time() - begun < 4


@pytest.mark.parametrize("name", ["alike chains", "alike chains in groups"])
def test_a_graph_that_poisons_the_algorithm_is_refused(name):
    with pytest.raises(NotCanonical, match="cannot be told apart"):
        canonicalize(HOSTILE[name])


@pytest.mark.parametrize(
    "document",
    [
        {"a": [0] * (reading.MAX_ITEMS + 1)},
        {"a": [[0] * 100] * 21},
        {"a": json.loads("[" * 30 + "]" * 30)},
    ],
)
def test_what_is_too_large_to_be_a_credential_is_not_canonicalized_at_all(document):
    with pytest.raises(Stop):
        reading.bound(document)
