"""From text to a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog import rules
from catalog.rule_text.lines import Line, RuleTextError, group_problems, hang, read
from catalog.rule_text.names import COURSE, CREDENTIAL, ISSUER, SKILL, TRACK, Lookup
from catalog.rule_text.nearest import Nearest, nothing_near

MOST_LOOKED_NEAR = 5
"""Of names that nothing has: for each, the catalog is searched."""


def parse(text: str, *, lookup: Lookup, nearest: Nearest = nothing_near) -> rules.Node:
    """The rule that the text says. Raises ``RuleTextError`` with every line that is wrong."""
    lines, problems = read(text)
    if problems:
        raise RuleTextError(problems)
    root, problems = hang(lines)
    problems = problems or group_problems(lines, root)
    if problems:
        raise RuleTextError(problems)
    ids = {
        kind: lookup(kind, {line.name for line in lines if line.kind == kind})
        for kind in (COURSE, TRACK, CREDENTIAL, SKILL)
        if any(line.kind == kind for line in lines)
    }
    issuers = {line.issuer for line in lines if line.issuer}
    ids[ISSUER] = lookup(ISSUER, issuers) if issuers else {}
    if unknown := list(_unknown(lines, ids)):
        raise RuleTextError(
            [
                line.problem(
                    _what_unknown(kind, name, nearest if place < MOST_LOOKED_NEAR else nothing_near)
                )
                for place, (line, kind, name) in enumerate(unknown)
            ]
        )
    return _build(root, ids)


def _unknown(
    lines: list[Line], ids: Mapping[str, Mapping[str, int]]
) -> Iterator[tuple[Line, str, str]]:
    """The names that nothing has, each with its line and what it should be the name of."""
    for line in lines:
        if line.kind and line.name not in ids[line.kind]:
            yield line, line.kind, line.name
        if line.issuer and line.issuer not in ids[ISSUER]:
            yield line, ISSUER, line.issuer


def _what_unknown(kind: str, name: str, nearest: Nearest) -> str:
    what = {CREDENTIAL: "course with a credential", ISSUER: "organization"}.get(kind, kind)
    if not name:
        return f"choose a {what}."
    said = f"no {what} is called “{name}”."
    if near := [f"“{one.title}” (write {one.name})" for one in nearest(kind, name)]:
        *first, last = near
        return f"{said} Did you mean {', '.join(first)}{' or ' if first else ''}{last}?"
    return (
        f"{said} Use its {'label or its address' if kind == SKILL else 'slug or its external id'}."
    )


def _build(line: Line, ids: Mapping[str, Mapping[str, int]]) -> rules.Node:
    if line.operator:
        children = tuple(_build(child, ids) for child in line.children)
        return rules.Group(line.operator, children, line.n, line.counts_once)
    limits: dict[str, Any] = {
        "min_grade": line.min_grade,
        "max_age_months": line.max_age_months,
        "issuer_id": ids[ISSUER][line.issuer] if line.issuer else None,
        "allows_prior_learning": line.allows_prior_learning,
    }
    named = ids[line.kind][line.name]
    match line.kind:
        case "course":
            return rules.CourseLeaf(named, **limits)
        case "skill":
            return rules.SkillLeaf(named, line.level or 0, **limits)
        case _:
            return rules.AchievementLeaf(named, **limits)
