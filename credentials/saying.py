"""The verifier's sentences in the language of the page that shows them."""

from __future__ import annotations

import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from credentials.vc.reports import Outcome
from credentials.vc.said import Said

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


def translated(words: str) -> str:
    """What is no ``Said`` was written by somebody, and stays as it is."""
    if not isinstance(words, Said):
        return words
    text = gettext(words.template)
    if not words.values:
        return text
    return text.format(**{name: _shown(value) for name, value in words.values.items()})


def _shown(value: object) -> object:
    if isinstance(value, str):
        return translated(value)
    if isinstance(value, datetime.datetime):
        # As it is: sentences name their time zone.
        return date_format(value, "DATETIME_FORMAT")
    return date_format(value, "DATE_FORMAT") if isinstance(value, datetime.date) else value
