from __future__ import annotations

import copy
import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from credentials.vc import data_integrity, multikey
from tests.credentials.vc import samples, vectors
from tests.tries import tries


def is_valid(document: dict, *, key: Ed25519PrivateKey = samples.KEY) -> bool:
    return data_integrity.is_proof_valid(document, document["proof"], public_key=key.public_key())


def strings(value, path=()):
    """The path to every text in a JSON value."""
    if isinstance(value, str):
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value)
    if not isinstance(value, str):
        for key, item in items:
            if isinstance(item, str | dict | list):
                yield from strings(item, (*path, key))


def with_text_changed(document: dict, path: tuple) -> dict:
    changed = copy.deepcopy(document)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] += "x"
    return changed


def test_the_published_vector_is_made(examples_context):
    key = Ed25519PrivateKey.from_private_bytes(
        multikey.decode_base58btc(vectors.SECRET_KEY)[len(b"\x80\x26") :]
    )

    signed = data_integrity.add_proof(
        vectors.UNSIGNED,
        private_key=key,
        verification_method=vectors.CONFIGURATION["verificationMethod"],
        created=datetime.datetime(2023, 2, 24, 23, 36, 38, tzinfo=datetime.UTC),
    )

    assert signed["proof"] == vectors.CONFIGURATION | {"proofValue": vectors.PROOF_VALUE}


def test_the_published_vector_is_verified(examples_context):
    proof = vectors.CONFIGURATION | {"proofValue": vectors.PROOF_VALUE}

    assert data_integrity.is_proof_valid(
        vectors.UNSIGNED, proof, public_key=multikey.decode_ed25519(vectors.PUBLIC_KEY)
    )


def test_signing_leaves_its_argument_alone():
    document = samples.unsigned()

    samples.sign(document)

    assert document == samples.unsigned()


@tries(25)
@given(st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), min_size=1))
def test_round_trip(name):
    assert is_valid(samples.signed(name=name))


SIGNED = samples.signed()


@pytest.mark.parametrize(
    "path", [path for path in strings(SIGNED) if path[0] not in ("@context", "proof")]
)
def test_every_text_is_covered(path):
    try:
        accepted = is_valid(with_text_changed(SIGNED, path))
    except ValueError:  # a type or an address that is none any more
        accepted = False

    assert not accepted


@pytest.mark.parametrize("term", ["created", "verificationMethod"])
def test_the_proofs_own_terms_are_covered(term):
    changed = copy.deepcopy(SIGNED)
    changed["proof"][term] = changed["proof"][term].replace("1", "2").replace("3", "4")

    assert not is_valid(changed)


def test_an_expiry_cannot_be_added():
    changed = copy.deepcopy(SIGNED)
    changed["proof"]["expires"] = "2099-01-01T00:00:00Z"

    assert not is_valid(changed)


def test_another_key_does_not_fit():
    assert not is_valid(SIGNED, key=samples.OTHER_KEY)


@pytest.mark.parametrize("value", ["", "z", "z0", "z" + "2" * 87, "u" + "A" * 86, None, 5, ["z"]])
def test_a_malformed_signature_does_not_fit(value):
    changed = copy.deepcopy(SIGNED)
    changed["proof"]["proofValue"] = value

    assert not is_valid(changed)


def test_a_proof_may_repeat_the_contexts():
    repeated = copy.deepcopy(SIGNED)
    repeated["proof"]["@context"] = repeated["@context"]

    assert is_valid(repeated)


@pytest.mark.parametrize("contexts", ["https://www.w3.org/ns/did/v1", ["urn:x"], 5, {}])
def test_a_proof_may_not_have_other_contexts(contexts):
    changed = copy.deepcopy(SIGNED)
    changed["proof"]["@context"] = contexts

    assert not is_valid(changed)
