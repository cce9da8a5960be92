from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import template

from catalog import stack_picture as pictures
from catalog.stacks import Part

register = template.Library()


@register.inclusion_tag("catalog/_stack.html")
def stack_picture(stack: Part, done: Collection[int] = ()) -> dict[str, Any]:
    """The stack as a picture and as a list. ``done``: ids of courses that the reader completed."""
    return {"stack": stack, "picture": pictures.draw(stack, done=done), "done": done}
