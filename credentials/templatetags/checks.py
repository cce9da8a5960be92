"""The verifier's checks and our reasons on a page, in the reader's language.

The API and the command line say them in English.
"""

from __future__ import annotations

from django import template

from credentials import reasons
from credentials.saying import NAMES, OUTCOMES, translated
from credentials.vc.reports import Check

register = template.Library()


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
