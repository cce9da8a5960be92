from __future__ import annotations

from collections.abc import Collection

from django import template
from django.utils.safestring import SafeString

from catalog import stack_picture as pictures
from catalog.stacks import Part

register = template.Library()


@register.simple_tag
def stack_picture(stack: Part, undone: SafeString, done: Collection[int]) -> SafeString:
    """The stack as a picture and as a list. ``done``: ids of courses that the reader completed.

    ``undone`` is the picture for whoever has completed nothing of it: for most visitors, and made.
    """
    of_it = stack.course_ids() & frozenset(done) if done else frozenset()
    return pictures.render(stack, done=of_it) if of_it else undone
