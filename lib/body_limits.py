"""Views that take larger requests than all others: they say so, and the middleware asks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings

V = TypeVar("V", bound=Callable[..., object])


def takes_bodies_up_to(setting: str) -> Callable[[V], V]:
    """Let the view receive as many bytes as the setting of this name says. Outermost decorator."""

    def mark(view: V) -> V:
        view.body_limit = setting  # type: ignore[attr-defined]
        return view

    return mark


def body_limit(view: Callable[..., object]) -> int | None:
    """The view's own limit in bytes, if it has one."""
    name: str | None = getattr(view, "body_limit", None)
    return None if name is None else int(getattr(settings, name))
