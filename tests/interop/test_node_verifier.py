from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.vc import canonical, template
from credentials.vc.hygiene import UncleanText
from tests.credentials.vc import samples
from tests.credentials.vc.random_documents import credentials
from tests.interop.verifiers import (
    Answer,
    canonize_with_node,
    verify_with_node,
    why_node_is_missing,
)
from tests.tries import tries

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


def test_a_transcript_is_accepted():
    assert ask(samples.transcript()) == Answer(accepted=True)


def test_a_transcript_with_one_letter_changed_in_a_credential_is_refused():
    changed = samples.transcript()
    inside = changed["credentialSubject"]["verifiableCredential"]
    inside[1] = samples.with_one_letter_changed(inside[1])

    assert not ask(changed).accepted


def test_one_letter_changed_is_refused():
    answer = ask(samples.with_one_letter_changed(samples.signed()))

    assert (answer.accepted, answer.reason) == (False, "Invalid signature.")


def test_a_revoked_credential_is_refused():
    answer = ask(samples.signed(), revoked=(samples.INDEX,))

    assert (answer.accepted, answer.reason) == (False, "The credential is revoked.")


def test_another_issuers_key_is_refused():
    assert not ask(samples.sign(samples.unsigned(), key=samples.OTHER_KEY)).accepted


def can_be_signed(document: dict) -> bool:
    try:
        template.render(document)
    except (canonical.NotCanonical, UncleanText):
        return False
    return True


@tries(3)
@given(st.lists(credentials(), min_size=20, max_size=40))
def test_what_is_signed_is_canonical_there_too(documents):
    documents = [document for document in documents if can_be_signed(document)]

    made = [template.render(document).n_quads.decode() for document in documents]

    assert made == canonize_with_node(documents)
