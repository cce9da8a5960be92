from __future__ import annotations

from django import template

from catalog.languages import name_of

register = template.Library()


@register.filter
def language_name(tag: str) -> str:
    return name_of(tag)
