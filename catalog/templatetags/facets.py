from __future__ import annotations

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from catalog.facets import Facet

register = template.Library()

CHECKED = mark_safe(" checked")


@register.simple_tag
def facet_choices(facet: Facet) -> SafeString:
    """A checkbox for each value. Written here, not in a template, for a page has a hundred."""
    return format_html_join(
        "",
        '<label class="choice"><input id="id_{}_{}" type="checkbox" name="{}" value="{}" '
        'form="filters"{}> <span>{}</span> <span class="muted small">{}</span></label>',
        (
            (
                facet.name,
                number,
                facet.name,
                value.value,
                CHECKED if value.is_chosen else "",
                value.name,
                value.count,
            )
            for number, value in enumerate(facet.values, 1)
        ),
    )
