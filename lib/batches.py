"""What Python 3.12 has as ``itertools.batched``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Tuples of ``size`` items; the last one may be shorter."""
    source = iter(items)
    while batch := tuple(islice(source, size)):
        yield batch
