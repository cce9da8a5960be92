"""xAPI statements as progress events.

IEEE 9274.1.1 (xAPI 2.0) with the verbs of the ADL vocabulary. ``context.registration`` is the
enrollment's id, ``object.id`` ends with the unit's id, and ``id`` names the statement: whoever
sends it again says nothing new.
"""

from __future__ import annotations

import datetime
import math
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime

from catalog.models import Unit
from enrollment.actions.events import MOST_AT_ONCE, may_report
from enrollment.grades import percent
from enrollment.models import Enrollment, ProgressEvent
from enrollment.recording import Event

Verb = ProgressEvent.Verb
VERBS: Mapping[str, str] = {
    "http://adlnet.gov/expapi/verbs/initialized": Verb.INITIALIZED,
    "http://adlnet.gov/expapi/verbs/launched": Verb.INITIALIZED,
    "http://adlnet.gov/expapi/verbs/experienced": Verb.INITIALIZED,
    "http://adlnet.gov/expapi/verbs/attempted": Verb.INITIALIZED,
    "http://adlnet.gov/expapi/verbs/completed": Verb.COMPLETED,
    "http://adlnet.gov/expapi/verbs/passed": Verb.PASSED,
    "http://adlnet.gov/expapi/verbs/mastered": Verb.PASSED,
    "http://adlnet.gov/expapi/verbs/failed": Verb.FAILED,
}
AHEAD = datetime.timedelta(minutes=5)
"""Clocks differ by so much; what is said to happen later than that has not happened."""


class BadStatements(ValueError):
    """``problems`` says for each statement, by its place from 0, what to change."""

    def __init__(self, problems: Mapping[int, str]) -> None:
        super().__init__(f"{len(problems)} statements cannot be read")
        self.problems = problems


def events(
    statements: Sequence[Any], *, source: str, received_at: datetime.datetime
) -> list[Event]:
    """The events of up to 1,000 statements, in two queries. Raises ``BadStatements``."""
    if len(statements) > MOST_AT_ONCE:
        raise ValueError(f"Send at most {MOST_AT_ONCE} statements at once.")
    problems: dict[int, str] = {}
    parsed: dict[int, dict[str, Any]] = {}
    for place, statement in enumerate(statements):
        try:
            parsed[place] = _parsed(statement, received_at=received_at)
        except _Wrong as error:
            problems[place] = str(error)
    enrollments = {
        one.public_id: one
        for one in Enrollment.objects.select_related("run").filter(
            public_id__in={one["enrollment"] for one in parsed.values()}
        )
    }
    units = {
        one.public_id: one
        for one in Unit.of_all_editions.filter(public_id__in={o["unit"] for o in parsed.values()})
    }
    found: list[Event] = []
    for place, one in parsed.items():
        enrollment, unit = enrollments.get(one["enrollment"]), units.get(one["unit"])
        if enrollment is None or not may_report(enrollment):
            problems[place] = "context.registration: no enrollment with a seat has this id."
        elif unit is None or unit.course_id != enrollment.run.course_id:
            problems[place] = "object.id: the enrollment's course has no unit with this id."
        else:
            found.append(
                Event(
                    source=source,
                    event_id=one["id"],
                    enrollment_id=enrollment.pk,
                    unit_id=unit.pk,
                    verb=one["verb"],
                    at=one["at"],
                    score=one["score"],
                )
            )
    if problems:
        raise BadStatements(problems)
    return found


class _Wrong(ValueError):
    pass


def _parsed(statement: Any, *, received_at: datetime.datetime) -> dict[str, Any]:
    if not isinstance(statement, dict):
        raise _Wrong("must be an object.")
    verb = VERBS.get(_text(statement, "verb", "id"))
    if verb is None:
        raise _Wrong(f"verb.id: use one of {', '.join(VERBS)}.")
    return {
        "id": str(_uuid(_text(statement, "id"), "id")),
        "enrollment": _uuid(_text(statement, "context", "registration"), "context.registration"),
        "unit": _uuid(_text(statement, "object", "id").rstrip("/").rsplit("/", 1)[-1], "object.id"),
        "verb": verb,
        "at": _moment(_text(statement, "timestamp"), received_at),
        "score": _score(statement),
    }


def _text(statement: Mapping[str, Any], *path: str) -> str:
    value: Any = statement
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str) or not value or len(value) > 2000:
        raise _Wrong(f"{'.'.join(path)}: is missing.")
    return value


def _uuid(value: str, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except ValueError:
        raise _Wrong(f"{name}: must be, or end with, a UUID.") from None


def _moment(value: str, received_at: datetime.datetime) -> datetime.datetime:
    try:
        moment = parse_datetime(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _Wrong("timestamp: must be a moment with its zone, as in 2026-03-01T09:30:00Z.")
    if moment > received_at + AHEAD:
        raise _Wrong("timestamp: lies in the future.")
    return moment


def _score(statement: Mapping[str, Any]) -> Decimal | None:
    result = statement.get("result")
    score = result.get("score") if isinstance(result, dict) else None
    if not isinstance(score, dict) or "scaled" not in score:
        return None
    scaled = score["scaled"]
    is_number = isinstance(scaled, int | float) and not isinstance(scaled, bool)
    if not is_number or not math.isfinite(scaled) or not -1 <= scaled <= 1:
        raise _Wrong("result.score.scaled: must be a number from -1 to 1.")
    return percent(Decimal(str(max(scaled, 0))) * 100)
