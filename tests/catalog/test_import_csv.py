from __future__ import annotations

import pytest

from catalog import importing
from catalog.models import AchievementVersion, Course, CourseRun, Track
from tests.catalog.importing import reason, verdicts, write
from tests.factories import TUESDAY

pytestmark = pytest.mark.django_db

FILES = {
    "organizations.csv": [
        ["external_id", "name", "roles"],
        ["org", "Institute", "provider|awarding_body"],
    ],
    "skills.csv": [["uri", "label"], ["http://data.europa.eu/esco/skill/1", "query"]],
    "courses.csv": [
        ["external_id", "provider", "title", "eqf_level", "skills", "achievement_name"],
        ["sql", "org", "First queries", "4", "http://data.europa.eu/esco/skill/1", "Reader"],
    ],
    "units.csv": [
        ["course", "external_id", "kind", "title", "minutes"],
        ["sql", "sql.1", "", "Read", "20"],
        ["sql", "sql.2", "quiz", "Quiz", ""],
    ],
    "questions.csv": [
        ["course", "unit", "kind", "text", "choices", "correct"],
        ["sql", "sql.2", "multiple", "Which read?", "SELECT | INSERT | WITH", "1|3"],
    ],
    "runs.csv": [
        ["course", "external_id", "self_paced", "starts_on", "seats"],
        ["sql", "r1", "no", "2026-09-01", "12"],
    ],
    "tracks.csv": [
        ["external_id", "organization", "title", "rule"],
        ["data", "org", "Data work", "sql"],
        ["top", "org", "Top", '{"any": [{"track": "data"}]}'],
    ],
}


def bring_in(folder, **changed):
    files = FILES | {f"{name}.csv": rows for name, rows in changed.items()}
    # Backwards: no file may depend on being read before another.
    paths = [write(folder, rows, name) for name, rows in reversed(files.items()) if rows]
    return importing.apply(importing.read(paths), at=TUESDAY)


def test_a_file_for_each_kind_makes_a_catalog(tmp_path):
    outcomes = bring_in(tmp_path)

    assert set(verdicts(outcomes).values()) == {"created"}
    assert Course.objects.get().eqf_level == 4
    assert CourseRun.objects.get().seats == 12
    assert Track.objects.published().count() == 2
    assert AchievementVersion.objects.get(achievement__course__isnull=False).name == "Reader"


def test_choices_are_right_by_their_numbers(tmp_path):
    bring_in(tmp_path)

    question = Course.objects.get().units.get(kind="quiz").questions.get()
    assert [c.is_correct for c in question.choices.all()] == [True, False, True]


def test_a_second_import_finds_everything_unchanged(tmp_path):
    bring_in(tmp_path)

    assert set(verdicts(bring_in(tmp_path)).values()) == {"unchanged"}


def test_a_part_that_is_wrong_is_named_by_its_file_and_line(tmp_path):
    units = [*FILES["units.csv"], ["sql", "sql.3", "", "More\nlines", "soon"]]

    outcomes = bring_in(tmp_path, units=units, tracks=[])

    assert "“soon” (units.csv, line 4)" in reason(outcomes)


@pytest.mark.parametrize(
    ("name", "row", "why"),
    [
        ("units", ["none", "x", "", "Title", "1"], "course: no such course in these files"),
        ("questions", ["sql", "none", "single", "?", "a|b", "1"], "unit: no such unit"),
    ],
)
def test_a_part_without_its_whole_is_refused(tmp_path, name, row, why):
    outcomes = bring_in(tmp_path, **{name: [*FILES[f"{name}.csv"], row]})

    assert why in reason(outcomes)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["x", "org", "Title"], "3 cells for 6 columns: unknown"),
        (["x", "org", "Title", "four", "", ""], "eqf_level: must be a whole number"),
    ],
)
def test_a_line_that_does_not_fit_its_header_is_refused(tmp_path, cells, why):
    outcomes = bring_in(tmp_path, courses=[*FILES["courses.csv"], cells])

    assert why in reason(outcomes)


def test_an_answer_beyond_the_choices_is_refused(tmp_path):
    rows = [FILES["questions.csv"][0], ["sql", "sql.2", "single", "?", "a|b", "3"]]

    assert "questions.csv, line 2" in reason(bring_in(tmp_path, questions=rows, tracks=[]))


def test_a_byte_order_mark_and_another_file_name_are_fine(tmp_path):
    path = write(tmp_path, "\ufeffuri,label\r\nhttp://example.org/1,é\r\n".encode(), "esco.csv")

    outcomes = importing.apply(importing.read([path]), at=TUESDAY)

    assert [(o.kind, o.verdict) for o in outcomes] == [("skills", "created")]
