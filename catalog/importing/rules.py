"""The rules of cairn-catalog/1: how they are written, and the trees that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Organization
from catalog import rules
from catalog.importing.changes import by_external_id
from catalog.importing.fields import (
    Invalid,
    Parser,
    Record,
    amount,
    boolean,
    hint,
    identifier,
    list_of,
    one_of,
    percent_or_none,
    said,
    whole_number,
)
from catalog.models import LEVEL_RANK, Achievement, Course, OutcomeLevel, Skill, Track

MAX_DEPTH = 20

GROUPS = {
    "all": rules.Operator.ALL,
    "any": rules.Operator.ANY,
    "at_least": rules.Operator.AT_LEAST,
    "credits_minutes": rules.Operator.CREDITS,
    "credits_ects": rules.Operator.ECTS,
}
LEAVES = ("course", "track", "credential", "skill")
KINDS = (*LEAVES, *GROUPS)

LIMITS: dict[str, Parser] = {
    "min_grade": percent_or_none,
    "max_age_months": whole_number(1, 1200, or_none=True),
    "issuer": identifier(),
    "prior_learning": boolean,
}


def rule(value: Any) -> dict[str, Any]:
    """The rule as it is written, checked for its shape; references are resolved when applied."""
    if _size(value) > rules.MAX_NODES:
        raise Invalid(f"has more than {rules.MAX_NODES} entries")
    return _node(value, is_root=True)


def _size(value: Any) -> int:
    """Counted without recursion, so that no depth of brackets can exhaust the stack."""
    count, level = 0, [(value, 1)]
    while level:
        node, depth = level.pop()
        if depth > MAX_DEPTH:
            raise Invalid(f"is nested more than {MAX_DEPTH} deep")
        count += 1
        if isinstance(node, dict):
            children = [item for item in node.values() if isinstance(item, list)]
            level += [(child, depth + 1) for items in children for child in items]
    return count


def _node(value: Any, *, is_root: bool = False) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Invalid(f"must be an object such as {{“course”: …}}, not {said(value)}")
    named = [key for key in KINDS if key in value]
    if len(named) != 1:
        unknown = next((key for key in value if key != "of"), "")
        near = hint(unknown, KINDS) if not named else ""
        raise Invalid(f"names one of {', '.join(KINDS)}{near}")
    key = named[0]
    if key == "skill":
        level = {"level": one_of(OutcomeLevel.values)}
        return Record({key: identifier(500)}, LIMITS | level)(value)
    if key in LEAVES:
        return Record({key: identifier()}, LIMITS)(value)
    children = list_of(_node, most=rules.MAX_NODES)
    once: dict[str, Parser] = {"counts_once": boolean} if is_root else {}
    if key in ("all", "any"):
        return Record({key: children}, once)(value)
    number = (
        amount(10_000, least="0.01", places=2)
        if key == "credits_ects"
        else whole_number(1, 10_000_000)
    )
    clean = Record({key: number, "of": children}, once)(value)
    if key == "at_least" and clean[key] > len(clean["of"]):
        raise Invalid(f"asks for {clean[key]} of {len(clean['of'])}")
    return clean


def _kind(node: Mapping[str, Any]) -> str:
    return next(key for key in KINDS if key in node)


def _children(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    return next((item for item in node.values() if isinstance(item, list)), [])


def _leaves(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if _kind(node) in LEAVES:
        yield node
    for child in _children(node):
        yield from _leaves(child)


def named_tracks(node: dict[str, Any]) -> set[str]:
    """The external ids of the tracks that a rule rests on."""
    return {leaf["track"] for leaf in _leaves(node) if "track" in leaf}


@dataclass(frozen=True)
class _Named:
    """What the names of a rule stand for."""

    courses: Mapping[str, Course]
    tracks: Mapping[str, Track]
    skills: Mapping[str, Skill]
    issuers: Mapping[str, Organization]


def resolve(rule: dict[str, Any], achievement: Achievement, *, is_public: bool) -> rules.Node:
    """The rule with rows for names; what is public must not rest on what nobody can take."""
    leaves = list(_leaves(rule))

    def names(*kinds: str) -> list[str]:
        return [leaf[kind] for leaf in leaves for kind in kinds if kind in leaf]

    uris = names("skill")
    named = _Named(
        courses=by_external_id(
            Course.objects.select_related("achievement"), names("course", "credential")
        ),
        tracks=by_external_id(Track.objects.select_related("achievement"), names("track")),
        skills={skill.uri: skill for skill in Skill.objects.filter(uri__in=uris)} if uris else {},
        issuers=by_external_id(Organization.objects.all(), names("issuer")),
    )
    problems = [problem for leaf in leaves for problem in _problems(leaf, named, is_public)]
    if problems:
        raise Invalid(*dict.fromkeys(problems))
    tree = _tree(rule, named)
    rules.check(tree, achievement=achievement)
    return tree


def _problems(leaf: dict[str, Any], named: _Named, is_public: bool) -> Iterator[str]:
    kind = _kind(leaf)
    name = leaf[kind]
    if kind == "skill":
        if name not in named.skills:
            yield f"rule: there is no skill {said(name)}"
    else:
        item = named.tracks.get(name) if kind == "track" else named.courses.get(name)
        what = "track" if kind == "track" else "course"
        if item is None or (kind != "course" and not hasattr(item, "achievement")):
            yield f"rule: there is no {what} {said(name)}"
        elif is_public and not item.is_public:
            yield f"rule: the {what} {said(name)} is a draft; publish it first"
    if "issuer" in leaf and leaf["issuer"] not in named.issuers:
        yield f"rule: there is no organization {said(leaf['issuer'])}"


def _tree(node: dict[str, Any], named: _Named) -> rules.Node:
    kind = _kind(node)
    if kind in LEAVES:
        return _leaf(kind, node, named)
    children = tuple(_tree(child, named) for child in _children(node))
    once = node.get("counts_once", False)
    if kind in ("all", "any"):
        return rules.Group(GROUPS[kind], children, counts_once=once)
    n = node[kind] * rules.HUNDREDTHS if kind == "credits_ects" else node[kind]
    return rules.Group(GROUPS[kind], children, int(n), once)


def _leaf(kind: str, node: dict[str, Any], named: _Named) -> rules.Leaf:
    name = node[kind]
    limits = {
        "min_grade": node.get("min_grade"),
        "max_age_months": node.get("max_age_months"),
        "issuer_id": named.issuers[node["issuer"]].pk if "issuer" in node else None,
        "allows_prior_learning": node.get("prior_learning", False),
    }
    match kind:
        case "course":
            return rules.CourseLeaf(named.courses[name].pk, **limits)
        case "track":
            return rules.AchievementLeaf(named.tracks[name].achievement.pk, **limits)
        case "credential":
            return rules.AchievementLeaf(named.courses[name].achievement.pk, **limits)
        case _:
            return rules.SkillLeaf(
                named.skills[name].pk, LEVEL_RANK[node.get("level", "")], **limits
            )
