"""Where a track lets one choose: its alternatives side by side, each with its hours."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalog.judging.distance import Minutes
from catalog.reach import Need, Progress
from catalog.rules import Group, Node, Operator, numbered_children
from catalog.stacks import Part


@dataclass(frozen=True)
class Branch:
    """One of the alternatives: minutes in all, and what is left of them."""

    title: str
    url: str
    total: Minutes
    left: Minutes
    is_shortest: bool

    @property
    def is_done(self) -> bool:
        return self.left == 0

    @property
    def is_begun(self) -> bool:
        return 0 < self.left < self.total < math.inf

    @property
    def is_open(self) -> bool:
        """Whether courses that can be taken lead to the end of it."""
        return self.left < math.inf


@dataclass(frozen=True)
class Choice:
    """How many of the branches are asked for, in words, and whether that is done."""

    title: str
    branches: tuple[Branch, ...]
    is_done: bool


def choices(stack: Part, need: Need, progress: Progress | None = None) -> list[Choice]:
    """Those of the track's own rule, from the top; without ``progress``, as for a stranger.

    ``stack`` is the picture of the rule of ``need``.
    """
    if not isinstance(need.tree, Group):
        return []
    left = progress.each if progress else need.each
    return list(_choices(stack, need.tree, 0, need.each, left))


def _choices(
    part: Part, group: Group, number: int, total: Mapping[int, Minutes], left: Mapping[int, Minutes]
) -> Iterator[Choice]:
    below = [
        (*pair, child)
        for pair, child in zip(numbered_children(group, number), part.parts, strict=True)
    ]
    if leaves_a_choice(group):
        shortest = _shortest(group, [(left[at], at) for at, _, _ in below])
        yield Choice(
            title=capfirst(part.rule),
            branches=tuple(
                Branch(_title(child), child.url, total[at], left[at], at in shortest)
                for at, _, child in below
            ),
            is_done=left[number] == 0,
        )
    for at, node, child in below:
        if isinstance(node, Group):
            yield from _choices(child, node, at, total, left)


def leaves_a_choice(node: Node) -> bool:
    if not isinstance(node, Group) or len(node.children) < 2:
        return False
    if node.operator == Operator.AT_LEAST:
        return (node.n or 0) < len(node.children)
    return node.operator != Operator.ALL


def _shortest(group: Group, branches: list[tuple[Minutes, int]]) -> set[int]:
    """The branches that are enough with the least work; none where hours or credits add up."""
    if group.operator not in (Operator.ANY, Operator.AT_LEAST):
        return set()
    wanted = 1 if group.operator == Operator.ANY else group.n
    return {at for left, at in sorted(branches)[:wanted] if 0 < left < math.inf}


def _title(part: Part) -> str:
    if part.kind != "group":
        return part.title
    named = ", ".join(_title(child) for child in part.parts)
    return _("%(how_many)s: %(parts)s") % {"how_many": capfirst(part.title), "parts": named}
