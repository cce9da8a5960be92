"""Whether a rule can be published: its shape, what it leads to, and whether it can be met."""

from __future__ import annotations

from typing import NamedTuple

from catalog.models import Achievement, Operator, RuleNode
from catalog.rules.measuring import ECTS, MINUTES, Amounts, Measure, amounts, most
from catalog.rules.once import out_of_reach
from catalog.rules.tree import AchievementLeaf, Group, Node, leaves, numbered

MAX_NODES = 500


class InvalidRule(ValueError):
    """The rule cannot be published; the message says what to change."""


class Fault(NamedTuple):
    """What is wrong with the node of this number."""

    number: int
    message: str


def check(tree: Node | None, *, achievement: Achievement) -> None:
    """Raise ``InvalidRule`` unless ``achievement`` may be awarded by this rule."""
    if tree is None:
        raise InvalidRule("The rule is empty. Add at least one course or track.")
    errors = shape_errors(tree) or [fault.message for fault in faults(tree, achievement)]
    if errors:
        raise InvalidRule(" ".join(errors))


def checked(tree: Node | None, *, achievement: Achievement) -> Node:
    """The same, with the rule for an answer."""
    check(tree, achievement=achievement)
    assert tree is not None
    return tree


def faults(tree: Node, achievement: Achievement | None) -> list[Fault]:
    """What a rule of good shape leads to that cannot be; ``None`` has no credential to lead to."""
    found = unreachable_sums(tree) or [Fault(*one) for one in out_of_reach(tree)]
    return found or (circles(tree, achievement) if achievement else [])


def circles(tree: Node, achievement: Achievement) -> list[Fault]:
    """The leaves through which the rule leads back to its own achievement."""
    if achievement.pk not in reachable_achievements(tree):
        return []
    return [
        Fault(
            number,
            "The rule leads back to its own credential through the tracks it names. "
            "Remove the track that closes the circle.",
        )
        for number, node in numbered(tree)
        if isinstance(node, AchievementLeaf) and achievement.pk in reachable_achievements(node)
    ]


def shape_errors(tree: Node) -> list[str]:
    """What is wrong with the tree whatever its leaves name."""
    errors = _shape_errors(tree)
    if any(isinstance(child, Group) and _counts_once_inside(child) for child in _children(tree)):
        errors.append("That each course counts once is said of the whole rule, in its first line.")
    return errors


def _children(node: Node) -> tuple[Node, ...]:
    return node.children if isinstance(node, Group) else ()


def _counts_once_inside(group: Group) -> bool:
    return group.counts_once or any(
        isinstance(child, Group) and _counts_once_inside(child) for child in group.children
    )


def _shape_errors(node: Node) -> list[str]:
    if not isinstance(node, Group):
        return []
    errors = [error for child in node.children for error in _shape_errors(child)]
    if not node.children:
        errors.append("A group has nothing in it. Add a course or a track, or remove the group.")
    elif node.operator == Operator.AT_LEAST and not 1 <= (node.n or 0) <= len(node.children):
        errors.append(
            f'"At least {node.n} of" has {len(node.children)} entries. '
            f"Ask for 1 to {len(node.children)}."
        )
    elif node.operator == Operator.CREDITS and (node.n or 0) < 1:
        errors.append('"At least n minutes from" needs a number of minutes from 1 on.')
    elif node.operator == Operator.ECTS and (node.n or 0) < 1:
        errors.append('"At least n ECTS from" needs a number of credits.')
    elif node.operator in (Operator.ALL, Operator.ANY) and node.n is not None:
        errors.append("Only a counting group takes a number.")
    return errors


def unreachable_sums(tree: Node) -> list[Fault]:
    """Groups that ask for more credits than all their entries have together."""
    found: list[Fault] = []
    measured: dict[Measure, Amounts] = {}
    for number, node in numbered(tree):
        for measure in (MINUTES, ECTS):
            if isinstance(node, Group) and node.operator == measure.operator:
                if measure not in measured:
                    measured[measure] = amounts(tree, measure)
                reachable = most(node, measured[measure])
                if reachable is not None and (node.n or 0) > reachable:
                    message = (
                        f"A group asks for {measure.said(node.n or 0)}, but its entries come to "
                        f"{measure.said(reachable)}. Ask for less, or add entries."
                    )
                    found.append(Fault(number, message))
    return found


def reachable_achievements(tree: Node) -> set[int]:
    """Ids of the achievements this rule rests on, through the rules of those it names.

    A skill may be proved by any credential, so it leads nowhere in particular: no credential can
    rest on itself that way, because an award is only evidence once it is there.
    """
    reached: set[int] = set()
    frontier = {leaf.achievement_id for leaf in leaves(tree) if isinstance(leaf, AchievementLeaf)}
    while frontier:
        reached |= frontier
        # All versions count: a learner may be judged by an older one.
        frontier = (
            set(
                RuleNode.objects.filter(
                    version__achievement__in=frontier, achievement__isnull=False
                ).values_list("achievement_id", flat=True)
            )
            - reached
        )
    return reached
