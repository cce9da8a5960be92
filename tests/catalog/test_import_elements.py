"""The European elements in files, and files in TOML."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from catalog import importing
from catalog.models import Course
from tests.factories import OrganizationFactory, SkillFactory

pytestmark = pytest.mark.django_db

COURSE = """
format = "cairn-catalog/1"

[[courses]]
external_id = "maps"
provider = "org"
title = "Reading maps"
eqf_level = 4
ects = 0.4
assessment = "quiz_and_assignment"
participation = "blended"
supervision = "supervised_onsite_id"
quality_assurance = "Two teachers review it every year."

[[courses.outcomes]]
text = "Find north."
level = "foundation"
skills = ["http://example.org/skill/north"]

[[courses.outcomes]]
text = "Cross a river."

[[courses.runs]]
self_paced = true
price = 49.5
currency = "EUR"

[[courses.units]]
title = "Contour lines"
minutes = 20
body = '''
Where they are close, it is **steep**.
'''
"""


@pytest.fixture(autouse=True)
def _known(db):
    OrganizationFactory(external_id="org", is_provider=True, is_awarding_body=True)
    SkillFactory(uri="http://example.org/skill/north")


def load(path: Path, *contents: tuple[str, str]) -> list[importing.Outcome]:
    files = []
    for name, content in contents:
        files.append(path / name)
        files[-1].write_text(content)
    return importing.apply(importing.read(files), at=timezone.now())


def verdicts(outcomes: list[importing.Outcome]) -> list[str]:
    return [outcome.verdict for outcome in outcomes]


def test_a_course_in_toml_states_everything(tmp_path):
    first = load(tmp_path, ("maps.toml", COURSE))
    again = load(tmp_path, ("maps.toml", COURSE))

    course = Course.objects.get()
    assert (verdicts(first), verdicts(again)) == (["created"], ["unchanged"])
    assert (course.ects, course.participation) == (Decimal("0.4"), "blended")
    assert [outcome.text for outcome in course.outcomes.all()] == ["Find north.", "Cross a river."]
    assert course.skills.get().uri == "http://example.org/skill/north"
    assert (course.runs.get().price, course.runs.get().currency) == (Decimal("49.50"), "EUR")
    assert course.units.get().body == "Where they are close, it is **steep**."


def test_outcomes_change_in_place_and_those_left_out_go(tmp_path):
    load(tmp_path, ("maps.toml", COURSE))
    kept = Course.objects.get().outcomes.get(position=1).pk
    changed = COURSE.replace("Find north", "Find south").replace(
        '[[courses.outcomes]]\ntext = "Cross a river."\n', ""
    )

    assert verdicts(load(tmp_path, ("maps.toml", changed))) == ["updated"]
    outcome = Course.objects.get().outcomes.get()
    assert (outcome.pk, outcome.text) == (kept, "Find south.")


def test_csv_says_the_same(tmp_path):
    outcomes = load(
        tmp_path,
        (
            "courses.csv",
            "external_id,provider,title,ects,assessment\nmaps,org,Reading maps,0.4,quiz\n",
        ),
        ("units.csv", "course,title,minutes\nmaps,Contour lines,20\n"),
        (
            "outcomes.csv",
            "course,text,level,skills\nmaps,Find north.,advanced,http://example.org/skill/north\n",
        ),
        ("runs.csv", "course,self_paced,price,currency\nmaps,yes,49.50,EUR\n"),
    )

    course = Course.objects.get()
    assert verdicts(outcomes) == ["created"]
    assert course.outcomes.get().level == "advanced"
    assert (course.ects, course.runs.get().price) == (Decimal("0.4"), Decimal("49.50"))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("ects = 0.4", "ects = 0.45", "ects: has more than 1 decimal places"),
        ("ects = 0.4", "ects = 0", "ects: must be a number from 0.1 to 60"),
        ("ects = 0.4", "ects = nan", "ects: must be a number"),
        ('"blended"', '"blend"', "did you mean “blended”?"),
        ('"foundation"', '"novice"', "outcomes.1.level: must be one of"),
        ("skill/north", "skill/east", "there is no skill"),
        ('currency = "EUR"', "", "runs.1.currency: is missing"),
        ('"EUR"', '"Euro"', "runs.1.currency: has 4 characters"),
        (
            "price = 49.5",
            'price = 1\nexternal_url = "https://x.example/"',
            "runs.1.external_url: only",
        ),
        ("price = 49.5", 'price = 1\nexternal = true\nexternal_url = "x"', "must be an http"),
        ("price = 49.5", "price = -1", "runs.1.price: must be a number from 0"),
        ("price = 49.5", "price = 2026-01-01", "runs.1.price: must be a number from 0"),
        ('text = "Cross a river."', "", "outcomes.2.text: is missing"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(tmp_path, old, new, problem):
    (outcome,) = load(tmp_path, ("maps.toml", COURSE.replace(old, new)))

    assert outcome.verdict == "refused"
    assert problem in outcome.reason
    assert not Course.objects.exists()


def test_broken_toml_is_named_with_its_line(tmp_path):
    with pytest.raises(importing.Unreadable, match=r"maps.toml: is not TOML: .*line 3"):
        load(tmp_path, ("maps.toml", "format = 'cairn-catalog/1'\n\ncourses = ]\n"))


def test_dates_may_be_written_in_tomls_own_way(tmp_path):
    text = COURSE.replace(
        "self_paced = true", "self_paced = false\nstarts_on = 2027-03-01\nseats = 5"
    )

    load(tmp_path, ("maps.toml", text))

    assert Course.objects.get().runs.get().starts_on == datetime.date(2027, 3, 1)
