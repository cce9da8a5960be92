"""Attempts: begun, saved, handed in, ended by the clock."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from catalog.importing import quizzes as importing
from catalog.models import Quiz
from enrollment import actions, papers
from enrollment.actions.quizzes import close_overdue
from enrollment.models import Answer, Enrollment, QuizAttempt, QuizVersion
from tests.enrollment.quizzes import ONE_OF_EACH, all_right, enrolled, quiz_unit, started
from tests.factories import TUESDAY

pytestmark = pytest.mark.django_db


def after(minutes=0, seconds=0):
    return TUESDAY + datetime.timedelta(minutes=minutes, seconds=seconds)


def finished(attempt, responses=None, at=TUESDAY):
    given = all_right(attempt) if responses is None else responses
    return actions.submit_attempt(attempt=attempt, responses=given, at=at)


def test_every_kind_answered_rightly_scores_everything_and_completes():
    attempt = finished(started(quiz_unit()))

    attempt.enrollment.refresh_from_db()
    assert (attempt.score, attempt.is_passed) == (100, True)
    assert attempt.enrollment.is_completed


def test_nothing_answered_scores_nothing():
    assert finished(started(quiz_unit()), {}).score == 0


def test_each_answer_keeps_what_it_earned():
    attempt = started(quiz_unit(ONE_OF_EACH[1]))
    ((answer, asked),) = papers.posed(attempt)

    finished(attempt, {asked["id"]: asked["right"][:1]})

    answer.refresh_from_db()
    assert (answer.credit, attempt.enrollment.attempts.get().score) == (Decimal("0.5"), 50)


def test_a_quiz_may_give_no_partial_credit():
    attempt = started(quiz_unit(ONE_OF_EACH[1], gives_partial_credit=False))
    ((_, asked),) = papers.posed(attempt)

    assert finished(attempt, {asked["id"]: asked["right"][:1]}).score == 0


def test_beginning_again_goes_on_with_the_attempt_under_way():
    unit = quiz_unit()
    first = started(unit)

    assert started(unit, first.enrollment, at=after(5)) == first


def test_what_was_saved_counts_when_it_is_handed_in_without_it():
    attempt = started(quiz_unit())
    actions.save_answers(attempt=attempt, responses=all_right(attempt), at=TUESDAY)

    assert finished(attempt, {}).score == 100


def test_handing_in_twice_is_harmless():
    attempt = started(quiz_unit())
    finished(attempt)

    again = finished(attempt, {}, at=after(10))

    assert (again.score, again.submitted_at) == (100, TUESDAY)


def test_nothing_is_saved_in_an_attempt_that_is_handed_in():
    attempt = started(quiz_unit())
    finished(attempt)

    with pytest.raises(actions.AttemptOver):
        actions.save_answers(attempt=attempt, responses={}, at=TUESDAY)


def test_whoever_has_left_saves_nothing():
    attempt = started(quiz_unit())
    Enrollment.objects.update(status="withdrawn")

    with pytest.raises(actions.NotActive):
        actions.save_answers(attempt=attempt, responses={}, at=TUESDAY)


def test_answers_to_another_quiz_are_not_looked_at():
    attempt, other = started(quiz_unit()), started(quiz_unit())

    assert finished(attempt, all_right(other)).score == 0


# What the clock does


def test_an_attempt_with_a_time_limit_has_an_end():
    assert started(quiz_unit(time_limit=20)).due_at == after(20)


@pytest.mark.parametrize(("seconds", "score"), [(0, 100), (30, 100), (31, 0)])
def test_answers_count_until_shortly_after_the_end(seconds, score):
    attempt = started(quiz_unit(time_limit=20))

    assert finished(attempt, at=after(20, seconds)).score == score


def test_what_was_saved_in_time_counts_when_the_rest_comes_too_late():
    attempt = started(quiz_unit(*ONE_OF_EACH[:2], time_limit=20))
    right = all_right(attempt)
    first = next(iter(right))
    actions.save_answers(attempt=attempt, responses={first: right[first]}, at=after(19))

    late = finished(attempt, right, at=after(25))

    assert (late.score, late.is_timed_out, late.submitted_at) == (50, True, after(20))


def test_nothing_is_saved_after_the_end():
    attempt = started(quiz_unit(time_limit=20))

    with pytest.raises(actions.AttemptOver):
        actions.save_answers(attempt=attempt, responses=all_right(attempt), at=after(21))


def test_what_nobody_hands_in_is_graded_when_its_time_is_up():
    attempt = started(quiz_unit(time_limit=20))
    actions.save_answers(attempt=attempt, responses=all_right(attempt), at=after(1))

    assert (close_overdue(at=after(20)), close_overdue(at=after(21))) == (0, 1)

    attempt.refresh_from_db()
    attempt.enrollment.refresh_from_db()
    assert (attempt.score, attempt.enrollment.completed_at) == (100, after(20))


def test_the_attempts_of_those_who_left_stay_open():
    started(quiz_unit(time_limit=20))
    Enrollment.objects.update(status="withdrawn")

    assert close_overdue(at=after(60)) == 0


def test_an_attempt_without_a_limit_stays_open():
    started(quiz_unit())

    assert close_overdue(at=after(1_000_000)) == 0


def test_beginning_after_the_end_closes_the_old_attempt_first():
    unit = quiz_unit(time_limit=20)
    first = started(unit)

    second = started(unit, first.enrollment, at=after(60))

    first.refresh_from_db()
    assert (first.is_timed_out, second.number) == (True, 2)


# How often


def test_no_more_attempts_than_the_quiz_allows():
    unit = quiz_unit(max_attempts=2)
    first = finished(started(unit), {})
    finished(started(unit, first.enrollment), {})

    with pytest.raises(actions.NoAttemptsLeft):
        started(unit, first.enrollment)


def test_the_next_attempt_waits():
    unit = quiz_unit(wait_minutes=60)
    first = finished(started(unit), {})

    with pytest.raises(actions.TooSoon) as caught:
        started(unit, first.enrollment, at=after(59))

    assert caught.value.opens_at == after(60)
    assert started(unit, first.enrollment, at=after(60)).number == 2


def graded(counts, *rights, **course):
    unit = quiz_unit(counts=counts)
    unit.course.units.filter(pk=unit.pk).update(pass_percent=50)
    enrollment = enrolled(unit)
    Enrollment.objects.update(**course)
    for minutes, right in enumerate(rights):
        attempt = started(unit, enrollment, at=after(minutes))
        responses = dict(list(all_right(attempt).items())[:right])
        finished(attempt, responses, at=after(minutes))
    enrollment.refresh_from_db()
    return enrollment


def test_the_best_attempt_counts_unless_the_quiz_says_otherwise():
    # A least grade that only the third attempt lets in.
    enrollment = graded("best", 4, 3, 6, min_grade=Decimal(90))

    assert enrollment.grade == 100


def test_the_last_attempt_counts_where_the_quiz_says_so():
    enrollment = graded("last", 3, 2, 5, min_grade=Decimal(60))

    assert enrollment.grade == Decimal("83.33")


def test_a_last_attempt_that_failed_takes_the_place_of_a_better_one():
    enrollment = graded("last", 4, 1, min_grade=Decimal(90))

    assert not enrollment.is_completed


@pytest.mark.parametrize("counts", ["best", "last"])
def test_a_failed_challenge_completes_nothing_and_a_passed_one_the_course(counts):
    unit = quiz_unit(counts=counts)
    unit.course.units.exclude(pk=unit.pk).update(is_required=True)
    unit.course.units.filter(pk=unit.pk).update(is_challenge=True, is_required=False)
    enrollment = enrolled(unit)
    finished(started(unit, enrollment), {})
    enrollment.refresh_from_db()
    assert enrollment.is_active

    finished(started(unit, enrollment))

    enrollment.refresh_from_db()
    assert (enrollment.completed_by, enrollment.grade) == ("challenge", 100)


# Which questions


def pooled(**settings):
    rows = [
        {"text": f"Of the pool, {n}", "pool": "P", "kind": "numeric", "answer": Decimal(n)}
        for n in range(6)
    ]
    unit = quiz_unit({"text": "Always", "kind": "numeric", "answer": Decimal(1)}, *rows, **settings)
    unit.pools.create(name="P", draws=2)
    return unit


def test_an_attempt_asks_as_many_of_a_pool_as_it_draws():
    questions = [asked for _, asked in papers.posed(started(pooled()))]

    assert [asked["pool"] for asked in questions] == ["", "P", "P"]
    assert len({asked["id"] for asked in questions}) == 3


@given(st.integers())
def test_what_is_drawn_follows_from_chance_alone_and_is_complete(seed):
    questions = [{"id": n, "kind": "numeric", "pool": "P", "choices": []} for n in range(9)]
    content = {
        "pools": {"P": 4},
        "shuffle_questions": True,
        "shuffle_choices": True,
        "questions": [*questions, {"id": 9, "kind": "numeric", "pool": "", "choices": []}],
    }

    drawn = papers.draw(content, chance=random.Random(seed))

    assert drawn == papers.draw(content, chance=random.Random(seed))
    ids = [asked["id"] for asked, _ in drawn]
    assert (len(ids), len(set(ids)), 9 in ids) == (5, 5, True)


@given(st.integers(), st.integers(2, 6))
def test_what_is_to_be_ordered_never_lies_there_in_order(seed, size):
    choices = [{"id": n, "text": str(n)} for n in range(size)]
    content = {
        "pools": {},
        "shuffle_questions": False,
        "shuffle_choices": False,
        "questions": [{"id": 1, "kind": "ordering", "pool": "", "choices": choices}],
    }

    ((_, layout),) = papers.draw(content, chance=random.Random(seed))

    assert layout != list(range(size))
    assert sorted(layout) == list(range(size))


def test_an_attempt_is_laid_out_once():
    unit = quiz_unit(shuffles_questions=True, shuffles_choices=True)
    first = started(unit)

    again = started(unit, first.enrollment)

    assert list(again.answers.values("number", "question_id", "layout")) == list(
        first.answers.values("number", "question_id", "layout")
    )


# What was begun stays


def test_an_edit_changes_no_attempt_under_way():
    unit = quiz_unit()
    attempt = started(unit)
    right = all_right(attempt)
    importing.apply(unit, {"questions": ONE_OF_EACH[:1], "quiz": {"partial_credit": False}})
    type(unit).objects.filter(pk=unit.pk).update(pass_percent=100)

    assert finished(attempt, right).score == 100
    assert attempt.answers.count() == 6


def test_an_edit_shows_in_the_next_attempt():
    unit = quiz_unit()
    first = finished(started(unit), {})
    importing.apply(unit, {"questions": ONE_OF_EACH[:1]})

    assert started(unit, first.enrollment).answers.count() == 1


def test_attempts_at_the_same_quiz_share_its_version():
    unit = quiz_unit()
    started(unit)
    started(unit)

    assert QuizVersion.objects.count() == 1


# Constraints and guards, each broken


@pytest.mark.parametrize(
    "values",
    [
        {"submitted_at": TUESDAY},
        {"score": 50},
        {"is_passed": True},
        {"is_timed_out": True},
        {"submitted_at": TUESDAY, "score": 101},
        {"submitted_at": TUESDAY, "score": -1},
        {"due_at": TUESDAY},
        {"number": 0},
        {"counts": "none"},
    ],
    ids=str,
)
def test_an_attempt_that_contradicts_itself_is_refused(values):
    attempt = started(quiz_unit())

    with pytest.raises(IntegrityError):
        QuizAttempt.objects.filter(pk=attempt.pk).update(**values)


@pytest.mark.parametrize("number", [1, 2])
def test_nobody_has_two_attempts_under_way_or_of_one_number(number):
    attempt = started(quiz_unit())
    if number == 1:
        finished(attempt)
    attempt.pk, attempt.number, attempt.submitted_at, attempt.score = None, number, None, None
    attempt.is_passed = False

    with pytest.raises(IntegrityError):
        attempt.save(force_insert=True)


@pytest.mark.parametrize(
    "values",
    [{"score": 1}, {"is_passed": False}, {"submitted_at": None, "score": None, "is_passed": False}],
    ids=str,
)
def test_an_attempt_that_was_handed_in_stays_as_it_is(values):
    attempt = finished(started(quiz_unit()))

    with pytest.raises(IntegrityError):
        QuizAttempt.objects.filter(pk=attempt.pk).update(**values)


def test_an_attempt_under_way_keeps_when_it_began():
    attempt = started(quiz_unit())

    with pytest.raises(IntegrityError):
        QuizAttempt.objects.filter(pk=attempt.pk).update(started_at=after(1))


def test_an_answer_stays_after_handing_in():
    attempt = finished(started(quiz_unit()))

    with pytest.raises(IntegrityError):
        Answer.objects.filter(attempt=attempt).update(response=None)


@pytest.mark.parametrize("credit", [Decimal("-0.1"), Decimal("1.1")])
def test_an_answer_earns_from_nothing_to_everything(credit):
    attempt = started(quiz_unit())

    with pytest.raises(IntegrityError):
        Answer.objects.filter(attempt=attempt).update(credit=credit)


@pytest.mark.parametrize("field", ["number", "question_id"])
def test_a_question_is_asked_once_and_has_one_number(field):
    first, second, *_ = started(quiz_unit()).answers.all()

    with pytest.raises(IntegrityError):
        Answer.objects.filter(pk=second.pk).update(**{field: getattr(first, field)})


def test_a_version_never_changes():
    started(quiz_unit())

    with pytest.raises(IntegrityError):
        QuizVersion.objects.update(content={})


def test_a_version_is_stored_once():
    version = started(quiz_unit()).version
    version.pk = None

    with pytest.raises(IntegrityError):
        version.save(force_insert=True)


@pytest.mark.parametrize(
    "values", [{"max_attempts": 0}, {"time_limit": 0}, {"counts": "none"}], ids=str
)
def test_settings_without_sense_are_refused(values):
    with pytest.raises(IntegrityError):
        quiz_unit(**values)


def test_a_quiz_has_one_row_of_settings():
    unit = quiz_unit(max_attempts=1)

    with pytest.raises(IntegrityError):
        Quiz.objects.create(unit=unit)
