"""New courses are created by the batch; whatever is wrong with one of them is still said of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog import importing
from catalog.models import AchievementVersion, Course, SearchChange
from tests.factories import CourseFactory, OrganizationFactory, SkillFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _known(db):
    OrganizationFactory(external_id="org", is_provider=True, is_awarding_body=True)
    SkillFactory(uri="http://example.org/skill/1")


def course(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "external_id": f"c{number}",
        "provider": "org",
        "title": f"Course {number}",
        "skills": ["http://example.org/skill/1"],
        "units": [{"title": "One", "minutes": 5}],
    } | fields


def load(path: Path, *courses: dict[str, Any]) -> list[importing.Outcome]:
    file = path / "catalog.json"
    file.write_text(json.dumps({"format": "cairn-catalog/1", "courses": courses}))
    return importing.apply(importing.read([file]), at=timezone.now())


def test_a_hundred_new_courses_take_few_queries(tmp_path):
    with CaptureQueriesContext(connection) as queries:
        outcomes = load(tmp_path, *(course(n) for n in range(100)))

    assert {outcome.verdict for outcome in outcomes} == {"created"}
    assert len(queries) < 60
    assert AchievementVersion.objects.published().count() == 100
    assert SearchChange.objects.count() == 100


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"provider": "nobody"}, "provider: there is no organization"),
        ({"skills": ["http://example.org/skill/2"]}, "skills: there is no skill"),
        ({"units": []}, "no units"),
        ({"units": [{"title": "Quiz", "kind": "quiz"}]}, "no question with a right answer"),
        ({"runs": [{"external_id": "same"}]}, "a run of another course"),
    ],
)
def test_one_wrong_row_says_why_and_stops_no_other(tmp_path, wrong, reason):
    first = course(0, runs=[{"external_id": "same"}])

    outcomes = load(tmp_path, first, course(1, **wrong), course(2))

    assert [outcome.verdict for outcome in outcomes] == ["created", "refused", "created"]
    assert reason in outcomes[1].reason
    assert set(Course.objects.values_list("external_id", flat=True)) == {"c0", "c2"}


def test_what_has_the_same_title_has_addresses_of_its_own(tmp_path):
    CourseFactory(slug="maps")

    load(tmp_path, *(course(n, title="Maps") for n in range(4)))

    slugs = (
        Course.objects.filter(title="Maps").order_by("external_id").values_list("slug", flat=True)
    )
    assert list(slugs) == ["maps-2", "maps-3", "maps-4", "maps-5"]


def test_a_batch_reads_as_one_row_by_itself_does(tmp_path):
    """Imported again as one row, nothing is found to be different."""
    rich = {
        "outcomes": [{"text": "Do it.", "skills": ["http://example.org/skill/1"]}],
        "achievement": {"kind": "Certificate", "name": "Doer"},
        "runs": [{"external_id": "r1", "seats": 5}, {"external_id": "r2"}],
        "units": [
            {"title": "One", "minutes": 5},
            {
                "title": "Quiz",
                "kind": "quiz",
                "questions": [
                    {"text": "Well?", "choices": [{"text": "Yes", "correct": True}, {"text": "No"}]}
                ],
            },
        ],
    }

    load(tmp_path, course(0, **rich), course(1))
    (again, _) = load(tmp_path, course(0, **rich), course(1))

    assert again.verdict == "unchanged"
    assert Course.objects.get(external_id="c0").achievement.kind == "Certificate"
