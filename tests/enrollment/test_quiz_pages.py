"""Taking a quiz in the browser, and what comes of odd input."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from enrollment.models import QuizAttempt
from tests.enrollment.quizzes import (
    ONE_OF_EACH,
    all_right,
    as_entered,
    enrolled,
    quiz_unit,
    started,
)
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db
NOW = TUESDAY + datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def learner() -> User:
    return UserFactory()


@pytest.fixture
def signed_in(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def url(name: str, attempt_or_enrollment, unit) -> str:
    enrollment = getattr(attempt_or_enrollment, "enrollment", attempt_or_enrollment)
    return reverse(f"enrollment:{name}", args=[enrollment.public_id, unit.public_id])


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def taken(learner: User):
    """A quiz of every kind, begun."""
    unit = quiz_unit()
    return started(unit, enrolled(unit, learner), at=NOW)


def send(client: Client, attempt: QuizAttempt, /, **changes: object):
    entered = {k: v for k, v in {**as_entered(attempt), **changes}.items() if v is not None}
    return client.post(url("submit", attempt, attempt.unit), entered, follow=True)


def name(attempt: QuizAttempt, place: int) -> str:
    return f"question-{attempt.answers.get(number=place).question_id}"


def rows(attempt: QuizAttempt, place: int) -> list[str]:
    """The names of the selects of a question in rows, in the order in which they are right."""
    return [key for key in as_entered(attempt) if key.startswith(f"{name(attempt, place)}-")]


def test_every_kind_of_question_can_be_answered(signed_in, taken):
    assert "Passed with 100 %" in text(send(signed_in, taken))


def test_looking_at_a_quiz_without_limits_begins_it(signed_in, learner):
    unit = quiz_unit()
    enrollment = enrolled(unit, learner)

    page = signed_in.get(url("unit", enrollment, unit))

    assert "Which of them?" in text(page)
    assert enrollment.attempts.under_way().exists()


@pytest.mark.parametrize("limit", ["max_attempts", "time_limit", "wait_minutes"])
def test_looking_at_a_quiz_with_limits_begins_nothing(signed_in, learner, limit):
    unit = quiz_unit(**{limit: 3})
    enrollment = enrolled(unit, learner)

    page = signed_in.get(url("unit", enrollment, unit))

    assert "Begin the quiz" in text(page)
    assert not enrollment.attempts.exists()


def test_a_quiz_with_limits_is_begun_by_its_button(signed_in, learner):
    unit = quiz_unit(time_limit=20, max_attempts=2)
    enrollment = enrolled(unit, learner)

    page = signed_in.post(url("start", enrollment, unit), follow=True)

    assert "Hand in by" in text(page)


def test_answers_are_saved_for_later(signed_in, taken):
    page = send(signed_in, taken, do="save")

    assert "Nothing is graded yet" in text(page)
    assert text(page).count(" checked") == 3
    assert text(page).count(" selected") == 5
    assert 'value="12.5"' in text(page)


def test_what_was_answered_is_kept_when_something_is_missing(signed_in, taken):
    send(signed_in, taken, **{name(taken, 3): ""})

    assert taken.answers.exclude(response=None).count() == 5


def test_a_quiz_can_be_handed_in_with_gaps(signed_in, taken):
    page = send(signed_in, taken, do="anyway", **{name(taken, 1): None})

    assert "Passed with 83.33 %" in text(page)
    assert "You gave no answer." in text(page)


def test_the_page_says_when_it_has_saved_by_itself(signed_in, taken):
    answer = signed_in.post(
        url("submit", taken, taken.unit),
        {**as_entered(taken), "do": "save"},
        headers={"HX-Request": "true"},
    )

    assert text(answer).strip().startswith("Saved at ")


def test_a_page_of_an_attempt_that_is_over_changes_nothing(signed_in, taken):
    send(signed_in, taken)

    page = send(signed_in, taken, **{name(taken, 4): "Nowhere"})

    assert "handed in already" in text(page)
    assert taken.enrollment.attempts.get().score == 100


def test_late_answers_do_not_count_and_the_page_says_so(signed_in, learner, clock):
    unit = quiz_unit(time_limit=20)
    attempt = started(unit, enrolled(unit, learner), at=NOW)
    clock.shift(datetime.timedelta(minutes=21))

    page = send(signed_in, attempt)

    assert "Your time was up at" in text(page)
    assert attempt.enrollment.attempts.get().score == 0


def test_coming_back_after_the_end_shows_the_result(signed_in, learner, clock):
    unit = quiz_unit(time_limit=20)
    attempt = started(unit, enrolled(unit, learner), at=NOW)
    clock.shift(datetime.timedelta(minutes=21))

    assert "Your time was up at" in text(signed_in.get(url("unit", attempt, unit)))


def test_right_answers_are_shown_when_no_attempt_is_left(signed_in, learner):
    unit = quiz_unit(max_attempts=1)
    attempt = started(unit, enrolled(unit, learner), at=NOW)

    page = send(signed_in, attempt, do="anyway", **{name(attempt, n): None for n in (1, 2, 4)})

    assert "have used all attempts" in text(page)
    assert "A right answer" in text(page)


def test_right_answers_are_not_told_before_the_next_attempt(signed_in, taken):
    page = send(signed_in, taken, do="anyway", **{name(taken, n): None for n in (1, 2, 4)})

    assert "Not passed yet: 50 %" in text(page)
    assert "A right answer" not in text(page)
    assert "New York" not in text(page)


def test_beginning_too_soon_says_when(signed_in, learner):
    unit = quiz_unit(wait_minutes=60)
    attempt = started(unit, enrolled(unit, learner), at=NOW)

    page = send(signed_in, attempt, do="anyway", **{name(attempt, n): None for n in (1, 2, 4)})

    assert "The next attempt opens on" in text(page)
    assert "too soon" in text(signed_in.post(url("start", attempt, unit), follow=True))


def test_numbers_are_read_in_the_readers_language(signed_in, taken):
    signed_in.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"

    page = send(signed_in, taken, **{name(taken, 3): "12,5"})

    assert taken.enrollment.attempts.get().score == 100
    assert "12,5" in text(page)


ODD = ["\x00", "-1", "9" * 400, "1e999", "NaN", "Infinity", "<b>", "' OR 1=1 --", "\ud7ff\uffff"]


@pytest.mark.parametrize("value", ODD, ids=ascii)
@pytest.mark.parametrize("place", [1, 2, 3])
def test_what_is_no_answer_is_refused_with_a_reason(signed_in, taken, place, value):
    page = send(signed_in, taken, **{name(taken, place): value})

    # -1 is a number, if not the right one.
    if (place, value) != (3, "-1"):
        assert page.status_code == 422
        assert f"Question {place}</a>" in text(page)
        assert not taken.enrollment.attempts.handed_in().exists()


@pytest.mark.parametrize("value", ODD, ids=ascii)
@pytest.mark.parametrize("place", [5, 6])
def test_what_is_no_place_and_no_pair_is_refused_with_a_reason(signed_in, taken, place, value):
    page = send(signed_in, taken, **{rows(taken, place)[0]: value})

    assert page.status_code == 422
    assert f"Question {place}</a>" in text(page)


def test_two_things_in_one_place_are_refused(signed_in, taken):
    page = send(signed_in, taken, **{rows(taken, 5)[0]: "2"})

    assert "Two of them have the same place." in text(page)


@pytest.mark.parametrize("place", [5, 6])
def test_a_row_that_is_left_out_is_named(signed_in, taken, place):
    page = send(signed_in, taken, **{rows(taken, place)[-1]: None})

    assert f"Question {place}</a>" in text(page)


def test_a_choice_of_another_question_is_no_choice(signed_in, taken):
    other = started(quiz_unit(), at=NOW)
    foreign = all_right(other)[other.answers.get(number=1).question_id][0]

    assert send(signed_in, taken, **{name(taken, 1): foreign}).status_code == 422


def test_two_answers_to_a_question_of_one_count_as_the_last(signed_in, taken):
    right = as_entered(taken)[name(taken, 1)][0]
    wrong = next(pk for pk in taken.answers.get(number=1).layout if pk != right)

    send(signed_in, taken, **{name(taken, 1): [wrong, right]})

    assert taken.enrollment.attempts.get().score == 100


def test_fields_that_belong_to_nothing_are_not_looked_at(signed_in, taken):
    extra = {"question-0": "1", "question-": "1", "question-x-y": "1", "score": "100"}

    assert "Passed with 100 %" in text(send(signed_in, taken, **extra))


@pytest.mark.parametrize("number", ["x", "-1", "99", "9" * 50, "\x00"], ids=ascii)
def test_an_attempt_that_there_is_none_of_is_not_handed_in(signed_in, taken, number):
    send(signed_in, taken, attempt=number)

    assert not taken.enrollment.attempts.handed_in().exists()


def test_nobody_hands_in_for_another(client, taken):
    client.force_login(UserFactory())

    assert send(client, taken).status_code == 404


def test_whoever_left_the_course_hands_in_nothing(signed_in, taken):
    type(taken.enrollment).objects.update(status="withdrawn")

    assert "no longer take this course" in text(send(signed_in, taken))
    assert "no longer take" in text(signed_in.post(url("start", taken, taken.unit), follow=True))


def test_the_page_takes_as_many_queries_however_many_questions(
    signed_in, learner, django_assert_max_num_queries
):
    unit = quiz_unit(*ONE_OF_EACH * 5)
    attempt = started(unit, enrolled(unit, learner), at=NOW)
    signed_in.get(url("unit", attempt, unit))

    with django_assert_max_num_queries(20):
        signed_in.get(url("unit", attempt, unit))
