"""An attempt that was handed in, looked at question by question."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from enrollment.models import QuizAttempt
from enrollment.papers import Asked, in_words, posed, right_response
from enrollment.scoring import Response


@dataclass(frozen=True)
class Answered:
    asked: Asked
    response: Response
    credit: Decimal

    @property
    def is_right(self) -> bool:
        return self.credit == 1

    @property
    def is_partly_right(self) -> bool:
        return 0 < self.credit < 1

    @property
    def percent(self) -> Decimal:
        return self.credit * 100

    @property
    def given(self) -> list[str]:
        return in_words(self.asked, self.response) if self.response else []

    @property
    def solution(self) -> list[str]:
        return in_words(self.asked, right_response(self.asked))


def answered(attempt: QuizAttempt) -> list[Answered]:
    return [
        Answered(asked, answer.response, answer.credit or Decimal(0))
        for answer, asked in posed(attempt)
    ]
