"""The lines of a rule's text: read one by one, and hung under each other by their indents."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from catalog import rules
from catalog.models import LEVEL_RANK, OutcomeLevel
from catalog.rule_text.names import SKILL
from catalog.rules import Operator

MAX_DEPTH = 12
MAX_CHARACTERS = 60_000
TAB = 4

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
_COUNTING = re.compile(
    r"at least (?P<n>\S+)(?: (?:minutes?|hours?|ects)(?: credits?)?)? (?:of|from)\b", re.IGNORECASE
)
_NAMED = re.compile(r"(?P<kind>course|track|credential|skill) ?:", re.IGNORECASE)
_MIN_GRADE = re.compile(r"min\.? ?(?P<grade>[0-9]{1,3}(?:\.[0-9]{1,2})?) ?%?", re.IGNORECASE)
_LEVEL = re.compile(rf"level (?P<level>{'|'.join(OutcomeLevel.values)})", re.IGNORECASE)
_ISSUER = re.compile(r'from (?P<issuer>"(?:[^"\\]|\\.)*"|[^\s"(),]+)', re.IGNORECASE)
_PRIOR_LEARNING = re.compile(r"or (?:recognized )?prior learning", re.IGNORECASE)
_MAX_AGE = re.compile(r"within (?P<months>[0-9]{1,4}) months?", re.IGNORECASE)


class Problem(NamedTuple):
    """What is wrong, and in which line of the text if it is in one."""

    message: str
    line: int | None = None

    def __str__(self) -> str:
        return self.message if self.line is None else f"Line {self.line}: {self.message}"


class RuleTextError(ValueError):
    """The text is no rule; ``errors`` say in which lines, and what to change."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.errors = [str(problem) for problem in problems]
        super().__init__(" ".join(self.errors))


class _Wrong(ValueError):
    pass


@dataclass
class Line:
    """One line, with the lines below it that are indented more."""

    number: int
    indent: int
    text: str
    is_understood: bool = True
    """Whether everything that it says stands below; what that is may still be wrong."""
    operator: str = ""
    amount: Decimal = Decimal(0)
    unit: str = ""
    counts_once: bool = False
    kind: str = ""
    name: str = ""
    min_grade: Decimal | None = None
    max_age_months: int | None = None
    level: int | None = None
    issuer: str = ""
    allows_prior_learning: bool = False
    children: list[Line] = field(default_factory=list)

    @property
    def n(self) -> int | None:
        """The number of a counting group, in the unit that its rule has."""
        if self.operator in (Operator.ALL, Operator.ANY):
            return None
        return int(self.amount * _UNITS[self.unit].times)

    def problem(self, message: str) -> Problem:
        return Problem(message, self.number)


def read(text: str) -> tuple[list[Line], list[Problem]]:
    if len(text) > MAX_CHARACTERS:
        return [], [Problem(f"The rule is longer than {MAX_CHARACTERS} characters.")]
    lines: list[Line] = []
    problems: list[Problem] = []
    for number, raw in _written_lines(text):
        before = raw[: len(raw) - len(raw.lstrip())].expandtabs(TAB)
        line = Line(number, len(before), raw.strip())
        lines.append(line)
        try:
            _understand(line)
        except _Wrong as error:
            line.is_understood = False
            problems.append(line.problem(str(error)))
        else:
            if out_of_range := _out_of_range(line):
                problems.append(line.problem(out_of_range))
    if not lines:
        problems.append(Problem("The rule is empty. Add at least one course or track."))
    if len(lines) > rules.MAX_NODES:
        problems.append(Problem(f"The rule has {len(lines)} lines. Use at most {rules.MAX_NODES}."))
    return lines, problems


def _written_lines(text: str) -> list[tuple[int, str]]:
    numbered = enumerate(re.split(r"\r\n|\r|\n", text), start=1)
    return [(number, raw) for number, raw in numbered if raw.strip()]


def line_numbers(text: str) -> list[int]:
    """In which line each node of the rule stands, in preorder."""
    return [number for number, _ in _written_lines(text)]


def _understand(line: Line) -> None:
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
        raise _Wrong(_what_to_write(text))


def _what_to_write(text: str) -> str:
    """Of what is nearly right, what is wrong; else everything that can stand in a line."""
    said = f"“{text[:60]}” is not understood. "
    if counting := _COUNTING.match(text):
        return (
            f"“{counting['n'][:20]}” is no number that can be asked for. Write a whole one, such "
            "as 2; hours and ECTS may have a point and two digits, such as 2.5."
        )
    if named := _NAMED.match(text):
        return (
            f"{said}A name with spaces or other signs stands in double quotes, and limits behind "
            f"it in parentheses: “{named['kind'].lower()}: "
            '"its name" (min 70 %)”.'
        )
    return (
        f"{said}Write “all of”, “any of”, “at least 2 of”, “at least 10 hours from”, “at least "
        "2.5 ECTS from”, “course: …”, “track: …”, “credential: …” or “skill: …”."
    )


class _Unit(NamedTuple):
    operator: str
    times: int


_UNITS = {
    "": _Unit(Operator.AT_LEAST, 1),
    "minutes": _Unit(Operator.CREDITS, 1),
    "hours": _Unit(Operator.CREDITS, 60),
    "ects": _Unit(Operator.ECTS, rules.HUNDREDTHS),
}


def _understand_group(line: Line, group: re.Match[str]) -> None:
    if group["all"]:
        line.operator = Operator.ALL
    elif group["any"]:
        line.operator = Operator.ANY
    else:
        unit = (group["unit"] or "").lower()
        line.unit = {"minute": "minutes", "hour": "hours"}.get(unit, unit)
        line.operator = _UNITS[line.unit].operator
        line.amount = Decimal(group["n"])
    line.counts_once = bool(group["once"])


def _understand_limits(line: Line, limits: str) -> None:
    for limit in (part.strip() for part in limits.split(",")):
        if (grade := _MIN_GRADE.fullmatch(limit)) and line.min_grade is None:
            line.min_grade = Decimal(grade["grade"])
        elif (age := _MAX_AGE.fullmatch(limit)) and line.max_age_months is None:
            line.max_age_months = int(age["months"])
        elif (level := _LEVEL.fullmatch(limit)) and line.kind == SKILL and line.level is None:
            line.level = LEVEL_RANK[level["level"].lower()]
        elif (issuer := _ISSUER.fullmatch(limit)) and not line.issuer:
            line.issuer = _name(issuer["issuer"])
        elif _PRIOR_LEARNING.fullmatch(limit):
            line.allows_prior_learning = True
        else:
            raise _Wrong(_what_limits(limit))


def _what_limits(limit: str) -> str:
    said = f"“{limit[:60]}” is not understood. "
    match limit.lower().split():
        case ["min" | "min.", _, *_]:
            return f"{said}Write one grade from 0 to 100, such as “min 70 %” or “min 62.5 %”."
        case ["within", _, *_]:
            return f"{said}Write one age in whole months, such as “within 24 months”."
    return (
        f"{said}Write “(min 70 %, within 24 months, from organization, or prior learning)”, and "
        "for a skill “level advanced”."
    )


def _out_of_range(line: Line) -> str:
    if line.operator and line.n is not None:
        if line.n != line.amount * _UNITS[line.unit].times:
            return "the number must be a whole one."
        if line.n < 1:
            return "the number must be at least 1."
    if line.min_grade is not None and line.min_grade > 100:
        return "a grade is at most 100 %."
    if line.max_age_months is not None and line.max_age_months < 1:
        return "an age is at least 1 month."
    return ""


def _name(written: str) -> str:
    if not written.startswith('"'):
        return written
    try:
        return str(json.loads(written, strict=False))
    except ValueError:
        raise _Wrong(f'{written[:60]} is not a name. Escape \\ as \\\\ and " as \\".') from None


def hang(lines: list[Line]) -> tuple[Line, list[Problem]]:
    """Hang each line under the one that it is indented below; return the first of them."""
    root, *rest = lines
    problems: list[Problem] = []
    path = [root]
    for line in rest:
        while path and line.indent < path[-1].indent:
            path.pop()
        if not path or (path[-1] is root and line.indent == root.indent):
            problems.append(
                line.problem(
                    "the rule has ended before this. Begin the rule with “all of” and indent "
                    "what belongs to it."
                )
            )
            break
        if line.indent == path[-1].indent:
            path.pop()
        elif path[-1].children and path[-1].children[0].indent != line.indent:
            problems.append(line.problem("this is indented like no line above. Align it with one."))
            break
        parent = path[-1]
        if parent.kind:
            problems.append(
                line.problem(f"a {parent.kind} has nothing under it. Indent this less.")
            )
            break
        parent.children.append(line)
        path.append(line)
        if len(path) > MAX_DEPTH:
            problems.append(line.problem(f"groups are nested more than {MAX_DEPTH} deep."))
            break
    return root, problems


def group_problems(lines: list[Line], root: Line) -> list[Problem]:
    return [
        line.problem(problem)
        for line in lines
        if line.operator and (problem := _group_problem(line, root))
    ]


def _group_problem(line: Line, root: Line) -> str:
    if line.counts_once and line is not root:
        return "“each course once” is said of the whole rule, in its first line."
    if not line.children:
        return f"“{line.text}” has nothing in it. Add entries, indented below it, or remove it."
    if line.operator == Operator.AT_LEAST and (line.n or 0) > len(line.children):
        entries = "1 entry" if len(line.children) == 1 else f"{len(line.children)} entries"
        return f"“{line.text}” has only {entries}. Ask for fewer, or add some."
    return ""
