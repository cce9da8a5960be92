"""Taking a quiz."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from decimal import Decimal

from django.db import transaction

from catalog.models import Question, Unit
from enrollment.actions.learning import finish_unit, locked_for_learning, open_unit
from enrollment.grades import percent
from enrollment.models import Enrollment, QuizAnswer, QuizAttempt


class UnansweredQuestions(Exception):
    """The quiz was handed in with questions left out. ``numbers`` counts from 1."""

    def __init__(self, numbers: list[int]) -> None:
        super().__init__(numbers)
        self.numbers = numbers


@transaction.atomic
def submit_quiz(
    *,
    enrollment: Enrollment,
    unit: Unit,
    answers: Mapping[int, Collection[int]],
    at: datetime.datetime,
) -> QuizAttempt:
    """Grade ``answers`` (question id → ids of the ticked choices); a pass finishes the unit.

    A question is right when exactly its right choices are ticked; the score is the share of
    right questions. Raises ``UnansweredQuestions`` and records nothing when one is left out.
    """
    enrollment = locked_for_learning(enrollment)
    questions = list(unit.questions.prefetch_related("choices"))
    unanswered = [n for n, q in enumerate(questions, 1) if not answers.get(q.pk)]
    if unanswered:
        raise UnansweredQuestions(unanswered)
    right = sum(is_right(question, answers[question.pk]) for question in questions)
    score = percent(Decimal(100 * right) / len(questions)) if questions else Decimal(0)
    attempt = QuizAttempt.objects.create(
        enrollment=enrollment,
        unit=unit,
        submitted_at=at,
        score=score,
        is_passed=score >= unit.pass_percent,
    )
    QuizAnswer.objects.bulk_create(
        QuizAnswer(attempt=attempt, question=question, choice=choice)
        for question in questions
        for choice in question.choices.all()
        if choice.pk in answers[question.pk]
    )
    if attempt.is_passed:
        finish_unit(enrollment=enrollment, unit=unit, at=at)
    else:
        open_unit(enrollment=enrollment, unit=unit, at=at)
    return attempt


def is_right(question: Question, ticked: Collection[int]) -> bool:
    """Whether exactly the right choices are ticked; a question without any is never right."""
    correct = {choice.pk for choice in question.choices.all() if choice.is_correct}
    return bool(correct) and set(ticked) == correct
