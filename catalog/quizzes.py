"""What a question says, apart from its rows; and what keeps it from being answered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from catalog.models import Choice, Question, Unit

Kind = Question.Kind


@dataclass(frozen=True)
class Part:
    text: str
    match: str = ""
    is_correct: bool = False


@dataclass(frozen=True)
class Content:
    kind: str
    text: str
    explanation: str = ""
    pool: str = ""
    answer: Decimal | None = None
    tolerance: Decimal = Decimal(0)
    parts: tuple[Part, ...] = ()


def content(question: Question) -> Content:
    is_numeric = question.kind == Kind.NUMERIC
    return Content(
        kind=question.kind,
        text=question.text,
        explanation=question.explanation,
        pool=question.pool,
        answer=question.answer if is_numeric else None,
        tolerance=question.tolerance if is_numeric else Decimal(0),
        parts=() if is_numeric else tuple(part(choice) for choice in question.choices.all()),
    )


def part(choice: Choice) -> Part:
    """Only what the question's kind makes use of, so that leftovers of another kind are none."""
    kind = choice.question.kind
    return Part(
        text=choice.text,
        match=choice.match if kind == Kind.MATCHING else "",
        is_correct=choice.is_correct if kind in {Kind.SINGLE, Kind.MULTIPLE} else False,
    )


def fault(asked: Content) -> str:
    """Why the question has no right answer, or more than it can have; empty if it is sound."""
    texts = [part.text for part in asked.parts if part.text]
    match asked.kind:
        case Kind.NUMERIC:
            return "" if asked.answer is not None else "its right number is missing"
        case Kind.TEXT:
            return "" if texts else "no text is accepted"
        case Kind.ORDERING if len(texts) < 2:
            return "fewer than two things are to be put in order"
        case Kind.MATCHING:
            return _fault_of_pairs(asked.parts)
        case Kind.SINGLE | Kind.MULTIPLE:
            right = sum(part.is_correct for part in asked.parts)
            if not right:
                return "no choice is correct"
            if right > 1 and asked.kind == Kind.SINGLE:
                return f"{right} choices are correct; make its kind multiple"
    return "two choices read the same" if len(set(texts)) < len(texts) else ""


def _fault_of_pairs(parts: tuple[Part, ...]) -> str:
    lefts = [part.text for part in parts if part.text]
    rights = {part.match for part in parts if part.match}
    if any(part.text and not part.match for part in parts):
        return "a pair has only one side"
    if len(set(lefts)) < len(lefts):
        return "two pairs begin with the same"
    if len(lefts) < 2 or len(rights) < 2:
        return "fewer than two pairs differ"
    return ""


def faults(unit: Unit) -> list[str]:
    """What keeps learners from taking this quiz, in sentences for its curator."""
    questions = list(unit.questions.prefetch_related("choices"))
    if not questions:
        return [f'The quiz "{unit.title}" has no question with a right answer. Add one.']
    found = [
        f'In the quiz "{unit.title}", question {number} cannot be answered: {why}.'
        for number, question in enumerate(questions, 1)
        if (why := fault(content(question)))
    ]
    pools = {pool.name: pool.draws for pool in unit.pools.all()}
    sizes = Counter(question.pool for question in questions if question.pool)
    return found + [f'The quiz "{unit.title}": {why}.' for why in pool_faults(pools, sizes)]


def pool_faults(draws: dict[str, int], sizes: Counter[str]) -> list[str]:
    unknown = [f"there is no pool “{name}”" for name in sizes if name not in draws]
    small = [
        f"the pool “{name}” draws {number} of {sizes[name]} questions"
        for name, number in draws.items()
        if number > sizes[name]
    ]
    return unknown + small
