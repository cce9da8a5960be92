"""Taking a quiz: begin, save, hand in; and what the clock ends."""

from __future__ import annotations

import datetime
import random
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from catalog.models import Quiz, Unit, quiz_of
from enrollment import papers, quiz_time, scoring
from enrollment.actions.learning import NotActive, finish_unit, locked_for_learning, open_unit
from enrollment.models import Answer, Enrollment, QuizAttempt
from enrollment.scoring import Response

Responses = Mapping[int, Response]
"""Question id → response. What is no question of the attempt is not looked at."""


class NoAttemptsLeft(Exception):
    """The quiz allows no further attempt."""


class TooSoon(Exception):
    """The next attempt may begin at ``opens_at``."""

    def __init__(self, opens_at: datetime.datetime) -> None:
        super().__init__(opens_at)
        self.opens_at = opens_at


class AttemptOver(Exception):
    """The attempt has been handed in, or its time is up: nothing more is accepted."""


@transaction.atomic
def start_attempt(*, enrollment: Enrollment, unit: Unit, at: datetime.datetime) -> QuizAttempt:
    """Draw the questions of a new attempt; whoever has one under way goes on with that.

    Raises ``NoAttemptsLeft`` or ``TooSoon``.
    """
    enrollment = locked_for_learning(enrollment)
    attempts = enrollment.attempts.filter(unit=unit)
    latest = attempts.first()
    if latest and latest.is_overdue(at):
        latest = _grade(latest, at=at)
    if latest and latest.is_under_way:
        return latest
    quiz = quiz_of(unit)
    check_may_start(quiz, latest, at=at)
    version = papers.current_version(unit)
    attempt = QuizAttempt.objects.create(
        enrollment=enrollment,
        unit=unit,
        version=version,
        number=latest.number + 1 if latest else 1,
        started_at=at,
        due_at=quiz_time.due_at(enrollment, quiz, at),
        counts=quiz.counts,
    )
    drawn = papers.draw(version.content, chance=random.SystemRandom())
    Answer.objects.bulk_create(
        Answer(
            attempt=attempt,
            number=number,
            question_id=asked["id"],
            question=asked["text"],
            layout=layout,
        )
        for number, (asked, layout) in enumerate(drawn, 1)
    )
    open_unit(enrollment=enrollment, unit=unit, at=at)
    return attempt


def check_may_start(quiz: Quiz, latest: QuizAttempt | None, *, at: datetime.datetime) -> None:
    """Whether another attempt may follow ``latest``, which is handed in."""
    if latest is None or latest.submitted_at is None:
        return
    if quiz.max_attempts is not None and latest.number >= quiz.max_attempts:
        raise NoAttemptsLeft
    opens_at = latest.submitted_at + datetime.timedelta(minutes=quiz.wait_minutes)
    if at < opens_at:
        raise TooSoon(opens_at)


@transaction.atomic
def save_answers(*, attempt: QuizAttempt, responses: Responses, at: datetime.datetime) -> None:
    """Keep what is answered so far. Raises ``AttemptOver``; what was saved before stays."""
    attempt = _locked(attempt)
    if not attempt.is_under_way or attempt.is_overdue(at):
        raise AttemptOver
    _save(attempt, responses, at=at)


@transaction.atomic
def submit_attempt(
    *, attempt: QuizAttempt, responses: Responses, at: datetime.datetime
) -> QuizAttempt:
    """Grade the attempt; a pass finishes the unit. Repeating is harmless.

    After its time ``responses`` no longer count, and what was saved does. What is not answered
    earns nothing.
    """
    attempt = _locked(attempt)
    if not attempt.is_under_way:
        return attempt
    if not attempt.is_overdue(at):
        _save(attempt, responses, at=at)
    return _grade(attempt, at=at)


def submit_quiz(
    *, enrollment: Enrollment, unit: Unit, answers: Responses, at: datetime.datetime
) -> QuizAttempt:
    """Begin an attempt, or go on with the one under way, and hand it in."""
    attempt = start_attempt(enrollment=enrollment, unit=unit, at=at)
    return submit_attempt(attempt=attempt, responses=answers, at=at)


def close_overdue(*, at: datetime.datetime) -> int:
    """Grade what nobody has handed in when its time was up; how many those were."""
    learning = [Enrollment.Status.ACTIVE, Enrollment.Status.COMPLETED]
    overdue = QuizAttempt.objects.overdue(at).filter(enrollment__status__in=learning)
    found = list(overdue.select_related("enrollment").order_by("pk"))
    for attempt in found:
        # Whoever leaves in this very moment is looked for no more.
        with suppress(NotActive):
            submit_attempt(attempt=attempt, responses={}, at=at)
    return len(found)


def _locked(attempt: QuizAttempt) -> QuizAttempt:
    """The attempt, its enrollment's row held until commit: nobody saves while another grades."""
    locked_for_learning(attempt.enrollment)
    found = QuizAttempt.objects.select_related("enrollment", "unit", "version")
    return found.get(pk=attempt.pk)


def _save(attempt: QuizAttempt, responses: Responses, *, at: datetime.datetime) -> None:
    changed = []
    for answer, asked in papers.posed(attempt):
        response = responses.get(answer.question_id, answer.response)
        # Ids that are ticked come in any order, and are kept in one.
        response = sorted(response) if isinstance(response, set) else response
        if response != answer.response:
            answer.response, answer.saved_at = response, at
            answer.said = "\n".join(papers.in_words(asked, response)) if response else ""
            changed.append(answer)
    Answer.objects.bulk_update(changed, ["response", "said", "saved_at"])


def _grade(attempt: QuizAttempt, *, at: datetime.datetime) -> QuizAttempt:
    """One that ran out was handed in when its time was up, whenever that is noticed."""
    content = attempt.version.content
    questions = {asked["id"]: asked for asked in content["questions"]}
    answers = list(attempt.answers.all())
    earned: list[Fraction] = []
    for answer in answers:
        asked = questions[answer.question_id]
        earned.append(scoring.credit(asked, answer.response, partial=content["partial_credit"]))
        answer.credit = round(Decimal(earned[-1].numerator) / earned[-1].denominator, 4)
    Answer.objects.bulk_update(answers, ["credit"])
    attempt.is_timed_out = attempt.is_overdue(at)
    attempt.submitted_at = (attempt.due_at if attempt.is_timed_out else None) or at
    attempt.score = scoring.score(earned)
    attempt.is_passed = attempt.score >= content["pass_percent"]
    attempt.save(update_fields=["submitted_at", "is_timed_out", "score", "is_passed"])
    finish = finish_unit if attempt.is_passed else open_unit
    finish(enrollment=attempt.enrollment, unit=attempt.unit, at=attempt.submitted_at)
    return attempt
