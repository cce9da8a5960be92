"""The JWTs in front of others, who find the key by its name in the DID document."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.credentials.vc import samples
from tests.interop import documents
from tests.interop.verifiers import (
    Answer,
    verify_jwt_with_node,
    verify_with_badge_library,
    why_node_is_missing,
)

reason = why_node_is_missing()
NAMES = {
    "did-jwt": pytest.mark.skipif(bool(reason), reason=f"The verifier for Node: {reason}"),
    "openbadgeslib": (),
}
verifiers = pytest.mark.parametrize(
    "verifier", [pytest.param(name, marks=marks) for name, marks in NAMES.items()]
)


def ask(verifier: str, token: str, **known: Any) -> Answer:
    described = documents.did_document(**known)
    if verifier == "did-jwt":
        return verify_jwt_with_node(token, did_document=described, at=samples.WEDNESDAY)
    return verify_with_badge_library(
        token, did_documents=[described], status_lists=[samples.signed_list()]
    )


@verifiers
@pytest.mark.parametrize("key_id", documents.JWT_KEYS)
def test_it_is_accepted_under_every_key_that_the_issuer_lists(verifier, key_id):
    assert ask(verifier, documents.token(key_id=key_id)) == Answer(accepted=True)


@verifiers
def test_it_is_accepted_with_an_end(verifier):
    document = samples.sign(documents.with_a_later_date(samples.unsigned()))

    assert ask(verifier, documents.token(document)) == Answer(accepted=True)


@verifiers
def test_changed_it_is_refused(verifier):
    changed = documents.with_another_payload(
        documents.token(), documents.token(samples.with_one_letter_changed(samples.signed()))
    )

    assert not ask(verifier, changed).accepted


@verifiers
def test_expired_it_is_refused(verifier):
    ended = samples.sign(samples.unsigned() | {"validUntil": "2025-03-04T12:00:00Z"})

    answer = ask(verifier, documents.token(ended))

    assert not answer.accepted
    assert "expired" in answer.reason


@verifiers
def test_by_a_key_that_only_claims_to_be_the_issuers_it_is_refused(verifier):
    stranger = ec.derive_private_key(0xABCDEF, ec.SECP256R1())

    assert not ask(verifier, documents.token(key=stranger)).accepted


@pytest.mark.skipif(bool(reason), reason=f"The verifier for Node: {reason}")
def test_by_a_compromised_key_it_is_refused():
    """``openbadgeslib`` takes any key that the document has, whatever it may be used for."""
    answer = ask("did-jwt", documents.token(), compromised=documents.JWT_KEY_ID)

    assert not answer.accepted
