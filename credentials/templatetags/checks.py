"""The verifier's checks on a page: what each is called, and how it went, in the reader's language.

The sentence of each is the verifier's own, in English, as the API and the command line say it.
"""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

from credentials.vc.reports import Check, Outcome

register = template.Library()

NAMES = {
    "form": _("Form"),
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
