from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from catalog.facets import Facet

register = template.Library()

CHECKED = mark_safe(" checked")


@register.simple_tag
def facet_choices(facet: Facet) -> SafeString:
    """A checkbox for each value. Written here, not in a template, for a page has a hundred."""
    return mark_safe(  # noqa: S308  made by format_html, but for the counts
        "".join(
            f"{_choice(facet.name, number, value.value, value.name, value.is_chosen)}"
            f"{value.count:d}</span></label>"
            for number, value in enumerate(facet.values, 1)
        )
    )


@lru_cache(maxsize=20_000)
def _choice(facet: str, number: int, value: str, name: str, is_chosen: bool) -> str:
    """All of it but its count, which is another for each search."""
    return format_html(
        '<label class="choice"><input id="id_{}_{}" type="checkbox" name="{}" value="{}" '
        'form="filters"{}> <span>{}</span> <span class="muted small">',
        facet,
        number,
        facet,
        value,
        CHECKED if is_chosen else "",
        name,
    )
