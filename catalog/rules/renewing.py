"""Whether all of a rule can be met once more, by what is done anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from catalog.models import AchievementVersion, Operator, Renewal
from catalog.rules.checks import InvalidRule
from catalog.rules.measuring import ECTS, MINUTES, Amounts, amounts, most
from catalog.rules.tree import AchievementLeaf, Group, Node, leaves, numbered
from catalog.rules.words import leaf_names

_MEASURES = {measure.operator: measure for measure in (MINUTES, ECTS)}


def check_renewal(tree: Node, *, valid_months: int | None, renewal: str) -> None:
    """Raise ``InvalidRule`` where an award expires and nobody could ever renew it.

    An award without a term is never made again. A rule that cannot do without one is met by what
    is new once at most, by whoever holds an award of an older version that did not ask for it.
    """
    if valid_months is None or renewal != Renewal.WHOLE:
        return
    lasting = _lasting(tree)
    if not lasting or _again(tree, lasting, _worth(tree)) is not None:
        return
    names = leaf_names(tree)
    said = dict.fromkeys(
        f"“{names[leaf]}”"
        for leaf in leaves(tree)
        if isinstance(leaf, AchievementLeaf) and leaf.achievement_id in lasting
    )
    raise InvalidRule(
        "It could never be renewed by all of its rule, which asks for a credential that never "
        f"expires and so is not awarded again: {', '.join(said)}. Let it be renewed by what has "
        "changed, and enter under “Not older than” what is to be done again all the same; or ask "
        "for a course, or for a credential with a term, instead."
    )


def _lasting(tree: Node) -> set[int]:
    """Ids of the achievements that it names whose awards have no term by the version in force."""
    named = {leaf.achievement_id for leaf in leaves(tree) if isinstance(leaf, AchievementLeaf)}
    if not named:
        return set()
    versions = AchievementVersion.objects.current().filter(achievement__in=named)
    return set(versions.filter(valid_months=None).values_list("achievement", flat=True))


def _worth(tree: Node) -> Mapping[str, Amounts]:
    """What entries are worth, by the operators that add them up here."""
    used = {node.operator for _, node in numbered(tree) if isinstance(node, Group)}
    return {
        operator: amounts(tree, measure)
        for operator, measure in _MEASURES.items()
        if operator in used
    }


def _again(node: Node, lasting: set[int], worth: Mapping[str, Amounts]) -> Node | None:
    """What is left of it to be met once more; ``None`` where that is not enough.

    Grades, ages and that a course counts once are left aside: what is refused is out of reach
    whatever those say.
    """
    if not isinstance(node, Group):
        is_lasting = isinstance(node, AchievementLeaf) and node.achievement_id in lasting
        return None if is_lasting else node
    found = (_again(child, lasting, worth) for child in node.children)
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
