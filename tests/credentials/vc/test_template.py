from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from credentials.vc import canonical, data_integrity, pinned, template
from tests.credentials.vc import samples
from tests.credentials.vc.random_documents import credentials
from tests.tries import tries

REFUSED = (canonical.NotCanonical, template.hygiene.UncleanText)


def issued(**values) -> dict:
    """With the parts shared that are the same for many, as the platform issues it."""
    document = samples.unsigned(**values)
    document["issuer"] = template.Constant(document["issuer"])
    subject = document["credentialSubject"]
    subject["achievement"] = template.Constant(subject["achievement"])
    return document


@pytest.fixture
def reference_calls(monkeypatch):
    """Counts the documents that were left to the reference."""
    template.render(issued())
    calls = []
    known = template.by_reference
    monkeypatch.setattr(
        template, "by_reference", lambda document: (calls.append(1), known(document))[1]
    )
    return calls


def outcome(make, document) -> Any:
    try:
        made = make(document)
    except REFUSED as error:
        return type(error), str(error)
    return made.n_quads, made.text


@tries(150)
@given(credentials())
def test_the_template_says_what_the_reference_says(document):
    assert outcome(template.render, document) == outcome(template.by_reference, document)


@tries(40)
@given(credentials())
def test_a_third_implementation_says_the_same(document):
    """PyLD's own RDFC-1.0, not pyoxigraph's."""
    try:
        made = template.render(document)
    except REFUSED:
        return

    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": pinned.document_loader,
    }
    assert made.n_quads.decode() == jsonld.normalize(document, options)


@tries(40)
@given(credentials(), st.binary(min_size=32, max_size=32))
def test_the_signed_bytes_are_those_of_the_reference(document, seed):
    terms = {
        "private_key": Ed25519PrivateKey.from_private_bytes(seed),
        "verification_method": samples.KEY_ID,
        "created": samples.TUESDAY,
    }
    try:
        expected = json.dumps(data_integrity.add_proof(document, **terms), ensure_ascii=False)
    except REFUSED:
        with pytest.raises(REFUSED):
            data_integrity.sign(document, **terms)
    else:
        assert data_integrity.sign(document, **terms) == expected.encode()


def test_a_known_shape_does_not_need_the_reference(reference_calls):
    template.render(issued(name="Another"))

    assert reference_calls == []


@pytest.mark.parametrize(
    "value",
    ["_:b0", "\N{FULLWIDTH TILDE} \x85", "e\u0301"],
)
def test_an_odd_text_is_left_to_the_reference(reference_calls, value):
    outcome(template.render, issued(name=value))

    assert reference_calls == [1]


@pytest.mark.parametrize(
    "address",
    ["https://learn.example/é", "https://learn.example/a/../b", "HTTPS://learn.example/", "x:y"],
)
def test_an_odd_address_is_left_to_the_reference(reference_calls, address):
    outcome(template.render, issued() | {"id": address})

    assert reference_calls == [1]


def test_parts_that_look_alike_are_left_to_the_reference(reference_calls):
    """Their blank nodes have equal first-degree hashes."""
    document = issued()
    document["credentialSubject"]["identifier"] = [
        copy.deepcopy(document["credentialSubject"]["identifier"][1]) for _ in range(2)
    ]
    document["credentialSubject"]["identifier"][0]["identityHash"] = "Another"
    template.render(document)
    reference_calls.clear()
    document["credentialSubject"]["identifier"][0]["identityHash"] = "Đặng Thị Ünal"

    made = template.render(document)

    assert (reference_calls, made.n_quads) == ([1], canonical.canonicalize(document))


def test_equal_statements_are_left_to_the_reference(reference_calls):
    """RDF is a set: what is said twice is said once."""
    evidence = [{"id": f"https://learn.example/{n}", "type": ["Evidence"]} for n in range(2)]
    template.render(issued() | {"evidence": evidence})
    reference_calls.clear()
    same = issued() | {"evidence": [evidence[0], evidence[0]]}

    made = template.render(same)

    assert (reference_calls, made.n_quads) == ([1], canonical.canonicalize(same))


def test_texts_that_verifiers_sort_differently_are_refused():
    document = issued()
    document["credentialSubject"]["identifier"][0]["salt"] = "\N{FULLWIDTH TILDE}"
    document["evidence"] = [
        {"id": "https://learn.example/1", "type": ["Evidence"], "name": name}
        for name in ("\N{FULLWIDTH TILDE}", "\N{GRINNING FACE}")
    ]

    with pytest.raises(canonical.NotCanonical, match="sort differently"):
        template.render(document)


def test_one_and_true_are_two_shapes():
    one = issued()
    other = copy.deepcopy(one)
    other["credentialSubject"]["identifier"][0]["hashed"] = 1
    template.render(one)

    assert outcome(template.render, other) == outcome(template.by_reference, other)


def test_a_list_and_its_only_item_are_two_shapes():
    one = issued()
    other = one | {"issuer": [one["issuer"]]}
    template.render(one)

    assert template.render(other).text == json.dumps(other, ensure_ascii=False).encode()
