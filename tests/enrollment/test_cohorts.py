"""Who is stuck, and messages to a cohort."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.db import IntegrityError

from enrollment import actions
from enrollment.cohorts import Reason, cohort_of
from enrollment.models import CohortMessage
from notifications.models import Message
from tests.enrollment.assignments import assignment_unit, handed_in, mark
from tests.enrollment.teaching import HOUR, a_run, join, teacher_of
from tests.factories import TUESDAY

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def run():
    return a_run(lessons=4)


def do(enrollment, count, *, at=TUESDAY):
    for unit in enrollment.run.course.units.filter(kind="lesson")[:count]:
        actions.finish_unit(enrollment=enrollment, unit=unit, at=at)


def fail(enrollment, *, at=TUESDAY):
    quiz = enrollment.run.course.units.get(kind="quiz")
    wrong = {q.pk: {q.choices.get(is_correct=False).pk} for q in quiz.questions.all()}
    actions.submit_quiz(enrollment=enrollment, unit=quiz, answers=wrong, at=at)


def reasons_of(enrollment, *, at):
    cohort = cohort_of(enrollment.run, at=at)
    return next(one.reasons for one in cohort.standings if one.enrollment_id == enrollment.pk)


# --- Stuck ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("away", "reasons"), [(7 * DAY, (Reason.QUIET,)), (7 * DAY - HOUR, ())], ids=["7 days", "less"]
)
def test_quiet_is_a_week_without_a_sign_and_behind_the_median(run, away, reasons):
    behind, *others = (join(run) for _ in range(3))
    do(behind, 1)
    for other in others:
        do(other, 2)

    assert reasons_of(behind, at=TUESDAY + away) == reasons


def test_who_is_as_far_as_the_median_is_not_stuck_though_quiet(run):
    quiet, *others = (join(run) for _ in range(3))
    for one in (quiet, *others):
        do(one, 2)

    assert reasons_of(quiet, at=TUESDAY + 30 * DAY) == ()


def test_who_joined_this_week_is_not_stuck_yet(run):
    new = join(run, enrolled_at=TUESDAY + 25 * DAY)
    for _ in range(2):
        do(join(run), 2)

    assert reasons_of(new, at=TUESDAY + 30 * DAY) == ()


def test_a_completed_course_counts_wholly_and_nobody_in_it_is_stuck(run):
    behind, *others = (join(run) for _ in range(3))
    do(behind, 3)
    for other in others:
        do(other, 4)

    cohort = cohort_of(run, at=TUESDAY + 7 * DAY)

    assert [one.enrollment_id for one in cohort.stuck] == [behind.pk]
    assert len(cohort.completed) == 2
    assert cohort.median_share == 1


def test_before_the_run_has_begun_nobody_is_stuck(run):
    run.starts_on = (TUESDAY + 30 * DAY).date()
    run.save()
    early, *others = (join(run) for _ in range(3))
    for other in others:
        do(other, 1)

    assert reasons_of(early, at=TUESDAY + 29 * DAY) == ()
    assert reasons_of(early, at=TUESDAY + 36 * DAY) == ()
    assert reasons_of(early, at=TUESDAY + 37 * DAY) == (Reason.QUIET,)


def test_the_same_quiz_failed_twice_is_a_reason_until_it_is_passed():
    one = join(a_run(quiz=True))
    fail(one)
    assert reasons_of(one, at=TUESDAY) == ()

    fail(one)
    assert reasons_of(one, at=TUESDAY) == (Reason.QUIZ,)

    quiz = one.run.course.units.get(kind="quiz")
    right = {q.pk: {q.choices.get(is_correct=True).pk} for q in quiz.questions.all()}
    actions.submit_quiz(enrollment=one, unit=quiz, answers=right, at=TUESDAY)
    assert reasons_of(one, at=TUESDAY) == ()


def test_returned_work_is_a_reason_after_a_week_until_it_is_handed_in_again():
    unit = assignment_unit()
    work = handed_in(unit)
    mark(work, decision="return", comment="Once more.", at=TUESDAY + DAY)

    assert reasons_of(work.enrollment, at=TUESDAY + 7 * DAY) == ()
    assert reasons_of(work.enrollment, at=TUESDAY + 8 * DAY) == (Reason.RETURNED,)
    handed_in(unit, work.enrollment, at=TUESDAY + 8 * DAY)
    assert reasons_of(work.enrollment, at=TUESDAY + 8 * DAY) == ()


def test_work_that_waits_a_week_for_its_mark_is_a_reason():
    work = handed_in(assignment_unit())

    assert reasons_of(work.enrollment, at=TUESDAY + 6 * DAY) == ()
    assert reasons_of(work.enrollment, at=TUESDAY + 7 * DAY) == (Reason.UNMARKED,)
    mark(work, 10)
    assert reasons_of(work.enrollment, at=TUESDAY + 7 * DAY) == ()


def test_who_has_left_or_waits_is_not_of_the_cohort(run):
    join(run, status="withdrawn")
    join(run, status="waitlisted", waitlist_place=1)
    stays = join(run)

    cohort = cohort_of(run, at=TUESDAY)

    assert [one.enrollment_id for one in cohort.standings] == [stays.pk]
    assert cohort.not_started == list(cohort.standings)


def test_units_are_counted_by_the_edition_that_was_joined(run):
    first = join(run)
    last = run.course.units.last()
    run.course.units.filter(pk=last.pk).update(until_edition=2)
    second = join(run, edition=2)

    totals = {one.enrollment_id: one.total for one in cohort_of(run, at=TUESDAY).standings}

    assert totals == {first.pk: 4, second.pk: 3}


@pytest.mark.parametrize("learners", [2, 20])
def test_a_cohort_is_read_in_five_queries_whatever_its_size(
    run, learners, django_assert_num_queries
):
    for _ in range(learners):
        do(join(run), 1)

    with django_assert_num_queries(5):
        cohort_of(run, at=TUESDAY)


# --- Messages -------------------------------------------------------------------------------------


def write(run, *, by, audience="all", number=None, at=TUESDAY, **fields):
    return actions.write_to_cohort(
        run=run,
        public_id=number or uuid.uuid4(),
        audience=audience,
        body=fields.get("body", "We meet at six."),
        by=by,
        at=at,
    )


def test_a_message_is_a_row_for_each_learner(run):
    learners = {join(run).learner, join(run).learner}

    sent = write(run, by=teacher_of(run))

    rows = Message.objects.all()
    assert {row.recipient for row in rows} == learners
    assert {row.key for row in rows} == {
        f"cohort:{sent.public_id}:{one.public_id}" for one in learners
    }
    assert sent.recipients == 2
    assert "Iris Teacher writes to everyone" in rows[0].text
    assert "We meet at six." in rows[0].text


def test_a_form_that_is_sent_twice_is_one_message(run):
    join(run)
    teacher, number = teacher_of(run), uuid.uuid4()
    write(run, by=teacher, number=number)
    join(run)

    again = write(run, by=teacher, number=number)

    assert again.recipients == 1
    assert Message.objects.count() == CohortMessage.objects.count() == 1


def test_a_part_of_the_cohort_is_written_to_and_not_told_that_it_is_everyone(run):
    behind, new, *others = (join(run) for _ in range(5))
    new.enrolled_at = TUESDAY + 6 * DAY
    new.save()
    do(behind, 1)
    for other in others:
        do(other, 3)

    write(run, by=teacher_of(run), audience="stuck", at=TUESDAY + 7 * DAY)
    write(run, by=teacher_of(run), audience="not_started", at=TUESDAY + 7 * DAY)

    by_recipient = {row.recipient: row.text for row in Message.objects.all()}
    assert set(by_recipient) == {behind.learner, new.learner}
    assert "writes to you about" in by_recipient[behind.learner]


def test_the_address_of_whoever_writes_is_not_told(run):
    join(run)
    teacher = teacher_of(run)
    teacher.credential_name = ""
    teacher.save()

    write(run, by=teacher)

    text = Message.objects.get().text
    assert teacher.email not in text
    assert run.course.provider.name in text


def test_who_can_no_longer_sign_in_is_not_written_to(run):
    learner = join(run).learner
    learner.is_active = False
    learner.save()

    assert write(run, by=teacher_of(run)).recipients == 0


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"body": ""}, "cohort_message_has_a_body"),
        ({"audience": "friends"}, "cohort_message_audience_known"),
    ],
)
def test_messages_that_the_database_refuses(run, fields, name):
    given = {"audience": "all", "body": "Hello.", "recipients": 0, "sent_at": TUESDAY} | fields

    with pytest.raises(IntegrityError, match=name):
        CohortMessage.objects.create(run=run, by=teacher_of(run), **given)
