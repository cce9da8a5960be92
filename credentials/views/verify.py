"""Anyone checks a credential, and reads in words what was checked."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from credentials import transcripts, verifying
from credentials.forms import VerifyForm
from credentials.models import Credential
from credentials.vc.verify import Report, Verdict

HEADLINES = {
    Verdict.VALID: ("ok", _("This credential is genuine and valid.")),
    Verdict.INVALID: ("bad", _("This credential cannot be trusted.")),
    Verdict.REVOKED: ("bad", _("This credential has been revoked.")),
    Verdict.SUSPENDED: ("warn", _("This credential is suspended.")),
    Verdict.EXPIRED: ("warn", _("This credential has expired.")),
    Verdict.NOT_YET_VALID: ("warn", _("This credential is not valid yet.")),
    Verdict.OTHER_RECIPIENT: ("warn", _("This credential is another person's.")),
    Verdict.UNKNOWN_ISSUER: ("warn", _("Its issuer is not known here.")),
}


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """``?address=`` lets a link lead straight to the result."""
    if request.method == "POST":
        form = VerifyForm(request.POST, request.FILES)
    elif "address" in request.GET:
        form = VerifyForm(request.GET)
    else:
        return render(request, "credentials/verify.html", {"form": VerifyForm()})
    if not form.is_valid():
        return render(request, "credentials/verify.html", {"form": form}, status=422)
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
            "said": what_it_says(report.document),
        },
    )


def _report(request: HttpRequest, form: VerifyForm) -> Report | None:
    if file := form.cleaned_data["file"]:
        return verifying.verify_file(file)
    if text := form.cleaned_data["text"]:
        return verifying.verify_document(text)
    stored = verifying.find_stored(form.cleaned_data["address"])
    if stored is None:
        held = transcripts.find(form.cleaned_data["address"], reader=request.user)
        return verifying.verify_document(bytes(held.document)) if held else None
    is_holder = isinstance(request.user, User) and stored.award.learner_id == request.user.pk
    if stored.visibility == Credential.Visibility.OFF and not is_holder:
        return None
    return verifying.verify_stored(stored)


def what_it_says(document: dict[str, Any] | None) -> dict[str, str]:
    """Who, what, by whom: as far as the document says it in the usual places."""
    said: dict[str, str] = {}
    match document:
        case {"credentialSubject": {"identifier": [*identities]}}:
            names = [
                identity.get("identityHash")
                for identity in identities
                if isinstance(identity, dict) and identity.get("identityType") == "name"
            ]
            if names and isinstance(names[0], str):
                said["Earned by"] = names[0][:200]
    match document:
        case {"credentialSubject": {"achievement": {"name": str(name)}}}:
            said["Earned"] = name[:200]
    match document:
        case {"issuer": {"name": str(name)}}:
            said["Awarded by"] = name[:200]
    return said
