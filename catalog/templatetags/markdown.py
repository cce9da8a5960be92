from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from lib.markdown import render

register = template.Library()


@register.filter
def markdown(text: str, first_heading: int = 2) -> SafeString:
    """``{{ course.description|markdown:3 }}``: the argument is the level of its first heading."""
    return mark_safe(render(text or "", first_heading=first_heading))  # noqa: S308  nh3 cleaned it
