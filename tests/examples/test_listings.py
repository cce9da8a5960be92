"""Listings of other people's courses: stated as they are, and taken where they are given."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from catalog import importing
from catalog.models import Course
from catalog.search import Filters, find
from tests.factories import TUESDAY

IMPORTERS = settings.BASE_DIR / "examples" / "importers"
SAMPLE = IMPORTERS / "sample"
SCRIPTS = {
    "nj_training_programs": [
        "nj_training_programs.csv",
        "cip2020_soc2018.csv",
        "onet_elements.csv",
        "onet_occupation_elements.csv",
    ],
    "free_programming_courses": ["free_programming_courses.csv"],
}


def convert(name: str, folder: Path) -> Path:
    files = [SAMPLE / file for file in SCRIPTS[name]]
    # Isolated: it may use nothing but the standard library.
    done = subprocess.run(
        [sys.executable, "-IS", IMPORTERS / f"{name}.py", *files], capture_output=True, check=True
    )
    path = folder / f"{name}.json"
    path.write_bytes(done.stdout)
    return path


@pytest.mark.django_db
@pytest.mark.parametrize("name", SCRIPTS)
def test_the_sample_is_imported_and_nothing_changes_the_second_time(name, tmp_path):
    path = convert(name, tmp_path)

    first = importing.apply(importing.read([path]), at=TUESDAY)
    again = importing.apply(importing.read([path]), at=TUESDAY)

    assert {outcome.verdict for outcome in first} == {"created"}
    assert {outcome.verdict for outcome in again} == {"unchanged"}
    assert Course.objects.published().count() == 4
    assert all(course.runs.get().is_external for course in Course.objects.all())


@pytest.mark.django_db
def test_programs_are_found_by_hours_price_and_skill(tmp_path):
    importing.apply(importing.read([convert("nj_training_programs", tmp_path)]), at=TUESDAY)
    course = Course.objects.get(external_id="nj/513")

    assert course.units.get().minutes == 180 * 60
    assert (course.runs.get().price, course.runs.get().currency) == (1400, "USD")
    found = find(Filters(hours_from=180, hours_to=180, values={"price": frozenset(["more"])}))
    assert course.pk in found.ids


def test_skills_come_by_the_crosswalk(tmp_path):
    catalog = json.loads(convert("nj_training_programs", tmp_path).read_bytes())

    with_skills = [course for course in catalog["courses"] if course["skills"]]
    assert with_skills
    uris = {skill["uri"] for skill in catalog["skills"]}
    assert all(set(course["skills"]) <= uris for course in with_skills)


def test_listings_keep_their_language_and_lead_to_their_provider(tmp_path):
    catalog = json.loads(convert("free_programming_courses", tmp_path).read_bytes())

    assert {course["language"] for course in catalog["courses"]} == {"ar", "ja", "en", "pt-BR"}
    assert all(
        course["runs"][0]["external_url"].startswith("http") for course in catalog["courses"]
    )
