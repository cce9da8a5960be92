from __future__ import annotations

from django import template

from catalog.durations import in_words

register = template.Library()


@register.filter
def hours(minutes: int | None) -> str:
    return in_words(minutes or 0)
