from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Quiz
from enrollment import actions, gradebook
from enrollment.actions import Event
from lib import spreadsheets
from tests.enrollment.assignments import assignment_unit, enrolled, handed_in, mark, reviewer_of
from tests.enrollment.teaching import a_run, join, teacher_of
from tests.factories import TUESDAY, UnitFactory, published_course

LAST = {"counts": "last"}
pytestmark = pytest.mark.django_db


def answer(enrollment, *, is_right: bool):
    quiz = enrollment.run.course.units.get(kind="quiz")
    picked = {q.pk: {q.choices.get(is_correct=is_right).pk} for q in quiz.questions.all()}
    actions.submit_quiz(enrollment=enrollment, unit=quiz, answers=picked, at=TUESDAY)


def cells(enrollment):
    units = gradebook.graded_units(enrollment.run)
    (row,) = gradebook.rows([enrollment], units)
    return [cell and (cell.percent, cell.is_passed) for cell in row.cells]


def test_a_quiz_counts_with_its_best_attempt():
    one = join(a_run(quiz=True))
    answer(one, is_right=True)
    answer(one, is_right=False)

    assert cells(one) == [(100, True)]


def test_where_the_last_attempt_counts_it_is_that_one():
    one = join(a_run(quiz=True))
    Quiz.objects.update_or_create(unit=one.run.course.units.get(kind="quiz"), defaults=LAST)
    answer(one, is_right=True)
    answer(one, is_right=False)

    assert cells(one) == [(0, False)]


def test_what_was_not_passed_is_shown_as_such():
    one = join(a_run(quiz=True))
    answer(one, is_right=False)

    assert cells(one) == [(0, False)]


def test_an_assignment_counts_with_its_corrected_grade():
    work = handed_in(assignment_unit(10))
    mark(work, 3)
    criterion = work.unit.criteria.get()
    actions.assignments.correct(
        submission=work,
        by=reviewer_of(work.unit, "curator"),
        marks={criterion.pk: actions.assignments.Mark(7)},
        reason="Page 2 was missed.",
        comment="",
        at=TUESDAY,
    )

    assert cells(work.enrollment) == [(70, True)]


def test_an_external_activity_has_a_column_once_a_grade_was_reported():
    course = published_course()
    unit = UnitFactory(course=course, position=5, kind="external")
    one = enrolled(unit)
    assert gradebook.graded_units(one.run) == []
    actions.record_events(
        [Event("lab", "1", one.pk, unit.pk, "passed", TUESDAY, Decimal(81))], received_at=TUESDAY
    )

    assert cells(one) == [(81, True)]


def test_units_of_editions_that_nobody_here_has_joined_have_no_column():
    run = a_run(quiz=True)
    run.course.units.filter(kind="quiz").update(until_edition=2)

    assert gradebook.graded_units(run) == []
    join(run, edition=1)
    assert len(gradebook.graded_units(run)) == 1


@pytest.mark.parametrize("count", [1, 15])
def test_a_page_of_it_takes_three_queries(count, django_assert_num_queries):
    run = a_run(quiz=True)
    for _ in range(count):
        answer(join(run), is_right=True)
    enrollments, units = list(gradebook.by_name(run)), gradebook.graded_units(run)

    with django_assert_num_queries(3):
        gradebook.rows(enrollments, units)


# --- The file -------------------------------------------------------------------------------------


def download(client: Client, run) -> tuple[list[list[str]], object]:
    response = client.get(reverse("enrollment:grades_file", args=[run.public_id]))
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]))), response


def test_the_file_has_every_learner_with_grades(client: Client):
    run = a_run(quiz=True, title="Reading maps")
    done, other = join(run, "Ada"), join(run, "Grace")
    answer(done, is_right=True)
    for lesson in run.course.units.filter(kind="lesson"):
        actions.finish_unit(enrollment=done, unit=lesson, at=TUESDAY)
    client.force_login(teacher_of(run))

    rows, response = download(client, run)

    assert rows == [
        ["Learner", "Enrollment", "Completed", "Completed before", "Quiz (%)", "Final grade (%)"],
        ["Ada", str(done.public_id), "2026-03-03", "", "100.00", "100.00"],
        ["Grace", str(other.public_id), "", "", "", ""],
    ]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    assert 'filename="grades-reading-maps-' in response["Content-Disposition"]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_a_name_like_a_formula_is_text(begin):
    assert spreadsheets.safe(f"{begin}1+1") == f"'{begin}1+1"


def test_a_name_like_a_formula_is_text_in_the_file(client: Client):
    run = a_run(quiz=True)
    run.course.units.filter(kind="quiz").update(title="=1+1")
    join(run, '=HYPERLINK("https://evil.example")')
    client.force_login(teacher_of(run))

    rows, _ = download(client, run)

    assert rows[0][4] == "'=1+1 (%)"
    assert rows[1][0] == '\'=HYPERLINK("https://evil.example")'


def test_a_large_cohort_is_read_by_the_batch(client: Client, monkeypatch):
    run = a_run(quiz=True)
    monkeypatch.setattr(gradebook, "BATCH", 2)
    for number in range(5):
        answer(join(run, f"Learner {number}"), is_right=True)
    client.force_login(teacher_of(run))

    rows, _ = download(client, run)

    assert [row[0] for row in rows[1:]] == [f"Learner {number}" for number in range(5)]
    assert all(row[4] == "100.00" for row in rows[1:])
