"""The learner's dates for calendar programs."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from catalog.models import CourseRun, LiveSession
from enrollment import calendars
from tests.factories import TUESDAY, EnrollmentFactory, UnitFactory, UserFactory, published_course

pytestmark = pytest.mark.django_db


def unfolded(text):
    """The lines as they were before folding; strict about how they were folded."""
    assert text.endswith("\r\n")
    raw = text[:-2].split("\r\n")
    assert all(len(line.encode()) <= 75 for line in raw)
    lines = []
    for line in raw:
        if line.startswith(" "):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    return lines


def read(client, user):
    answer = client.get(calendars.calendar_address(user))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    return unfolded(answer.content.decode())


@pytest.fixture
def enrollment():
    course = published_course(title="Maps; north, south")
    CourseRun.objects.update(
        starts_on=datetime.date(2026, 4, 1), ends_on=datetime.date(2026, 5, 1), is_self_paced=False
    )
    return EnrollmentFactory(run=course.runs.get())


def test_first_and_last_days_are_whole_days(client: Client, enrollment):
    lines = read(client, enrollment.learner)

    assert "DTSTART;VALUE=DATE:20260401" in lines
    assert "DTSTART;VALUE=DATE:20260501" in lines
    assert "SUMMARY:Maps\\; north\\, south starts" in lines


def test_more_time_for_one_moves_the_last_day(client: Client, enrollment):
    enrollment.due_on = datetime.date(2026, 6, 1)
    enrollment.save()

    assert "DTSTART;VALUE=DATE:20260601" in read(client, enrollment.learner)


def test_a_session_has_its_time_in_utc_and_the_same_name_each_day(client: Client, enrollment):
    course = enrollment.run.course
    unit = UnitFactory(course=course, position=8, kind="live", title="Meet 🧭 " + "long " * 20)
    berlin = datetime.timezone(datetime.timedelta(hours=2))
    session = LiveSession.objects.create(
        run=enrollment.run,
        unit=unit,
        starts_at=datetime.datetime(2026, 4, 8, 18, 0, tzinfo=berlin),
        ends_at=datetime.datetime(2026, 4, 8, 19, 0, tzinfo=berlin),
        place="Room 1, first floor",
    )

    lines = read(client, enrollment.learner)

    assert f"UID:session-{session.public_id}@cairn" in lines
    assert "DTSTART:20260408T160000Z" in lines
    assert "LOCATION:Room 1\\, first floor" in lines
    assert f"SUMMARY:Maps\\; north\\, south: {unit.title}" in lines


def test_an_offer_is_an_appointment(client: Client, enrollment):
    enrollment.status, enrollment.offer_ends_at = "offered", TUESDAY
    enrollment.save()

    assert "DTEND:20260303T090000Z" in read(client, enrollment.learner)


def test_another_ones_dates_are_not_in_it(client: Client, enrollment):
    lines = read(client, UserFactory())

    assert "BEGIN:VEVENT" not in lines


def test_a_new_password_ends_the_address(client: Client, enrollment):
    learner = enrollment.learner
    address = calendars.calendar_address(learner)
    learner.set_password("another long password")
    learner.save()

    assert client.get(address).status_code == 404
    assert client.get("/learning/calendar/made-up.ics").status_code == 404
