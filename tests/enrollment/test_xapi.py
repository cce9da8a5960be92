"""xAPI statements as events."""

from __future__ import annotations

import copy
import uuid

import pytest

from enrollment import actions, xapi
from tests.factories import TUESDAY, EnrollmentFactory, published_course

pytestmark = pytest.mark.django_db
ADL = "http://adlnet.gov/expapi/verbs/"
NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def enrollment():
    return EnrollmentFactory(run=published_course(lessons=1).runs.get())


@pytest.fixture
def statement(enrollment):
    unit = enrollment.run.course.units.get()
    return {
        "id": str(uuid.uuid4()),
        "actor": {"mbox": f"mailto:{enrollment.learner.email}"},
        "verb": {"id": f"{ADL}passed"},
        "object": {"id": f"https://cairn.example/units/{unit.public_id}"},
        "result": {"score": {"scaled": 0.915}},
        "context": {"registration": str(enrollment.public_id)},
        "timestamp": "2026-03-03T08:00:00Z",
    }


def read(*statements):
    return xapi.events(statements, source="lms", received_at=TUESDAY)


def test_a_passed_statement_completes_the_course_once(enrollment, statement):
    events = read(statement)

    assert actions.record_events(events, received_at=TUESDAY) == 1
    assert actions.record_events(events, received_at=TUESDAY) == 0

    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.grade) == ("completed", 91.5)


def test_experienced_opens_and_failed_completes_nothing(enrollment, statement):
    for verb in ("experienced", "failed"):
        one = statement | {"id": str(uuid.uuid4()), "verb": {"id": ADL + verb}}
        actions.record_events(read(one), received_at=TUESDAY)

    assert enrollment.progress.get().completed_at is None


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        ("id", "7", "id: must be"),
        ("verb.id", "http://example.org/danced", "verb.id: use one of"),
        ("object.id", "https://cairn.example/units/none", "object.id: must be"),
        ("object.id", f"https://x.example/{NOBODYS}", "no unit with this id"),
        ("context.registration", NOBODYS, "no enrollment"),
        ("timestamp", "2026-03-03T08:00:00", "with its zone"),
        ("timestamp", "2026-13-45T08:00:00Z", "with its zone"),
        ("timestamp", "2027-03-03T08:00:00Z", "in the future"),
        ("result.score.scaled", 91, "from -1 to 1"),
        ("result.score.scaled", float("nan"), "from -1 to 1"),
        ("result.score.scaled", True, "from -1 to 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(statement, path, value, why):
    wrong = copy.deepcopy(statement)
    *above, last = path.split(".")
    part = wrong
    for name in above:
        part = part[name]
    part[last] = value

    with pytest.raises(xapi.BadStatements) as caught:
        read(statement, wrong)

    assert list(caught.value.problems) == [1]
    assert why in caught.value.problems[1]


def test_a_statement_that_is_no_object_is_refused():
    with pytest.raises(xapi.BadStatements):
        read("passed", None, [])


def test_who_only_waits_reports_nothing(enrollment, statement):
    enrollment.status, enrollment.waitlist_place = "waitlisted", 1
    enrollment.save()

    with pytest.raises(xapi.BadStatements):
        read(statement)


def test_a_thousand_are_read_in_two_queries(statement, django_assert_num_queries):
    many = [statement | {"id": str(uuid.uuid4())} for _ in range(1000)]

    with django_assert_num_queries(2):
        assert len(read(*many)) == 1000
