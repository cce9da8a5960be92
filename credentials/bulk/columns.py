"""Sets of learners as columns of bits, 64 to a word; a group of a rule is a few operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
Indices = NDArray[Any]


def none(count: int) -> Bits:
    return np.zeros(-(-count // 64), dtype=np.uint64)


def column(learners: Indices, count: int) -> Bits:
    """The set of these, out of ``count``."""
    marks = np.zeros(-(-count // 64) * 64, dtype=np.uint8)
    marks[learners] = 1
    return np.packbits(marks, bitorder="little").view(np.uint64)


def members(bits: Bits) -> Indices:
    # Of truth values numpy finds those that are several times as fast as of numbers.
    return np.flatnonzero(np.unpackbits(bits.view(np.uint8), bitorder="little").view(np.bool_))


def has(bits: Bits, learners: Indices) -> NDArray[np.bool_]:
    """Of each of these, whether it is in the set."""
    found: NDArray[np.bool_] = (bits.view(np.uint8)[learners >> 3] >> (learners & 7)) & 1 != 0
    return found


def size(bits: Bits) -> int:
    return int(np.bitwise_count(bits).sum())


def at_least(n: int, columns: Sequence[Bits]) -> Bits:
    """Who is in ``n`` or more of them: counters of a bit each word, added as on paper."""
    planes: list[Bits] = []
    for number, column_ in enumerate(columns, start=1):
        carry = column_
        for place, plane in enumerate(planes):
            planes[place], carry = plane ^ carry, plane & carry
        if number.bit_length() > len(planes):
            planes.append(carry)
    more = np.zeros_like(columns[0])
    if n.bit_length() > len(planes):
        return more
    equal = ~more
    for place in reversed(range(len(planes))):
        if n >> place & 1:
            equal &= planes[place]
        else:
            more |= equal & planes[place]
            equal &= ~planes[place]
    return more | equal
