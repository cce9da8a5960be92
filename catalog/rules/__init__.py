"""Award rules as data: a tree, its rows, its checks, what it is worth, and its words."""

from __future__ import annotations

from catalog.models import Operator
from catalog.rules.checks import (
    MAX_NODES,
    Fault,
    InvalidRule,
    check,
    checked,
    faults,
    reachable_achievements,
    shape_errors,
)
from catalog.rules.measuring import ECTS, MINUTES, Measure, amounts, item_of, most
from catalog.rules.renewing import check_renewal
from catalog.rules.rows import from_rows, in_columns, leaf_of, load, store, to_rows
from catalog.rules.tree import (
    HUNDREDTHS,
    AchievementLeaf,
    CourseLeaf,
    Group,
    Leaf,
    Node,
    SkillLeaf,
    all_of,
    any_of,
    at_least,
    leaves,
    numbered,
    numbered_children,
)
from catalog.rules.without import without
from catalog.rules.words import (
    amount_of,
    heading,
    leaf_names,
    leaf_phrase,
    names_from_rows,
    sentence,
)

__all__ = [
    "ECTS",
    "HUNDREDTHS",
    "MAX_NODES",
    "MINUTES",
    "AchievementLeaf",
    "CourseLeaf",
    "Fault",
    "Group",
    "InvalidRule",
    "Leaf",
    "Measure",
    "Node",
    "Operator",
    "SkillLeaf",
    "all_of",
    "amount_of",
    "amounts",
    "any_of",
    "at_least",
    "check",
    "check_renewal",
    "checked",
    "faults",
    "from_rows",
    "heading",
    "in_columns",
    "item_of",
    "leaf_names",
    "leaf_of",
    "leaf_phrase",
    "leaves",
    "load",
    "most",
    "names_from_rows",
    "numbered",
    "numbered_children",
    "reachable_achievements",
    "sentence",
    "shape_errors",
    "store",
    "to_rows",
    "without",
]
