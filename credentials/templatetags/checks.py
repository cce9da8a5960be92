"""The verifier's checks and our reasons on a page, in the reader's language.

The API and the command line say them in English.
"""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from credentials import reasons
from credentials.saying import translated
from credentials.vc.reports import Check, Outcome

register = template.Library()

NAMES = {
    "form": pgettext_lazy("of a document", "Form"),
    "issuer": _("Issuer"),
    "proof": _("Proof"),
    "status": _("Status"),
    "dates": _("Dates"),
    "recipient": _("Recipient"),
    "content": _("Content"),
    "credential": _("Credential"),
    "endorsement": _("Endorsement"),
}
OUTCOMES = {
    Outcome.PASSED: _("passed"),
    Outcome.FAILED: _("failed"),
    Outcome.UNKNOWN: _("unknown"),
    Outcome.SKIPPED: _("not checked"),
}


@register.filter
def check_name(check: Check) -> str:
    return str(NAMES.get(check.name, check.name.capitalize()))


@register.filter
def check_outcome(check: Check) -> str:
    return str(OUTCOMES[check.outcome])


@register.filter
def check_words(check: Check) -> str:
    return translated(check.words)


@register.filter
def reason_words(reason: str) -> str:
    return reasons.in_words(reason)
