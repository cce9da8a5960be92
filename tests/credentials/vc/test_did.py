from __future__ import annotations

import pytest

from credentials.vc import did

URL = "http://localhost:8000/issuers/acme"
DID = "did:web:localhost%3A8000:issuers:acme"
KEYS = [
    did.Key(id=f"{DID}#key-1", public_key_multibase="z6MkA"),
    did.Key(id=f"{DID}#key-2", public_key_multibase="z6MkB"),
]


def test_the_port_is_escaped():
    assert did.from_url(URL) == DID


def test_a_did_says_where_its_document_lies():
    assert did.to_url("did:web:learn.example:issuers:acme") == (
        "https://learn.example/issuers/acme/did.json"
    )


def test_a_bare_host_has_a_well_known_place():
    assert did.to_url("did:web:learn.example") == "https://learn.example/.well-known/did.json"


def test_other_methods_have_no_place():
    with pytest.raises(ValueError, match="not a did:web"):
        did.to_url("did:key:z6MkA")


def test_all_keys_are_listed_and_vouch():
    document = did.document(DID, KEYS)

    assert [key["id"] for key in document["verificationMethod"]] == [key.id for key in KEYS]
    assert document["assertionMethod"] == [key.id for key in KEYS]


def test_keys_are_multikeys_of_the_issuer():
    key, _ = did.document(DID, KEYS)["verificationMethod"]

    assert key == {
        "id": f"{DID}#key-1",
        "type": "Multikey",
        "controller": DID,
        "publicKeyMultibase": "z6MkA",
    }


def test_a_compromised_key_is_listed_but_vouches_for_nothing():
    stolen = did.Key(id=f"{DID}#key-3", public_key_multibase="z6MkC", is_compromised=True)

    document = did.document(DID, [*KEYS, stolen])

    assert len(document["verificationMethod"]) == 3
    assert stolen.id not in document["assertionMethod"]
