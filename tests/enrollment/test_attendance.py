from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import LiveSession
from enrollment import actions
from enrollment.actions.assignments import ReasonMissing
from enrollment.models import Attendance
from tests.enrollment.teaching import HOUR, a_run, a_session, attend, join, teacher_of
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    """Of a course that asks for nothing but its live units."""
    run = a_run(lessons=1)
    run.course.units.update(is_required=False)
    return run


@pytest.fixture
def session(run):
    return a_session(run)


@pytest.fixture
def teacher(run):
    return teacher_of(run)


def mark(session, marks, *, by, **fields):
    given = {"at": TUESDAY + 2 * HOUR} | fields
    return actions.mark_attendance(session=session, marks=marks, by=by, **given)


# --- Marking --------------------------------------------------------------------------------------


def test_whoever_came_has_finished_the_unit_when_the_session_ended(run, session, teacher):
    came = join(run)

    attend(came, session=session, by=teacher)

    assert came.progress.get(unit=session.unit).completed_at == session.ends_at


def test_attendance_can_be_the_last_thing_that_a_course_asks_for(run, session, teacher):
    came = join(run)

    attend(came, session=session, by=teacher)

    came.refresh_from_db()
    assert came.is_completed
    assert came.completed_at == session.ends_at


def test_whoever_did_not_come_has_not_finished_it(run, session, teacher):
    away = join(run)

    mark(session, {away.pk: False}, by=teacher)

    assert not away.progress.exists()
    assert not away.attendances.get().is_present


def test_marking_the_same_again_changes_nothing(run, session, teacher):
    came = join(run)
    attend(came, session=session, by=teacher)

    assert attend(came, session=session, by=teacher_of(run)) == 0
    assert came.attendances.get().by == teacher


def test_a_mark_is_taken_back_by_a_row_that_says_who_when_and_why(run, session, teacher):
    came = join(run)
    attend(came, session=session, by=teacher)

    mark(session, {came.pk: False}, by=teacher, at=TUESDAY + 3 * HOUR, reason="Wrong line.")

    first, second = came.attendances.all()
    assert (first.is_present, second.is_present) == (True, False)
    assert (second.by, second.at, second.reason) == (teacher, TUESDAY + 3 * HOUR, "Wrong line.")
    assert Attendance.objects.in_force().get() == second


def test_progress_does_not_go_back_with_a_mark(run, session, teacher):
    came = join(run)
    attend(came, session=session, by=teacher)

    mark(session, {came.pk: False}, by=teacher, reason="Wrong line.")

    came.refresh_from_db()
    assert came.progress.get().completed_at == session.ends_at
    assert came.is_completed


def test_a_mark_is_not_taken_back_without_a_reason(run, session, teacher):
    came, other = join(run), join(run)
    attend(came, session=session, by=teacher)

    with pytest.raises(ReasonMissing):
        mark(session, {came.pk: False, other.pk: True}, by=teacher)

    assert not other.attendances.exists()


def test_whoever_was_overlooked_is_marked_as_there_later(run, session, teacher):
    came = join(run)
    mark(session, {came.pk: False}, by=teacher)

    mark(session, {came.pk: True}, by=teacher, reason="Came late.")

    assert came.progress.get().completed_at == session.ends_at


def test_one_of_two_sessions_of_a_unit_is_enough(run, session, teacher):
    later = a_session(run, unit=session.unit, at=TUESDAY + 24 * HOUR)
    came = join(run)
    mark(session, {came.pk: False}, by=teacher)

    attend(came, session=later, by=teacher, at=TUESDAY + 30 * HOUR)

    assert came.progress.get().completed_at == later.ends_at


def test_marked_while_it_goes_on_it_is_finished_then(run, session, teacher):
    came = join(run)

    attend(came, session=session, by=teacher, at=TUESDAY + HOUR / 2)

    assert came.progress.get().completed_at == TUESDAY + HOUR / 2


def test_a_session_to_come_is_not_marked(run, session, teacher):
    came = join(run)

    with pytest.raises(actions.NotBegun):
        attend(came, session=session, by=teacher, at=TUESDAY - HOUR)


def test_who_does_not_take_the_run_is_not_marked(run, session, teacher):
    left, elsewhere = join(run, status="withdrawn"), join(a_run())

    assert attend(left, elsewhere, session=session, by=teacher) == 0


def test_nobody_marks_themselves(run, session, teacher):
    own = join(run)
    own.learner = teacher
    own.save()

    assert attend(own, session=session, by=teacher) == 0


def test_many_are_marked_in_few_queries(run, session, teacher, django_assert_max_num_queries):
    learners = [join(run) for _ in range(40)]
    # Something is left to do, so that nobody completes the course with it.
    a_session(run)

    with django_assert_max_num_queries(16):
        attend(*learners, session=session, by=teacher)


# --- What the database refuses --------------------------------------------------------------------


def row(session, enrollment, by, **fields):
    given = {"number": 1, "is_present": True, "at": TUESDAY} | fields
    return Attendance.objects.create(session=session, enrollment=enrollment, by=by, **given)


def refused(name, *arguments, **fields):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row(*arguments, **fields)


def test_a_correction_has_a_reason_and_a_first_mark_none(run, session, teacher):
    one = join(run)

    refused("attendance_corrected_with_a_reason", session, one, teacher, number=2)
    refused("attendance_corrected_with_a_reason", session, one, teacher, reason="So.")


def test_a_mark_has_its_number_once(run, session, teacher):
    one = join(run)
    row(session, one, teacher)

    refused("(?i)unique", session, one, teacher)


def test_a_mark_belongs_to_the_sessions_run(session, teacher):
    refused("attendance_of_the_sessions_own_run", session, join(a_run()), teacher)


def test_a_row_of_oneself_is_refused(run, session):
    one = join(run)

    refused("attendance_never_of_oneself", session, one, one.learner)


def test_a_mark_never_changes(run, session, teacher):
    made = row(session, join(run), teacher)

    with pytest.raises(IntegrityError, match="attendance_never_changes"):
        Attendance.objects.filter(pk=made.pk).update(is_present=False)


# --- The instructor's page ------------------------------------------------------------------------


@pytest.fixture
def client_of(client: Client, teacher):
    client.force_login(teacher)
    return client


def url(session: LiveSession) -> str:
    return reverse("enrollment:attendance", args=[session.run.public_id, session.public_id])


def text(response) -> str:
    return response.content.decode()


def test_the_whole_list_is_sent_at_once(client_of, run, session):
    came, away = join(run), join(run)
    shown = [str(came.public_id), str(away.public_id)]

    response = client_of.post(url(session), {"shown": shown, "present": shown[:1]}, follow=True)

    assert "2 learners are marked." in text(response)
    assert [came.attendances.get().is_present, away.attendances.get().is_present] == [True, False]


def test_who_joined_after_the_page_was_opened_is_not_marked(client_of, run, session):
    came, late = join(run), join(run)

    client_of.post(url(session), {"shown": [str(came.public_id)], "present": []})

    assert not late.attendances.exists()


def test_changing_a_mark_on_the_page_asks_why_and_keeps_the_ticks(client_of, run, session):
    came = join(run, "Grace Hopper")
    shown = [str(came.public_id)]
    client_of.post(url(session), {"shown": shown, "present": shown})

    response = client_of.post(url(session), {"shown": shown})
    again = client_of.post(url(session), {"shown": shown, "reason": "Wrong."}, follow=True)

    assert response.status_code == 422
    assert "Say why you change that." in text(response)
    assert " checked" not in text(response)
    assert "did not come" in text(again)
    assert "Wrong." in text(again)


def test_everyone_is_ticked_by_a_link_and_stored_by_the_button(client_of, run, session):
    join(run)

    page = text(client_of.get(url(session), {"everyone": "1"}))

    assert page.count(" checked") == 1
    assert not Attendance.objects.exists()


def test_a_session_to_come_has_no_list_and_takes_none(client_of, run):
    one = join(run)
    session = a_session(run, at=timezone.now() + datetime.timedelta(days=1))

    page = text(client_of.get(url(session)))
    client_of.post(url(session), {"shown": [str(one.public_id)]})

    assert "The session is still to come" in page
    assert not Attendance.objects.exists()


def test_a_session_of_another_run_is_not_found(client_of, run):
    other = a_session(a_run())
    path = reverse("enrollment:attendance", args=[run.public_id, other.public_id])

    assert client_of.get(path).status_code == 404


def test_the_list_of_sessions_says_what_is_to_be_marked(client_of, run, session, teacher):
    marked = a_session(run, unit=session.unit, at=TUESDAY - 24 * HOUR)
    mark(marked, {join(run).pk: True, join(run).pk: False}, by=teacher)
    a_session(run, unit=session.unit, at=timezone.now() + datetime.timedelta(days=9))

    page = text(client_of.get(reverse("enrollment:sessions", args=[run.public_id])))

    for said in ("1 of 2 came", "To be marked", "To come"):
        assert said in page


def test_a_live_unit_without_a_session_is_pointed_out(client_of, run, session):
    session.delete()

    page = text(client_of.get(reverse("enrollment:sessions", args=[run.public_id])))

    assert "has no session in this run yet" in page


# --- The learner's pages --------------------------------------------------------------------------


def page_of(client, enrollment, unit=None) -> str:
    name, ids = "enrollment:course", [enrollment.public_id]
    if unit is not None:
        name, ids = "enrollment:unit", [*ids, unit.public_id]
    client.force_login(enrollment.learner)
    return text(client.get(reverse(name, args=ids)))


def test_the_learner_sees_when_it_is_in_the_zone_of_the_run_and_for_their_own(client, run):
    run.time_zone = "Asia/Kolkata"
    run.save()
    soon = datetime.datetime(2100, 4, 8, 12, 30, tzinfo=datetime.UTC)
    session = a_session(run, at=soon, url="https://meet.example.org/a", place="Room 1")
    enrollment = join(run)

    for page in (page_of(client, enrollment), page_of(client, enrollment, session.unit)):
        assert "8 April 2100, 18:00–19:00" in page
        assert "Asia/Kolkata" in page
        assert 'datetime="2100-04-08T18:00:00+05:30"' in page
        assert "https://meet.example.org/a" in page
        assert "Room 1" in page


def test_the_learner_sees_whether_they_were_there(client, run, session, teacher):
    a_session(run)
    came, away, unmarked = join(run), join(run), join(run)
    mark(session, {came.pk: True, away.pk: False}, by=teacher)

    assert "You were there" in page_of(client, came, session.unit)
    assert "You were not there" in page_of(client, away, session.unit)
    assert "attendance is not marked yet" in page_of(client, unmarked, session.unit)


def test_a_run_without_a_session_says_so(client, run, session):
    unit = session.unit
    session.delete()

    assert "No session is planned in this run yet" in page_of(client, join(run), unit)


def test_another_ones_attendance_is_not_shown(client, run, session, teacher):
    attend(join(run), session=session, by=teacher)

    assert "You were there" not in page_of(client, join(run), session.unit)


def test_a_learner_does_not_find_the_list(client, run, session):
    client.force_login(UserFactory())

    assert client.get(url(session)).status_code == 404
