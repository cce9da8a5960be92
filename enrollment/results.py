"""An attempt at a quiz, looked at question by question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import Question
from enrollment import actions
from enrollment.models import QuizAttempt


@dataclass(frozen=True)
class Answered:
    question: Question
    ticked: frozenset[int]

    @property
    def is_right(self) -> bool:
        return actions.is_right(self.question, self.ticked)


def answered(attempt: QuizAttempt, *, questions: Sequence[Question]) -> list[Answered]:
    ticked: dict[int, set[int]] = {}
    for question_id, choice_id in attempt.answers.values_list("question", "choice"):
        ticked.setdefault(question_id, set()).add(choice_id)
    return [Answered(question, frozenset(ticked.get(question.pk, ()))) for question in questions]
