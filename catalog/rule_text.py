"""Award rules as indented text, for curators to write.

::

    all of, each course once
      course: course-ai-foundations
      at least 2 of
        track: data-analyst
        course: sql-basics (min 70 %, within 24 months, or prior learning)
        skill: "manage budgets" (level advanced, from northbridge)
      at least 600 minutes from
        course: statistics
        credential: python-basics
      at least 2.5 ECTS from
        course: statistics
        course: python-basics

A ``course`` is satisfied by completing it, a ``track`` by holding its credential, a ``credential``
by holding that of a course, a ``skill`` by any credential that proves it. Names are slugs or
external ids, those of skills their labels or addresses; one with other characters than letters,
digits, ``.``, ``_`` and ``-`` stands in double quotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import Organization
from catalog import rules
from catalog.models import LEVEL_RANK, Achievement, Course, OutcomeLevel, Skill, Track
from catalog.rules import Operator

MAX_DEPTH = 12
MAX_CHARACTERS = 60_000
TAB = 4
INDENT = "  "

COURSE, TRACK, CREDENTIAL, SKILL = "course", "track", "credential", "skill"
ISSUER = "issuer"

Lookup = Callable[[str, Iterable[str]], Mapping[str, int]]
"""Finds the ids for names of one kind; a name that is not found is left out."""

_GROUP = re.compile(
    r"(?:(?P<all>all)|(?P<any>any(?: one)?)"
    r"|at least (?P<n>[0-9]{1,7}(?:\.[0-9]{1,2})?)(?: (?P<unit>minutes?|hours?|ects)"
    r"(?: credits?)?)?) (?:of|from)(?P<once>, each course once)? ?:?",
    re.IGNORECASE,
)
_LEAF = re.compile(
    r"(?P<kind>course|track|credential|skill) ?: ?"
    r'(?P<name>"(?:[^"\\]|\\.)*"|[^\s"()]+)'
    r"(?: ?\((?P<limits>[^()]*)\))?",
    re.IGNORECASE,
)
_MIN_GRADE = re.compile(r"min\.? ?(?P<grade>[0-9]{1,3}(?:\.[0-9]{1,2})?) ?%?", re.IGNORECASE)
_LEVEL = re.compile(rf"level (?P<level>{'|'.join(OutcomeLevel.values)})", re.IGNORECASE)
_ISSUER = re.compile(r'from (?P<issuer>"(?:[^"\\]|\\.)*"|[^\s"(),]+)', re.IGNORECASE)
_PRIOR_LEARNING = re.compile(r"or (?:recognized )?prior learning", re.IGNORECASE)
_MAX_AGE = re.compile(r"within (?P<months>[0-9]{1,4}) months?", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[\w.-]+")


class RuleTextError(ValueError):
    """The text is no rule; ``errors`` say in which lines, and what to change."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(" ".join(errors))
        self.errors = errors


class _Wrong(ValueError):
    pass


@dataclass
class _Line:
    """One line, with the lines below it that are indented more."""

    number: int
    indent: int
    text: str
    operator: str = ""
    n: int | None = None
    counts_once: bool = False
    kind: str = ""
    name: str = ""
    min_grade: Decimal | None = None
    max_age_months: int | None = None
    level: int | None = None
    issuer: str = ""
    allows_prior_learning: bool = False
    children: list[_Line] = field(default_factory=list)

    def error(self, message: str) -> str:
        return f"Line {self.number}: {message}"


def parse(text: str, *, lookup: Lookup) -> rules.Node:
    """The rule that the text says. Raises ``RuleTextError`` with every line that is wrong."""
    if len(text) > MAX_CHARACTERS:
        raise RuleTextError([f"The rule is longer than {MAX_CHARACTERS} characters."])
    lines = _read(text)
    root = _arrange(lines)
    ids = {
        kind: lookup(kind, {line.name for line in lines if line.kind == kind})
        for kind in (COURSE, TRACK, CREDENTIAL, SKILL)
        if any(line.kind == kind for line in lines)
    }
    issuers = {line.issuer for line in lines if line.issuer}
    ids[ISSUER] = lookup(ISSUER, issuers) if issuers else {}
    errors = [
        line.error(_unknown(line))
        for line in lines
        if line.kind and line.name not in ids[line.kind]
    ] + [
        line.error(f"no organization is called “{line.issuer}”. Use its slug or its external id.")
        for line in lines
        if line.issuer and line.issuer not in ids[ISSUER]
    ]
    if errors:
        raise RuleTextError(errors)
    return _build(root, ids)


def _unknown(line: _Line) -> str:
    what = "course with a credential" if line.kind == CREDENTIAL else line.kind
    return f"no {what} is called “{line.name}”. Use its slug or its external id."


def _read(text: str) -> list[_Line]:
    lines: list[_Line] = []
    errors: list[str] = []
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        content = raw.strip()
        if not content:
            continue
        before = raw[: len(raw) - len(raw.lstrip())].expandtabs(TAB)
        line = _Line(number, len(before), content)
        lines.append(line)
        try:
            _understand(line)
        except _Wrong as error:
            errors.append(line.error(str(error)))
    if not lines:
        errors.append("The rule is empty. Add at least one course or track.")
    if len(lines) > rules.MAX_NODES:
        errors.append(f"The rule has {len(lines)} lines. Use at most {rules.MAX_NODES}.")
    if errors:
        raise RuleTextError(errors)
    return lines


def _understand(line: _Line) -> None:
    # Runs of spaces count as one, but not inside a quoted name.
    text = "".join(
        part if part.startswith('"') else re.sub(r"\s+", " ", part)
        for part in re.split(r'("(?:[^"\\]|\\.)*")', line.text)
    ).strip()
    if group := _GROUP.fullmatch(text):
        _understand_group(line, group)
    elif leaf := _LEAF.fullmatch(text):
        line.kind = leaf["kind"].lower()
        line.name = _name(leaf["name"])
        if leaf["limits"] is not None:
            _understand_limits(line, leaf["limits"])
    else:
        raise _Wrong(
            f"“{text[:60]}” is not understood. Write “all of”, “any of”, “at least 2 of”, "
            "“at least 600 minutes from”, “course: …” or “track: …”."
        )


class _Unit(NamedTuple):
    operator: str
    times: int


_UNITS = {
    "": _Unit(Operator.AT_LEAST, 1),
    "minu": _Unit(Operator.CREDITS, 1),
    "hour": _Unit(Operator.CREDITS, 60),
    "ects": _Unit(Operator.ECTS, rules.HUNDREDTHS),
}


def _understand_group(line: _Line, group: re.Match[str]) -> None:
    if group["all"]:
        line.operator = Operator.ALL
    elif group["any"]:
        line.operator = Operator.ANY
    else:
        unit = (group["unit"] or "").lower()
        line.operator = _UNITS[unit[:4]].operator
        number = Decimal(group["n"]) * _UNITS[unit[:4]].times
        if number != int(number):
            raise _Wrong("the number must be a whole one.")
        line.n = int(number)
        if line.n < 1:
            raise _Wrong("the number must be at least 1.")
    line.counts_once = bool(group["once"])


def _understand_limits(line: _Line, limits: str) -> None:
    for limit in (part.strip() for part in limits.split(",")):
        if (grade := _MIN_GRADE.fullmatch(limit)) and line.min_grade is None:
            line.min_grade = Decimal(grade["grade"])
            if line.min_grade > 100:
                raise _Wrong("a grade is at most 100 %.")
        elif (age := _MAX_AGE.fullmatch(limit)) and line.max_age_months is None:
            line.max_age_months = int(age["months"])
            if line.max_age_months < 1:
                raise _Wrong("an age is at least 1 month.")
        elif (level := _LEVEL.fullmatch(limit)) and line.kind == SKILL and line.level is None:
            line.level = LEVEL_RANK[level["level"].lower()]
        elif (issuer := _ISSUER.fullmatch(limit)) and not line.issuer:
            line.issuer = _name(issuer["issuer"])
        elif _PRIOR_LEARNING.fullmatch(limit):
            line.allows_prior_learning = True
        else:
            raise _Wrong(
                f"“{limit[:60]}” is not understood. Write “(min 70 %, within 24 months, "
                "from organization, or prior learning)”, and for a skill “level advanced”."
            )


def _name(written: str) -> str:
    if not written.startswith('"'):
        return written
    try:
        return str(json.loads(written, strict=False))
    except ValueError:
        raise _Wrong(f'{written[:60]} is not a name. Escape \\ as \\\\ and " as \\".') from None


def _arrange(lines: list[_Line]) -> _Line:
    """Hang each line under the one that it is indented below."""
    root, *rest = lines
    errors: list[str] = []
    path = [root]
    for line in rest:
        while path and line.indent < path[-1].indent:
            path.pop()
        if not path or (path[-1] is root and line.indent == root.indent):
            errors.append(
                line.error(
                    "the rule has ended before this. Begin the rule with “all of” and indent "
                    "what belongs to it."
                )
            )
            break
        if line.indent == path[-1].indent:
            path.pop()
        elif path[-1].children and path[-1].children[0].indent != line.indent:
            errors.append(line.error("this is indented like no line above. Align it with one."))
            break
        parent = path[-1]
        if parent.kind:
            errors.append(line.error(f"a {parent.kind} has nothing under it. Indent this less."))
            break
        parent.children.append(line)
        path.append(line)
        if len(path) > MAX_DEPTH:
            errors.append(line.error(f"groups are nested more than {MAX_DEPTH} deep."))
            break
    errors = errors or [
        line.error(problem)
        for line in lines
        if line.operator and (problem := _group_problem(line, root))
    ]
    if errors:
        raise RuleTextError(errors)
    return root


def _group_problem(line: _Line, root: _Line) -> str:
    if line.counts_once and line is not root:
        return "“each course once” is said of the whole rule, in its first line."
    if not line.children:
        return f"“{line.text}” has nothing in it. Indent below it what belongs to it."
    if line.operator == Operator.AT_LEAST and (line.n or 0) > len(line.children):
        return f"“{line.text}” has only {len(line.children)} entries. Ask for fewer, or add some."
    return ""


def _build(line: _Line, ids: Mapping[str, Mapping[str, int]]) -> rules.Node:
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


# --- The other way ------------------------------------------------------------------------------


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
        *([f"from {_quoted(named.issuer)}"] if node.issuer_id is not None else []),
        *(["or prior learning"] if node.allows_prior_learning else []),
    ]
    said = f"{named.kind}: {_quoted(named.name)}"
    yield INDENT * depth + said + (f" ({', '.join(limits)})" if limits else "")


def _level(leaf: rules.SkillLeaf) -> list[str]:
    return [f"level {list(OutcomeLevel)[leaf.level - 1].value}"] if leaf.level else []


def _quoted(name: str) -> str:
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


# --- Names in the database ----------------------------------------------------------------------


def catalog_lookup(*, courses: QuerySet[Course], tracks: QuerySet[Track]) -> Lookup:
    """Finds names among these courses and tracks. Case does not matter unless it decides."""
    querysets: dict[str, tuple[QuerySet[Any], str]] = {
        COURSE: (courses, "pk"),
        TRACK: (tracks.exclude(achievement=None), "achievement"),
        CREDENTIAL: (courses.exclude(achievement=None), "achievement"),
        ISSUER: (Organization.objects.all(), "pk"),
    }

    def lookup(kind: str, names: Iterable[str]) -> dict[str, int]:
        if kind == SKILL:
            return skill_lookup(names)
        queryset, id_of = querysets[kind]
        wanted = {name.lower() for name in names} | set(names)
        rows = list(
            queryset.annotate(slug_lower=Lower("slug"), external_lower=Lower("external_id"))
            .filter(
                Q(slug__in=wanted)
                | Q(external_id__in=wanted)
                | Q(slug_lower__in=wanted)
                | Q(external_lower__in=wanted)
            )
            .order_by("pk")
            .values_list("slug", "external_id", id_of)
        )
        # The last match that is written wins: from the loosest to the strictest.
        found = {external.lower(): pk for _, external, pk in rows if external}
        found |= {slug.lower(): pk for slug, _, pk in rows}
        by_name = {name: found[name.lower()] for name in names if name.lower() in found}
        exact = {external: pk for _, external, pk in rows if external}
        exact |= {slug: pk for slug, _, pk in rows}
        return by_name | {name: exact[name] for name in names if name in exact}

    return lookup


def names_of(tree: rules.Node) -> dict[rules.Leaf, Name]:
    """What each leaf is called, in a query for each kind of thing; a skill has its address."""
    found = list(rules.leaves(tree))
    courses = dict(
        Course.objects.filter(
            pk__in=[leaf.course_id for leaf in found if isinstance(leaf, rules.CourseLeaf)]
        ).values_list("pk", "slug")
    )
    achievements = {
        pk: (TRACK, track) if track else (CREDENTIAL, str(course))
        for pk, track, course in Achievement.objects.filter(
            pk__in=[
                leaf.achievement_id for leaf in found if isinstance(leaf, rules.AchievementLeaf)
            ]
        ).values_list("pk", "track__slug", "course__slug")
    }
    skills = dict(
        Skill.objects.filter(
            pk__in=[leaf.skill_id for leaf in found if isinstance(leaf, rules.SkillLeaf)]
        ).values_list("pk", "uri")
    )

    issuers = dict(
        Organization.objects.filter(
            pk__in=[leaf.issuer_id for leaf in found if leaf.issuer_id is not None]
        ).values_list("pk", "slug")
    )

    def name(leaf: rules.Leaf) -> Name:
        issuer = issuers.get(leaf.issuer_id or 0, "")
        match leaf:
            case rules.CourseLeaf():
                return Name(COURSE, courses[leaf.course_id], issuer)
            case rules.AchievementLeaf():
                return Name(*achievements[leaf.achievement_id], issuer)
            case rules.SkillLeaf():
                return Name(SKILL, skills[leaf.skill_id], issuer)

    return {leaf: name(leaf) for leaf in found}


def skill_lookup(names: Iterable[str]) -> dict[str, int]:
    """Skills by their label in any case, or by their address in the framework."""
    names = set(names)
    by_label = {name.lower(): name for name in names}
    found = Skill.objects.annotate(lower=Lower("label")).filter(
        Q(lower__in=by_label) | Q(uri__in=names)
    )
    ids: dict[str, int] = {}
    for pk, lower, uri in found.order_by("-pk").values_list("pk", "lower", "uri"):
        if lower in by_label:
            ids[by_label[lower]] = pk
        if uri in names:
            ids[uri] = pk
    return ids
