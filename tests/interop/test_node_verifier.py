from __future__ import annotations

import pytest

from tests.credentials.vc import samples
from tests.interop.verifiers import Answer, verify_with_node, why_node_is_missing

reason = why_node_is_missing()
pytestmark = pytest.mark.skipif(bool(reason), reason=f"The verifier for Node: {reason}")


def ask(credential: dict, *, revoked: tuple[int, ...] = ()) -> Answer:
    return verify_with_node(
        credential,
        did_documents=[samples.did_document()],
        status_lists=[samples.signed_list(revoked=revoked)],
        at=samples.WEDNESDAY,
    )


def test_a_fresh_credential_is_accepted():
    assert ask(samples.signed()) == Answer(accepted=True)


def test_one_letter_changed_is_refused():
    answer = ask(samples.with_one_letter_changed(samples.signed()))

    assert (answer.accepted, answer.reason) == (False, "Invalid signature.")


def test_a_revoked_credential_is_refused():
    answer = ask(samples.signed(), revoked=(samples.INDEX,))

    assert (answer.accepted, answer.reason) == (False, "The credential is revoked.")


def test_another_issuers_key_is_refused():
    assert not ask(samples.sign(samples.unsigned(), key=samples.OTHER_KEY)).accepted
