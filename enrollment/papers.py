"""What an attempt asks: the quiz as it was when the attempt began, and what is drawn of it."""

from __future__ import annotations

import hashlib
import json
import random
from decimal import Decimal
from typing import Any

from django.utils.formats import get_format

from catalog.models import Question, Unit, quiz_of
from enrollment.models import Answer, QuizAttempt, QuizVersion

Kind = Question.Kind
Paper = dict[str, Any]
"""The content of a ``QuizVersion``: settings, and ``questions`` with their ids in the catalog."""
Asked = dict[str, Any]
"""One question of a paper."""


def current_version(unit: Unit) -> QuizVersion:
    """The quiz as it is now; the same row for as long as nothing of it changes."""
    content = paper(unit)
    written = json.dumps(content, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(written.encode()).hexdigest()
    version, _ = QuizVersion.objects.get_or_create(
        unit=unit, digest=digest, defaults={"content": content}
    )
    return version


def paper(unit: Unit) -> Paper:
    settings = quiz_of(unit)
    return {
        "pass_percent": unit.pass_percent,
        "partial_credit": settings.gives_partial_credit,
        "shuffle_questions": settings.shuffles_questions,
        "shuffle_choices": settings.shuffles_choices,
        "pools": {pool.name: pool.draws for pool in unit.pools.all()},
        "questions": [_asked(one) for one in unit.questions.prefetch_related("choices")],
    }


def _asked(question: Question) -> Asked:
    choices = list(question.choices.all())
    asked: Asked = {
        "id": question.pk,
        "kind": question.kind,
        "text": question.text,
        "explanation": question.explanation,
        "pool": question.pool,
        "choices": [{"id": one.pk, "text": one.text} for one in choices if one.text],
    }
    match question.kind:
        case Kind.NUMERIC:
            asked |= {
                "choices": [],
                "answer": _plain(question.answer or Decimal(0)),
                "tolerance": _plain(question.tolerance),
            }
        case Kind.MATCHING:
            # Two pairs may share their right side: it is one thing to choose.
            first = {one.match: one.pk for one in reversed(choices) if one.match}
            asked["options"] = [{"id": pk, "text": text} for text, pk in reversed(first.items())]
            asked["right"] = {str(one.pk): first[one.match] for one in choices if one.text}
        case Kind.SINGLE | Kind.MULTIPLE:
            asked["right"] = [one.pk for one in choices if one.is_correct]
    return asked


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def posed(attempt: QuizAttempt) -> list[tuple[Answer, Asked]]:
    """The attempt's questions in their order, each with its place for an answer."""
    questions = {asked["id"]: asked for asked in attempt.version.content["questions"]}
    return [(answer, questions[answer.question_id]) for answer in attempt.answers.all()]


def right_response(asked: Asked) -> Any:
    """A response that earns everything."""
    match asked["kind"]:
        case Kind.NUMERIC:
            return asked["answer"]
        case Kind.TEXT:
            return asked["choices"][0]["text"]
        case Kind.ORDERING:
            return {str(one["id"]): place for place, one in enumerate(asked["choices"], 1)}
        case _:
            return asked["right"]


def in_words(asked: Asked, response: Any) -> list[str]:
    texts = {one["id"]: one["text"] for one in asked["choices"]}
    match asked["kind"]:
        case Kind.NUMERIC:
            return [response.replace(".", get_format("DECIMAL_SEPARATOR"))]
        case Kind.TEXT:
            return [response]
        case Kind.ORDERING:
            places = sorted((place, int(pk)) for pk, place in response.items())
            return [f"{place}. {texts[pk]}" for place, pk in places]
        case Kind.MATCHING:
            options = {one["id"]: one["text"] for one in asked["options"]}
            pairs = [(text, response.get(str(pk))) for pk, text in texts.items()]
            return [f"{text} → {options[option]}" for text, option in pairs if option]
        case _:
            return [text for pk, text in texts.items() if pk in response]


def chosen_from(asked: Asked) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = asked.get("options") or asked["choices"]
    return listed


def draw(content: Paper, *, chance: random.Random) -> list[tuple[Asked, list[int]]]:
    """The questions of one attempt in their order, each with the order of what is chosen from."""
    drawn: set[int] = set()
    for name, draws in content["pools"].items():
        ids = [asked["id"] for asked in content["questions"] if asked["pool"] == name]
        drawn.update(chance.sample(ids, min(draws, len(ids))))
    questions = [
        asked
        for asked in content["questions"]
        if asked["id"] in drawn or asked["pool"] not in content["pools"]
    ]
    if content["shuffle_questions"]:
        chance.shuffle(questions)
    return [(asked, _layout(asked, content, chance)) for asked in questions]


def _layout(asked: Asked, content: Paper, chance: random.Random) -> list[int]:
    if asked["kind"] == Kind.TEXT:
        return []
    layout = [one["id"] for one in chosen_from(asked)]
    in_order = list(layout)
    if content["shuffle_choices"] or asked["kind"] in {Kind.ORDERING, Kind.MATCHING}:
        chance.shuffle(layout)
    # What is to be put in order never lies there in its order.
    if asked["kind"] == Kind.ORDERING and layout == in_order:
        layout = [*layout[1:], *layout[:1]]
    return layout
