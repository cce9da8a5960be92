from __future__ import annotations

import pytest

from tests.credentials.vc import samples
from tests.interop import documents
from tests.interop.verifiers import Answer, verify_with_core, why_node_is_missing

reason = why_node_is_missing()
pytestmark = pytest.mark.skipif(bool(reason), reason=f"The verifier for Node: {reason}")


def ask(credential: dict, *, revoked: tuple[int, ...] = (), compromised: str = "") -> Answer:
    return verify_with_core(
        credential,
        did_documents=[documents.did_document(compromised=compromised)],
        status_lists=[samples.signed_list(revoked=revoked)],
    )


@pytest.mark.parametrize(
    "credential",
    [
        samples.signed(),
        documents.with_the_new_key(),
        documents.endorsement(),
        documents.endorsed(),
        samples.transcript(),
        documents.with_the_new_key(documents.with_a_later_date(samples.unsigned())),
    ],
    ids=["a badge", "with a newer key", "an endorsement", "endorsed", "a transcript", "renewed"],
)
def test_it_is_accepted(credential):
    assert ask(credential) == Answer(accepted=True)


@pytest.mark.parametrize(
    ("credential", "reason"),
    [
        (samples.with_one_letter_changed(samples.signed()), "invalid_signature"),
        (samples.with_one_letter_changed(documents.endorsed()), "invalid_signature"),
        (samples.signed() | {"validUntil": "2199-01-01T00:00:00Z"}, "invalid_signature"),
        (samples.sign(samples.unsigned(), key=samples.OTHER_KEY), "invalid_signature"),
        (documents.expired(), "expiration"),
    ],
    ids=["a letter", "a letter beside an endorsement", "a date", "by another key", "expired"],
)
def test_it_is_refused(credential, reason):
    assert ask(credential) == Answer(accepted=False, reason=reason)


@pytest.mark.parametrize("credential", [samples.signed(), documents.endorsement()])
def test_what_is_revoked_is_refused(credential):
    answer = ask(credential, revoked=(samples.INDEX,))

    assert answer == Answer(accepted=False, reason="revocation_status")


def test_a_list_that_was_changed_is_not_believed():
    listed = samples.signed_list(revoked=(samples.INDEX,))
    forged = samples.signed_list() | {"proof": listed["proof"]}

    answer = verify_with_core(
        samples.signed(), did_documents=[documents.did_document()], status_lists=[forged]
    )

    assert not answer.accepted


def test_what_a_compromised_key_signed_is_refused():
    assert not ask(samples.signed(), compromised=samples.KEY_ID).accepted
