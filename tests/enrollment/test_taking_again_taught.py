"""A learner who takes a run again, as those see it who teach it: once."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from enrollment import actions, teaching
from enrollment.cohorts import cohort_of
from enrollment.gradebook import by_name, graded_units, rows
from enrollment.models import Enrollment
from tests.enrollment.teaching import HOUR, a_run, a_session, attend, join, teacher_of
from tests.factories import TUESDAY, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
LATER, LAST = TUESDAY + 100 * DAY, TUESDAY + 200 * DAY


@pytest.fixture
def run():
    return a_run(title="Reading maps", quiz=True)


@pytest.fixture
def done(run) -> Enrollment:
    return finished(join(run, "Ada"), at=TUESDAY + DAY)


def finished(enrollment, *, at):
    return actions.complete_by_hand(
        enrollment=enrollment, by=UserFactory(), reason="Seen.", at=at, grade=90
    )


def again(enrollment, *, at=LATER) -> Enrollment:
    return actions.take_again(enrollment=enrollment, at=at)


def standings(run):
    found = cohort_of(run, at=LAST).standings
    return [(one.enrollment_id, one.is_completed, one.completed_before_at) for one in found]


def test_in_the_cohort_they_stand_by_what_is_under_way(run, done):
    second = again(done)
    other = join(run, "Grace")

    assert standings(run) == [(second.pk, False, TUESDAY + DAY), (other.pk, False, None)]
    assert not cohort_of(run, at=LAST).completed


def test_who_has_completed_it_twice_stands_by_the_last_time(run, done):
    second = finished(again(done), at=LATER)

    assert standings(run) == [(second.pk, True, TUESDAY + DAY)]


def test_of_several_times_before_the_last_is_said(run, done):
    third = again(finished(again(done), at=LATER + DAY), at=LAST)

    assert standings(run) == [(third.pk, False, LATER + DAY)]


def test_whoever_left_while_taking_it_again_has_completed_it(run, done):
    actions.withdraw(enrollment=again(done), at=LATER)

    assert standings(run) == [(done.pk, True, None)]


def test_who_waits_for_a_seat_to_take_it_again_has_completed_it(run, done):
    type(run).objects.update(needs_approval=True)
    done.run.refresh_from_db()

    assert again(done).is_requested

    assert standings(run) == [(done.pk, True, None)]


def test_a_message_to_the_cohort_reaches_them_once(run, done):
    again(done)

    assert len(cohort_of(run, at=LAST).of("all")) == 1


def test_the_list_of_runs_counts_them_once(run, done):
    again(done)

    user = teacher_of(run)
    (counted,) = teaching.with_counts(teaching.taught_by(user), user, at=LAST)

    assert (counted.active_count, counted.completed_count) == (1, 0)


def test_in_the_gradebook_they_stand_by_what_is_under_way(run, done):
    second = again(done)

    (row,) = rows(list(by_name(run)), graded_units(run))

    assert row.enrollment == second
    assert row.enrollment.completed_before_at == TUESDAY + DAY


@pytest.mark.parametrize("page", ["cohort", "grades"])
def test_a_page_says_when_they_had_completed_it(client: Client, run, done, page):
    again(done)
    client.force_login(teacher_of(run))

    text = client.get(reverse(f"enrollment:{page}", args=[run.public_id])).text

    assert text.count("Ada") == 1
    assert "Completed before, on 4 March 2026" in text.replace("\xa0", " ")


def test_the_file_has_one_line_of_them(client: Client, run, done):
    second = again(done)
    client.force_login(teacher_of(run))

    answer = client.get(reverse("enrollment:grades_file", args=[run.public_id]))

    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    head, line = csv.reader(io.StringIO(text))
    assert line == ["Ada", str(second.public_id), "", "2026-03-04", "", ""]
    assert head[2:4] == ["Completed", "Completed before"]


# --- Attendance ----------------------------------------------------------------------------------


@pytest.fixture
def sessions(run):
    unit = UnitFactory(course=run.course, position=50, kind="live", title="Practice round")
    return [a_session(run, unit=unit, at=at) for at in (TUESDAY, LATER + DAY)]


def attending(session):
    return list(teaching.learners_at(session))


def test_at_a_session_they_are_by_what_was_under_way_then(sessions, done):
    second = again(done)
    third = again(finished(second, at=LATER + 2 * DAY), at=LAST)

    before, between = sessions
    assert (attending(before), attending(between)) == ([done], [second])
    type(between).objects.filter(pk=between.pk).update(
        starts_at=LAST + DAY, ends_at=F("starts_at") + 102 * DAY
    )
    between.refresh_from_db()
    assert attending(between) == [third]


def test_what_was_marked_before_can_still_be_corrected(run, sessions, done):
    teacher = teacher_of(run)
    attend(done, session=sessions[0], by=teacher)
    again(done)

    count = actions.mark_attendance(
        session=sessions[0],
        marks={done.pk: False},
        by=teacher,
        at=LATER + HOUR,
        reason="Another Ada.",
    )

    assert count == 1
