"""What is left of a rule where some of its leaves cannot be met."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from catalog.models import Operator
from catalog.rules.measuring import ECTS, MINUTES, Amounts, amounts, most
from catalog.rules.tree import Group, Leaf, Node, numbered

_MEASURES = {measure.operator: measure for measure in (MINUTES, ECTS)}


def without(tree: Node, gone: Collection[Leaf]) -> Node | None:
    """The rule without these leaves; ``None`` where the others are not enough to meet it.

    That a course counts once is left aside.
    """
    return _left(tree, gone, _worth(tree))


def _worth(tree: Node) -> Mapping[str, Amounts]:
    """What entries are worth, by the operators that add them up here."""
    used = {node.operator for _, node in numbered(tree) if isinstance(node, Group)}
    return {
        operator: amounts(tree, measure)
        for operator, measure in _MEASURES.items()
        if operator in used
    }


def _left(node: Node, gone: Collection[Leaf], worth: Mapping[str, Amounts]) -> Node | None:
    if not isinstance(node, Group):
        return None if node in gone else node
    found = (_left(child, gone, worth) for child in node.children)
    left = replace(node, children=tuple(child for child in found if child is not None))
    match node.operator:
        case Operator.ALL:
            is_enough = len(left.children) == len(node.children)
        case Operator.ANY:
            is_enough = bool(left.children)
        case Operator.AT_LEAST:
            is_enough = len(left.children) >= (node.n or 0)
        case _:
            reachable = most(left, worth[node.operator])
            is_enough = reachable is None or reachable >= (node.n or 0)
    return left if is_enough else None
