"""Anyone checks a credential, and reads in words what was checked."""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from credentials import endorsements, transcripts, verifying
from credentials.forms import VerifyForm
from credentials.known import is_on_site
from credentials.models import Credential
from credentials.vc.forms import subjects
from credentials.vc.recipients import name_of
from credentials.vc.verify import Outcome, Report, Verdict
from lib.limits import is_within

HEADLINES = {
    Verdict.VALID: ("ok", _("This credential is genuine and valid.")),
    Verdict.INVALID: ("bad", _("This credential cannot be trusted.")),
    Verdict.REVOKED: ("bad", _("This credential has been revoked.")),
    Verdict.SUSPENDED: ("warn", _("This credential is suspended.")),
    Verdict.EXPIRED: ("warn", _("This credential has expired.")),
    Verdict.NOT_YET_VALID: ("warn", _("This credential is not valid yet.")),
    Verdict.OTHER_RECIPIENT: ("warn", _("This credential is another person's.")),
    Verdict.UNKNOWN_ISSUER: ("warn", _("Its issuer is not known here.")),
    Verdict.UNREACHABLE: ("warn", _("This credential could not be checked.")),
}


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """``?address=`` lets a link lead straight to the result, for what is stored here."""
    if request.method == "POST":
        if not is_within(request, "verify"):
            refused: HttpResponse = ratelimit.respond_429(request)
            return refused
        form = VerifyForm(request.POST, request.FILES)
    elif "address" in request.GET:
        form = VerifyForm(request.GET)
    else:
        return render(request, "credentials/verify.html", {"form": VerifyForm()})
    if not form.is_valid():
        return render(request, "credentials/verify.html", {"form": form}, status=422)
    if _is_elsewhere(form.cleaned_data["address"]) and request.method != "POST":
        # A link must not make this site ask others: the reader sees whom, and sends the form.
        form = VerifyForm(initial=form.cleaned_data)
        return render(request, "credentials/verify.html", {"form": form})
    report = _report(request, form)
    if report is None:
        form.add_error(
            "address", _("No credential is at this address. Check it for missing letters.")
        )
        return render(request, "credentials/verify.html", {"form": form}, status=422)
    kind, headline = HEADLINES[report.verdict]
    return render(
        request,
        "credentials/verify.html",
        {
            "form": VerifyForm(),
            "report": report,
            "kind": kind,
            "headline": headline,
            "said": what_it_says(report),
            # What was revoked or has expired was said by its issuer all the same.
            "is_word_of_issuer": report.is_signed and report.verdict != Verdict.UNKNOWN_ISSUER,
        },
    )


def _is_elsewhere(address: str) -> bool:
    return address.startswith("https://") and not is_on_site(address)


def _report(request: HttpRequest, form: VerifyForm) -> Report | None:
    recipient = form.cleaned_data["recipient"]
    if file := form.cleaned_data["file"]:
        return verifying.verify_file(file, recipient=recipient)
    if text := form.cleaned_data["text"]:
        return verifying.verify_document(text, recipient=recipient)
    address = form.cleaned_data["address"]
    if _is_elsewhere(address):
        return verifying.verify_address(address, recipient=recipient)
    stored = verifying.find_stored(address)
    if stored is None:
        held = transcripts.find(address, reader=request.user) or endorsements.find(address)
        if held is None or held.document is None:
            return None
        return verifying.verify_document(bytes(held.document), recipient=recipient)
    is_holder = isinstance(request.user, User) and stored.award.learner_id == request.user.pk
    if stored.visibility == Credential.Visibility.OFF and not is_holder:
        return None
    return verifying.verify_stored(stored, recipient=recipient)


def what_it_says(report: Report) -> dict[str, str]:
    """Who, what, by whom: as far as the document says it in the usual places."""
    document = report.document
    if document is None or report.outcome_of("form") != Outcome.PASSED:
        return {}
    subject = subjects(document)[0]
    said: dict[str, str] = {gettext("Earned by"): name_of(subject)}
    match subject:
        case {"achievement": {"name": str(name)}}:
            said[gettext("Earned")] = name
    match document:
        case {"issuer": {"name": str(name)}}:
            said[gettext("Awarded by")] = name
    return {term: value[:200] for term, value in said.items() if value}
