"""Parts of public pages, kept until something in the catalog changes.

The search index learns of every change of the catalog within a second and counts its states: a
part is kept for one state. Where there is no index, nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from django.utils.translation import get_language

from catalog import search
from lib.lru import Lru

T = TypeVar("T")

KEPT = 2000
"""Parts, of about 10 kB each."""

_made: Lru[object] = Lru(KEPT)


def remembered(name: Hashable, make: Callable[[], T]) -> T:
    """``make()``, or what it was. Nothing of a visitor may be in it; its language may."""
    state = search.generation()
    if state is None:
        return make()
    key = (state, get_language(), name)
    known = _made.get(key)
    if known is None:
        known = make()
        _made.put(key, known)
    return cast("T", known)
