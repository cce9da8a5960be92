"""Quizzes as they are written: imported, entered, copied, revised, checked before publishing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError

from catalog import actions, copying, revising
from catalog.importing import quizzes
from catalog.models import Choice, Course, Question, QuestionPool, Unit
from catalog.quizzes import content
from tests.admin_pages import errors, save, url
from tests.catalog.importing import bring_in, course, document, reason, verdicts
from tests.enrollment.quizzes import ONE_OF_EACH, quiz_unit
from tests.factories import TUESDAY, CourseFactory, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db

SETTINGS = {
    "max_attempts": 3,
    "time_limit": 20,
    "wait_minutes": 60,
    "counts": "last",
    "partial_credit": False,
    "shuffle_questions": True,
    "shuffle_choices": True,
    "pools": [{"name": "P", "draw": 1}],
}
QUESTIONS = [
    {**row, "explanation": "Because."}
    | ({"answer": 12.5, "tolerance": 0.5} if "answer" in row else {})
    for row in ONE_OF_EACH
]
POOLED = {"text": "Drawn", "kind": "text", "accepted": ["a"], "pool": "P"}


def row(*questions: dict, **quiz: object) -> dict:
    unit = {"external_id": "q", "kind": "quiz", "title": "Quiz", "questions": list(questions)}
    return {**unit, "quiz": quiz} if quiz else unit


def imported(tmp_path, *questions: dict, **quiz: object) -> list:
    whole = document(courses=[course(units=[row(*questions, **quiz)])], tracks=[])
    return bring_in(tmp_path, whole)


def contents(unit: Unit) -> list:
    return [content(one) for one in unit.questions.prefetch_related("choices")]


def test_every_kind_comes_in_and_comes_out_as_it_was(tmp_path):
    imported(tmp_path, *QUESTIONS, POOLED, **SETTINGS)

    written = quizzes.to_row(Unit.objects.get(kind="quiz"))

    assert written["quiz"] == SETTINGS
    assert [one["kind"] for one in written["questions"]] == [
        *("single", "multiple", "numeric", "text", "ordering", "matching"),
        "text",
    ]
    assert (written["questions"][2]["answer"], written["questions"][4]["order"]) == (
        Decimal("12.5"),
        ["First", "Second", "Third"],
    )
    assert written["questions"][5]["pairs"][2] == {"left": "", "right": "Rome"}


def test_importing_again_changes_nothing(tmp_path):
    imported(tmp_path, *QUESTIONS, POOLED, **SETTINGS)
    kept = set(Question.objects.values_list("pk", flat=True))

    outcomes = imported(tmp_path, *QUESTIONS, POOLED, **SETTINGS)

    assert verdicts(outcomes)["sql"] == "unchanged"
    assert set(Question.objects.values_list("pk", flat=True)) == kept


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ({"kind": "numeric"}, "answer: is missing"),
        ({"kind": "numeric", "answer": "NaN"}, "must be a number"),
        ({"kind": "numeric", "answer": 1e12}, "must be a number from -999999999"),
        ({"kind": "numeric", "answer": 1, "tolerance": -1}, "must be a number from 0"),
        ({"kind": "numeric", "answer": 0.1234567}, "more than 6 decimal places"),
        ({"kind": "text"}, "accepted: is missing"),
        ({"kind": "text", "accepted": [""]}, "is empty"),
        ({"kind": "ordering", "order": ["a"]}, "fewer than two things"),
        ({"kind": "ordering", "order": ["a", "a"]}, "two choices read the same"),
        ({"kind": "matching", "pairs": [{"left": "a", "right": "b"}]}, "fewer than two pairs"),
        ({"kind": "matching", "pairs": [{"left": "a"}]}, "right: is missing"),
        (
            {
                "kind": "matching",
                "pairs": [{"left": "a", "right": "b"}, {"left": "a", "right": "c"}],
            },
            "two pairs begin with the same",
        ),
        ({"kind": "text", "choices": [{"text": "a"}]}, "choices: not for the kind text"),
        ({"kind": "text", "accepted": ["a"], "tolerance": 1}, "tolerance: not for the kind text"),
        ({"kind": "text", "accepted": ["a"], "pool": "None"}, "there is no pool “None”"),
        ({"kind": "essay"}, "must be one of single"),
    ],
    ids=str,
)
def test_a_question_that_has_no_right_answer_is_refused(tmp_path, question, why):
    assert why in reason(imported(tmp_path, {"text": "Which?", **question}))


@pytest.mark.parametrize(
    ("quiz", "why"),
    [
        ({"max_attempts": 0}, "must be a whole number from 1"),
        ({"time_limit": "20"}, "must be a whole number from 1"),
        ({"counts": "worst"}, "must be one of best, last"),
        ({"pools": [{"name": "P", "draw": 2}]}, "draws 2 of 1 questions"),
        ({"pools": [{"name": "P", "draw": 1}] * 2}, "a name is there twice"),
    ],
    ids=str,
)
def test_settings_without_sense_are_refused(tmp_path, quiz, why):
    assert why in reason(imported(tmp_path, POOLED, **{"pools": SETTINGS["pools"], **quiz}))


def test_only_a_quiz_has_settings_of_one(tmp_path):
    units = [{"title": "Lesson", "quiz": {"time_limit": 5}}]

    assert "only a unit of kind quiz" in reason(
        bring_in(tmp_path, document(courses=[course(units=units)], tracks=[]))
    )


def test_a_copy_has_all_of_the_quiz():
    unit = quiz_unit(max_attempts=3, shuffles_choices=True)
    unit.pools.create(name="P", draws=1)

    made = copying.copy_course(unit.course, title="Copy").units.get(kind="quiz")

    assert contents(made) == contents(unit)
    assert (made.quiz.max_attempts, made.pools.get().draws) == (3, 1)


def test_a_revision_changes_the_quiz_and_says_so():
    unit = quiz_unit()
    revision = revising.revision_of(unit.course)
    copied = revision.units.get(kind="quiz")
    quizzes.apply(copied, {"quiz": {"time_limit": 15}})
    copied.questions.filter(kind="numeric").update(tolerance=2)
    Choice.objects.filter(question__unit=copied, text="NYC").update(text="Big Apple")

    lines = [line.text for change in revising.changes(revision) for line in change.lines]
    revising.apply(revision, at=TUESDAY)

    for line in ("time_limit: 15", "✓ 12.5 ± 2", "✓ Big Apple"):
        assert line in lines
    unit.refresh_from_db()
    assert unit.quiz.time_limit == 15
    assert unit.questions.filter(tolerance=2, choices=None).exists()


def test_what_does_not_change_is_no_change():
    assert revising.changes(revising.revision_of(quiz_unit().course)) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda unit: unit.questions.all().delete(), "has no question"),
        (lambda unit: unit.questions.update(kind="numeric"), "its right number is missing"),
        (lambda unit: unit.questions.update(kind="text"), None),
        (lambda unit: unit.questions.update(kind="matching"), "a pair has only one side"),
        (lambda unit: unit.questions.update(pool="P"), "there is no pool “P”"),
        (lambda unit: unit.pools.create(name="P", draws=1), "draws 1 of 0 questions"),
    ],
)
def test_a_quiz_that_cannot_be_taken_is_not_published(change, why):
    unit = quiz_unit(ONE_OF_EACH[0])
    change(unit)

    if why is None:
        assert actions.publish_course(course=unit.course, at=TUESDAY)
        return
    with pytest.raises(actions.CannotPublish, match=why):
        actions.publish_course(course=unit.course, at=TUESDAY)


# In the admin


@pytest.fixture
def quiz(client) -> Unit:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return quiz_unit(course=CourseFactory(provider=OrganizationFactory()))


def page_of(unit: Unit, kind: str) -> str:
    return url("catalog_question_change", unit.questions.get(kind=kind).pk)


@pytest.mark.parametrize("kind", Question.Kind.values)
def test_each_kind_has_a_page_that_can_be_saved(client, quiz, kind):
    before = contents(quiz)

    save(client, page_of(quiz, kind), explanation="So it is.")

    assert quiz.questions.get(kind=kind).explanation == "So it is."
    assert [one.parts for one in contents(quiz)] == [one.parts for one in before]


def test_a_number_is_entered_on_the_page_of_its_question(client, quiz):
    save(client, page_of(quiz, "numeric"), answer="-3.25", tolerance="0.1")

    assert quiz.questions.filter(answer=Decimal("-3.25"), tolerance=Decimal("0.1")).exists()


@pytest.mark.parametrize(
    ("kind", "changes", "why"),
    [
        ("numeric", {"answer": ""}, "required"),
        ("numeric", {"tolerance": "-1"}, "A tolerance is 0 or more."),
        ("numeric", {"answer": "1e999"}, "digits"),
        ("text", {"choices__0__text": "", "choices__1__text": ""}, "required"),
        ("ordering", {"choices__0__text": "Second"}, "two choices read the same"),
        ("matching", {"choices__0__match": ""}, "a pair has only one side"),
        ("matching", {"choices__1__text": "France"}, "two pairs begin with the same"),
    ],
    ids=str,
)
def test_what_is_entered_wrongly_is_refused_with_a_reason(client, quiz, kind, changes, why):
    assert why in errors(save(client, page_of(quiz, kind), **changes))


def test_how_a_quiz_is_taken_is_entered_on_its_page(client, quiz):
    page = url("catalog_unit_change", quiz.pk)

    save(client, page, quiz__0__max_attempts="2", quiz__0__counts="last")

    quiz.refresh_from_db()
    assert (quiz.quiz.max_attempts, quiz.quiz.counts) == (2, "last")


@pytest.mark.parametrize("field", ["max_attempts", "time_limit"])
def test_a_limit_of_nothing_is_refused_with_a_reason(client, quiz, field):
    page = url("catalog_unit_change", quiz.pk)

    assert "at least one" in errors(save(client, page, **{f"quiz__0__{field}": "0"}))


# Constraints, each broken


@pytest.mark.parametrize("values", [{"draws": 0}, {"name": ""}], ids=str)
def test_a_pool_has_a_name_and_draws_something(values):
    with pytest.raises(IntegrityError):
        QuestionPool.objects.create(unit=quiz_unit(), **{"name": "P", "draws": 1, **values})


def test_a_pool_has_a_name_of_its_own():
    unit = quiz_unit()
    QuestionPool.objects.create(unit=unit, name="P", draws=1)

    with pytest.raises(IntegrityError):
        QuestionPool.objects.create(unit=unit, name="P", draws=1)


@pytest.mark.parametrize("values", [{"kind": "essay"}, {"tolerance": -1}], ids=str)
def test_a_question_of_no_known_kind_or_with_less_than_no_tolerance_is_refused(values):
    quiz_unit(ONE_OF_EACH[0])

    with pytest.raises(IntegrityError):
        Question.objects.update(**values)


def test_a_choice_says_something():
    quiz_unit(ONE_OF_EACH[0])

    with pytest.raises(IntegrityError):
        Choice.objects.update(text="", match="")


def test_a_course_with_all_kinds_is_published():
    unit = quiz_unit()

    actions.publish_course(course=unit.course, at=TUESDAY)

    assert Course.objects.get().is_published
