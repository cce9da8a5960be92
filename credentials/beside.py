"""Whether the page of a PDF says what the credential inside of it says."""

from __future__ import annotations

from django.conf import settings

from credentials import known
from credentials.certificates import certificate
from credentials.vc import carriers
from credentials.vc.carriers import Carried
from credentials.vc.forms import issuer_id
from credentials.vc.pages import check_names
from credentials.vc.pdf import Page
from credentials.vc.said import Said
from credentials.vc.verify import Check, Outcome, Report, Verdict


def check_content(report: Report, carried: Carried, pdf: bytes) -> None:
    """Add what comparing them finds; nothing, where what was signed is not known."""
    if carried.page is None or report.document is None or not report.is_signed:
        return
    # Our certificates carry the JSON; a JWT in one was put there by somebody else.
    is_json = carried.content.lstrip().startswith(b"{")
    if is_json and known.is_ours(issuer_id(report.document)):
        check = _of_ours(carried.content, carried.page, pdf)
    else:
        check = check_names(report.document, carried.page)
    report.checks.append(check)
    if check.outcome == Outcome.FAILED:
        report.verdict = Verdict.INVALID


def _of_ours(credential: bytes, page: Page, pdf: bytes) -> Check:
    """The page is made again from what was signed: a page that says something else was edited."""
    language = page.language if page.language in dict(settings.LANGUAGES) else "en"
    made = certificate(credential, language=language)
    if made == pdf:
        words = Said("The page is, to the last byte, the one that is made from what was signed.")
        return Check("content", Outcome.PASSED, words)
    original = carriers.unwrap(made).page
    assert original is not None
    if page.has_notes or page.words != original.words:
        words = Said("The page says something else than the credential in it: the PDF was edited.")
        return Check("content", Outcome.FAILED, words)
    if page.pictures != original.pictures:
        words = Said(
            "The page shows other pictures than the one that was made: the PDF was edited."
        )
        return Check("content", Outcome.FAILED, words)
    if page.letters == original.letters and page.drawing == original.drawing:
        words = Said("Another program saved the PDF, and left its page as it was.")
        return Check("content", Outcome.PASSED, words)
    if page.letters == original.letters:
        words = Said("Something was drawn upon the page that was made: the PDF was edited.")
        return Check("content", Outcome.FAILED, words)
    words = Said("Another program has drawn the page anew. Trust what stands here, not the page.")
    return Check("content", Outcome.UNKNOWN, words)
