from __future__ import annotations

import math

from django import template
from django.utils.safestring import SafeString

from catalog import stack_picture as pictures
from catalog.stacks import Part

register = template.Library()


@register.simple_tag
def stack_picture(stack: Part) -> SafeString:
    """The stack as a picture and as a list."""
    return pictures.render(stack)


@register.filter
def state_kind(state: str) -> str:
    """The kind of the badge that says the state of a part."""
    return {"done": "ok", "begun": "info"}.get(state, "warn")


@register.filter
def is_finite(minutes: float) -> bool:
    return math.isfinite(minutes)
