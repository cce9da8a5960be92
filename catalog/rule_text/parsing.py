"""From text to a rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog import rules
from catalog.rule_text.lines import Line, RuleTextError, group_problems, hang, read
from catalog.rule_text.names import COURSE, CREDENTIAL, ISSUER, SKILL, TRACK, Lookup


def parse(text: str, *, lookup: Lookup) -> rules.Node:
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
    problems = [
        line.problem(_unknown(line))
        for line in lines
        if line.kind and line.name not in ids[line.kind]
    ] + [
        line.problem(f"no organization is called “{line.issuer}”. Use its slug or its external id.")
        for line in lines
        if line.issuer and line.issuer not in ids[ISSUER]
    ]
    if problems:
        raise RuleTextError(problems)
    return _build(root, ids)


def _unknown(line: Line) -> str:
    what = "course with a credential" if line.kind == CREDENTIAL else line.kind
    if not line.name:
        return f"choose a {what}."
    called = "label or its address" if line.kind == SKILL else "slug or its external id"
    return f"no {what} is called “{line.name}”. Use its {called}."


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
