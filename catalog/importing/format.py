"""The rows of cairn-catalog/1: which keys each kind has and what they may hold."""

from __future__ import annotations

from collections import Counter
from typing import Any

from catalog import quizzes
from catalog.importing.fields import (
    Invalid,
    Parser,
    Record,
    amount,
    boolean,
    country,
    currency,
    date_or_none,
    email,
    identifier,
    language,
    list_of,
    one_of,
    percent_or_none,
    said,
    text,
    time_zone,
    url,
    whole_number,
)
from catalog.importing.questions import PARTS, content_of_row
from catalog.importing.rules import rule
from catalog.models import (
    Achievement,
    Assessment,
    Field,
    GradingScale,
    OutcomeLevel,
    Participation,
    Question,
    Quiz,
    Status,
    Supervision,
    Unit,
)
from catalog.models.assignments import MAX_FILES

FORMAT = "cairn-catalog/1"
ROLES = ("provider", "awarding_body", "employer")

ORGANIZATION = Record(
    required={"external_id": identifier(), "name": identifier()},
    optional={
        "description": text(lines=True),
        "url": url(200),
        "country": country,
        "email": email,
        "roles": list_of(one_of(ROLES)),
    },
)
SKILL = Record(
    required={"uri": url(300), "label": identifier()},
    optional={"description": text(lines=True)},
)
OUTCOME = Record(
    required={"text": identifier(300)},
    optional={
        "level": one_of(OutcomeLevel.values),
        "skills": list_of(identifier(300), most=20),
    },
)
ACHIEVEMENT = Record(
    required={},
    optional={
        "kind": one_of(Achievement.Kind.values),
        "name": text(200),
        "description": text(lines=True),
        "criteria": text(lines=True),
    },
)
CHOICE = Record(required={"text": identifier(500)}, optional={"correct": boolean})
PAIR = Record(required={"right": identifier(500)}, optional={"left": text(500)})
MOST = 999_999_999
QUESTION = Record(
    required={"text": text(lines=True)},
    optional={
        "kind": one_of(Question.Kind.values),
        "explanation": text(lines=True),
        "pool": text(60),
        "choices": list_of(CHOICE, most=20),
        "answer": amount(MOST, least=f"-{MOST}", places=6),
        "tolerance": amount(MOST, places=6),
        "accepted": list_of(identifier(500), most=50),
        "order": list_of(identifier(500), most=20),
        "pairs": list_of(PAIR, most=20),
    },
)
QUIZ = Record(
    required={},
    optional={
        "max_attempts": whole_number(1, 1000, or_none=True),
        "time_limit": whole_number(1, 1440, or_none=True),
        "wait_minutes": whole_number(0, 525_600),
        "counts": one_of(Quiz.Counts.values),
        "partial_credit": boolean,
        "shuffle_questions": boolean,
        "shuffle_choices": boolean,
        "pools": list_of(
            Record(required={"name": identifier(60), "draw": whole_number(1, 200)}, optional={}),
            most=50,
        ),
    },
)
ASSIGNMENT = Record(
    required={},
    optional={
        "text": boolean,
        "files": boolean,
        "max_files": whole_number(1, MAX_FILES),
        "second_marker": boolean,
        "blind": boolean,
    },
)
LEVEL = Record(required={"points": whole_number(0, 1000), "text": identifier(500)}, optional={})
CRITERION = Record(
    required={"title": identifier(), "points": whole_number(1, 1000)},
    optional={"description": text(lines=True), "levels": list_of(LEVEL, most=20)},
)
UNIT = Record(
    required={"title": identifier()},
    optional={
        "external_id": text(200),
        "kind": one_of(Unit.Kind.values),
        "minutes": whole_number(0, 100_000),
        "body": text(lines=True),
        "pass_percent": whole_number(1, 100),
        "url": url(500),
        "is_required": boolean,
        "is_challenge": boolean,
        "quiz": QUIZ,
        "questions": list_of(QUESTION, most=200),
        "assignment": ASSIGNMENT,
        "criteria": list_of(CRITERION, most=50),
    },
)
RUN = Record(
    required={},
    optional={
        "external_id": text(200),
        "title": text(120),
        "self_paced": boolean,
        "starts_on": date_or_none,
        "ends_on": date_or_none,
        "enrollment_opens_on": date_or_none,
        "enrollment_closes_on": date_or_none,
        "seats": whole_number(0, 1_000_000, or_none=True),
        "external": boolean,
        "external_url": url(500),
        "price": amount(999_999, places=2),
        "currency": currency,
        "cohort": boolean,
        "time_zone": time_zone,
        "accepts_invoice": boolean,
        "accepts_employer": boolean,
        "needs_approval": boolean,
        "offer_hours": whole_number(0, 24 * 60),
    },
)
PAGE: dict[str, Parser] = {
    "summary": text(500),
    "description": text(lines=True),
    "field": one_of(Field.values),
    "language": language,
    "status": one_of(Status.values),
    "achievement": ACHIEVEMENT,
}
TRANSLATION = Record(
    required={"language": language, "title": identifier()},
    optional={
        "summary": text(500),
        "description": text(lines=True),
        "prerequisites": text(lines=True),
        "units": list_of(
            Record(
                required={"external_id": identifier(), "title": identifier()},
                optional={"body": text(lines=True)},
            )
        ),
    },
)
COURSE = Record(
    required={"external_id": identifier(), "provider": identifier(), "title": identifier()},
    optional={
        **PAGE,
        "awarding_body": text(200),
        "eqf_level": whole_number(1, 8, or_none=True),
        "ects": amount(60, least="0.1", places=1),
        "assessment": one_of(["", *Assessment.values]),
        "participation": one_of(["", *Participation.values]),
        "supervision": one_of(["", *Supervision.values]),
        "quality_assurance": text(500),
        "prerequisites": text(lines=True),
        "min_grade": percent_or_none,
        "grading_scale": one_of(GradingScale.values),
        "outcomes": list_of(OUTCOME, most=50),
        "skills": list_of(identifier(300)),
        "units": list_of(UNIT),
        "runs": list_of(RUN),
        "translations": list_of(TRANSLATION, most=100),
    },
)


def course(value: Any) -> dict[str, Any]:
    row = COURSE(value)
    problems = [
        problem
        for number, unit in enumerate(row.get("units", []), 1)
        for problem in (
            *_quiz_problems(number, unit),
            *_assignment_problems(number, unit),
            *_challenge_problems(number, unit),
        )
    ]
    problems += _repeated("units", [unit.get("external_id") for unit in row.get("units", [])])
    for number, one in enumerate(row.get("translations", []), 1):
        ids = [unit["external_id"] for unit in one.get("units", [])]
        problems += _repeated(f"translations.{number}.units", ids)
    if len({one["language"] for one in row.get("translations", [])}) < len(
        row.get("translations", [])
    ):
        problems.append("translations: a language is there twice")
    problems += _repeated("runs", [run.get("external_id") for run in row.get("runs", [])])
    problems += [
        problem
        for number, run in enumerate(row.get("runs", []), 1)
        for problem in _run_problems(number, run)
    ]
    if problems:
        raise Invalid(*problems)
    return row


def _quiz_problems(number: int, unit: dict[str, Any]) -> list[str]:
    questions, settings = unit.get("questions", []), unit.get("quiz", {})
    if (questions or settings) and unit.get("kind") != Unit.Kind.QUIZ:
        return [f"units.{number}: only a unit of kind quiz has questions"]
    problems = []
    for place, question in enumerate(questions, 1):
        where = f"units.{number}.questions.{place}"
        kind = Question.Kind(question.get("kind", "single"))
        wanted = PARTS[kind]
        foreign = {*PARTS.values(), "tolerance"} - {wanted}
        if kind == Question.Kind.NUMERIC:
            foreign.remove("tolerance")
        named = [key for key in question if key in foreign and question[key] not in (None, [])]
        if named:
            problems.append(f"{where}.{named[0]}: not for the kind {kind}; it has {wanted}")
        elif question.get(wanted) in (None, []):
            problems.append(f"{where}.{wanted}: is missing")
        elif why := quizzes.fault(content_of_row(question)):
            problems.append(f"{where}: {why}")
    draws = {pool["name"]: pool["draw"] for pool in settings.get("pools", [])}
    if len(draws) < len(settings.get("pools", [])):
        problems.append(f"units.{number}.quiz.pools: a name is there twice")
    sizes = Counter(question["pool"] for question in questions if question.get("pool"))
    if "pools" in settings or "questions" in unit:
        problems += [f"units.{number}: {why}" for why in quizzes.pool_faults(draws, sizes)]
    return problems


def _challenge_problems(number: int, unit: dict[str, Any]) -> list[str]:
    if not unit.get("is_challenge"):
        return []
    where = f"units.{number}"
    problems = []
    if unit.get("kind") not in {Unit.Kind.QUIZ, Unit.Kind.ASSIGNMENT}:
        problems.append(f"{where}: only a quiz or an assignment can test out")
    if unit.get("is_required", True):
        problems.append(f"{where}: a unit that tests out is not required; set is_required to false")
    return problems


def _assignment_problems(number: int, unit: dict[str, Any]) -> list[str]:
    settings, criteria = unit.get("assignment", {}), unit.get("criteria", [])
    if (settings or criteria) and unit.get("kind") != Unit.Kind.ASSIGNMENT:
        return [f"units.{number}: only a unit of kind assignment has a rubric"]
    problems = []
    if not settings.get("text", True) and not settings.get("files", True):
        problems.append(f"units.{number}.assignment: accepts neither text nor files")
    for place, criterion in enumerate(criteria, 1):
        points = [level["points"] for level in criterion.get("levels", [])]
        where = f"units.{number}.criteria.{place}"
        if points and max(points) > criterion["points"]:
            most = criterion["points"]
            problems.append(f"{where}: a level earns {max(points)} points of {most}")
        if len(points) != len(set(points)):
            problems.append(f"{where}: two levels earn the same points")
    return problems


def _run_problems(number: int, run: dict[str, Any]) -> list[str]:
    starts, ends = run.get("starts_on"), run.get("ends_on")
    if starts and ends and ends < starts:
        return [f"runs.{number}: it ends before it starts"]
    if run.get("cohort") and run.get("self_paced", True):
        return [f"runs.{number}: a cohort goes together; set self_paced to false"]
    if run.get("self_paced") is False and starts is None:
        return [f"runs.{number}.starts_on: is missing, and the run is not self-paced"]
    if run.get("external_url") and not run.get("external"):
        return [f"runs.{number}.external_url: only a run with “external”: true has one"]
    if run.get("price") and not run.get("currency"):
        return [f"runs.{number}.currency: is missing; say in which currency the price is"]
    return []


def _repeated(where: str, ids: list[str | None]) -> list[str]:
    given = [value for value in ids if value]
    return [
        f"{where}: the external_id {said(value)} is there twice"
        for value in dict.fromkeys(given)
        if given.count(value) > 1
    ]


TRACK = Record(
    required={
        "external_id": identifier(),
        "organization": identifier(),
        "title": identifier(),
        "rule": rule,
    },
    optional=PAGE,
)

PARSERS: dict[str, Parser] = {
    "organizations": ORGANIZATION,
    "skills": SKILL,
    "courses": course,
    "tracks": TRACK,
}
KEYS = {"organizations": "external_id", "skills": "uri", "courses": "external_id"} | {
    "tracks": "external_id"
}
