from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from credentials.vc import hygiene
from tests.credentials.vc import samples
from tests.interop import documents
from tests.interop.verifiers import Answer, verify_with_badge_library, verify_with_python
from tests.tries import tries


def ask(credential: dict, *, revoked: tuple[int, ...] = ()) -> Answer:
    return verify_with_python(
        credential,
        did_documents=[samples.did_document()],
        status_lists=[samples.signed_list(revoked=revoked)],
        at=samples.WEDNESDAY,
    )


def ask_the_badge_library(credential: dict, *, revoked: tuple[int, ...] = ()) -> Answer:
    return verify_with_badge_library(
        credential,
        did_documents=[documents.did_document()],
        status_lists=[samples.signed_list(revoked=revoked)],
    )


def test_a_fresh_credential_is_accepted():
    assert ask(samples.signed()) == Answer(accepted=True)
    assert ask_the_badge_library(samples.signed()) == Answer(accepted=True)


def test_under_a_newer_key_it_is_accepted():
    assert ask_the_badge_library(documents.with_the_new_key()) == Answer(accepted=True)


def test_one_that_carries_an_endorsement_is_accepted():
    assert ask_the_badge_library(documents.endorsed()) == Answer(accepted=True)


def is_clean(text: str) -> bool:
    try:
        hygiene.check(text)
    except hygiene.UncleanText:
        return False
    return True


NAMES = st.text(st.characters(codec="utf-8") | st.just("\n"), min_size=1).map(
    lambda text: unicodedata.normalize("NFC", text)
)


@tries(20)
@given(NAMES.filter(is_clean))
def test_any_clean_name_is_accepted(name):
    """Both escape and sort it alike."""
    assert ask(samples.signed(name=name)) == Answer(accepted=True)


def test_one_letter_changed_is_refused():
    changed = samples.with_one_letter_changed(samples.signed())
    answer = ask(changed)

    assert not answer.accepted
    assert answer.reason.startswith("SignatureInvalid")
    assert "signature mismatch" in ask_the_badge_library(changed).reason


def test_a_revoked_credential_is_refused():
    answer = ask(samples.signed(), revoked=(samples.INDEX,))

    assert not answer.accepted
    assert answer.reason.startswith("CredentialRevoked")
    theirs = ask_the_badge_library(samples.signed(), revoked=(samples.INDEX,))
    assert (theirs.accepted, "'revocation' is set" in theirs.reason) == (False, True)


def test_an_expired_one_is_refused():
    assert not ask(documents.expired()).accepted
    assert "expired" in ask_the_badge_library(documents.expired()).reason


def test_another_issuers_key_is_refused():
    assert not ask(samples.sign(samples.unsigned(), key=samples.OTHER_KEY)).accepted
