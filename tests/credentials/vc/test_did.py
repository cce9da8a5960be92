from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from credentials.vc import did, multikey

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


P256 = ec.derive_private_key(7, ec.SECP256R1()).public_key()


def p256_key(**values) -> did.Key:
    multibase = multikey.encode_p256(P256)
    return did.Key(id=f"{DID}#key-2", public_key_multibase=multibase, **values)


def test_a_key_that_signs_jwts_is_listed_as_a_jwk_too():
    document = did.document(DID, [KEYS[0], p256_key()])

    assert [method["type"] for method in document["verificationMethod"]] == [
        "Multikey",
        "Multikey",
        "JsonWebKey",
    ]
    listed = document["verificationMethod"][-1]
    assert (listed["id"], listed["controller"]) == (did.jwk_id(f"{DID}#key-2"), DID)
    assert did.public_key(listed) == P256
    assert listed["id"] in document["assertionMethod"]


def test_in_no_form_does_a_compromised_one_vouch():
    document = did.document(DID, [p256_key(is_compromised=True)])

    assert len(document["verificationMethod"]) == 2
    assert document["assertionMethod"] == []


def test_a_compromised_key_is_listed_but_vouches_for_nothing():
    stolen = did.Key(id=f"{DID}#key-3", public_key_multibase="z6MkC", is_compromised=True)

    document = did.document(DID, [*KEYS, stolen])

    assert len(document["verificationMethod"]) == 3
    assert stolen.id not in document["assertionMethod"]
