"""Quizzes of every kind for the tests, and learners who take them."""

from __future__ import annotations

from decimal import Decimal

from accounts.models import User
from catalog.importing import questions
from catalog.models import Quiz, Unit
from enrollment import actions
from enrollment.models import Enrollment, QuizAttempt
from enrollment.papers import posed, right_response
from tests.factories import TUESDAY, EnrollmentFactory, UnitFactory, UserFactory, published_course

ONE_OF_EACH = [
    {"text": "Which?", "choices": [{"text": "This", "correct": True}, {"text": "That"}]},
    {
        "text": "Which of them?",
        "kind": "multiple",
        "choices": [
            {"text": "One", "correct": True},
            {"text": "Two", "correct": True},
            {"text": "Three"},
        ],
    },
    {
        "text": "How much?",
        "kind": "numeric",
        "answer": Decimal("12.5"),
        "tolerance": Decimal("0.5"),
    },
    {"text": "Where?", "kind": "text", "accepted": ["New York", "NYC"]},
    {"text": "In which order?", "kind": "ordering", "order": ["First", "Second", "Third"]},
    {
        "text": "What goes together?",
        "kind": "matching",
        "pairs": [
            {"left": "France", "right": "Paris"},
            {"left": "Japan", "right": "Tokyo"},
            {"right": "Rome"},
        ],
    },
]


def quiz_unit(*rows: dict, course=None, position: int = 5, **settings: object) -> Unit:
    """A quiz of one question of each kind, or of ``rows``, all that a published course requires."""
    if course is None:
        course = published_course()
        course.units.update(is_required=False)
    unit = UnitFactory(course=course, position=position, quiz=True)
    questions.create(unit, list(enumerate(rows or ONE_OF_EACH)))
    if settings:
        Quiz.objects.create(unit=unit, **settings)
    return unit


def enrolled(unit: Unit, learner: User | None = None) -> Enrollment:
    return EnrollmentFactory(learner=learner or UserFactory(), run=unit.course.runs.get())


def started(unit: Unit, enrollment: Enrollment | None = None, at=TUESDAY) -> QuizAttempt:
    return actions.start_attempt(enrollment=enrollment or enrolled(unit), unit=unit, at=at)


def all_right(attempt: QuizAttempt) -> dict:
    return {asked["id"]: right_response(asked) for _, asked in posed(attempt)}


def as_entered(attempt: QuizAttempt) -> dict[str, object]:
    """What a browser sends when everything is answered rightly."""
    entered: dict[str, object] = {"attempt": attempt.number}
    for question, response in all_right(attempt).items():
        if isinstance(response, dict):
            entered |= {f"question-{question}-{pk}": value for pk, value in response.items()}
        else:
            entered[f"question-{question}"] = response
    return entered
