"""A rule written as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from catalog import rules
from catalog.models import OutcomeLevel
from catalog.rules import Operator

INDENT = "  "

_PLAIN_NAME = re.compile(r"[\w.-]+")


@dataclass(frozen=True)
class Name:
    """What a leaf is called in the text: its kind, its slug, and that of its issuer."""

    kind: str
    name: str
    issuer: str = ""


Names = Mapping[rules.Leaf, Name]


def format_rule(tree: rules.Node, *, names: Names) -> str:
    """The text of a rule; ``names`` says what each leaf is called."""
    return "\n".join(_written(tree, names, 0)) + "\n"


def _written(node: rules.Node, names: Names, depth: int) -> Iterable[str]:
    if isinstance(node, rules.Group):
        yield INDENT * depth + _heading(node)
        for child in node.children:
            yield from _written(child, names, depth + 1)
        return
    named = names[node]
    limits = [
        *([f"min {node.min_grade.normalize():f} %"] if node.min_grade is not None else []),
        *([f"within {node.max_age_months} months"] if node.max_age_months is not None else []),
        *(_level(node) if isinstance(node, rules.SkillLeaf) else []),
        *([f"from {quoted(named.issuer)}"] if node.issuer_id is not None else []),
        *(["or prior learning"] if node.allows_prior_learning else []),
    ]
    said = f"{named.kind}: {quoted(named.name)}"
    yield INDENT * depth + said + (f" ({', '.join(limits)})" if limits else "")


def _level(leaf: rules.SkillLeaf) -> list[str]:
    return [f"level {list(OutcomeLevel)[leaf.level - 1].value}"] if leaf.level else []


def quoted(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else json.dumps(name)


def _heading(group: rules.Group) -> str:
    return _counting(group) + (", each course once" if group.counts_once else "")


def _counting(group: rules.Group) -> str:
    match group.operator:
        case Operator.ALL:
            return "all of"
        case Operator.ANY:
            return "any of"
        case Operator.AT_LEAST:
            return f"at least {group.n} of"
        case Operator.ECTS:
            return f"at least {(Decimal(group.n or 0) / rules.HUNDREDTHS).normalize():f} ECTS from"
        case _:
            return f"at least {group.n} minutes from"
