"""Short, readable, unique parts of addresses."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count

from django.db import models
from django.utils.text import slugify


def slug_stem(text: str, *, max_length: int = 80) -> str:
    """The slug of ``text`` as long as nobody else has it; in any script, never empty."""
    return slugify(text, allow_unicode=True)[: max_length - 6].strip("-") or "item"


def unique_slug(
    model: type[models.Model],
    text: str,
    *,
    max_length: int = 80,
    besides: Collection[str] = frozenset(),
) -> str:
    """A slug of ``text`` that no row of ``model`` has, and that is not among ``besides``."""
    stem = slug_stem(text, max_length=max_length)
    # Asked by exact values, which an index answers: a prefix search reads the whole table.
    for step in count():
        start = 2**step
        candidates = [stem if n == 1 else f"{stem}-{n}" for n in range(start, 2 * start)]
        taken = set(
            model._default_manager.filter(slug__in=candidates).values_list("slug", flat=True)
        )
        for candidate in candidates:
            if candidate not in taken and candidate not in besides:
                return candidate
    raise AssertionError("counting never ends")
