from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from catalog import importing
from catalog.models import Course, Track
from tests.factories import TUESDAY

IMPORTERS = settings.BASE_DIR / "examples" / "importers"
SAMPLE = [IMPORTERS / "sample" / "modules.jsonl", IMPORTERS / "sample" / "paths.jsonl"]
SHARED = settings.BASE_DIR.parent / "shared" / "data" / "catalog"
WHOLE = [SHARED / "mslearn2018_modules.jsonl.gz", SHARED / "mslearn2018_paths.jsonl.gz"]


def convert(files: list[Path], folder: Path) -> Path:
    path = folder / "mslearn2018.json"
    script = IMPORTERS / "mslearn2018.py"
    # Isolated: it may use nothing but the standard library.
    done = subprocess.run([sys.executable, "-IS", script, *files], capture_output=True, check=True)
    path.write_bytes(done.stdout)
    return path


def test_modules_are_taken_in_english_or_else_in_their_language(tmp_path):
    courses = json.loads(convert(SAMPLE, tmp_path).read_bytes())["courses"]

    assert {course["external_id"]: course["language"] for course in courses} == {
        "learn.azure-container-registry": "en",
        "learn.build-a-serverless-web-app": "es",
        "learn.run-docker-containers-aci": "en",
    }


def test_a_path_is_a_track_in_each_language(tmp_path):
    tracks = json.loads(convert(SAMPLE, tmp_path).read_bytes())["tracks"]

    assert [track["external_id"] for track in tracks] == [
        "learn.administer-containers-in-azure",
        "learn.administer-containers-in-azure@de",
    ]


def test_the_quiz_asks_for_the_modules_own_objectives(tmp_path):
    (course, *_) = json.loads(convert(SAMPLE, tmp_path).read_bytes())["courses"]

    (question,) = course["units"][-1]["questions"]
    right = [choice["text"] for choice in question["choices"] if choice["correct"]]
    assert right
    assert all(f"- {text}" in course["units"][0]["body"] for text in right)
    assert len(question["choices"]) > len(right)


def test_the_same_data_makes_the_same_file(tmp_path):
    first = convert(SAMPLE, tmp_path).read_bytes()

    assert convert(SAMPLE, tmp_path).read_bytes() == first


@pytest.mark.django_db
def test_the_sample_is_imported_and_found_unchanged(tmp_path):
    path = convert(SAMPLE, tmp_path)
    created = importing.apply(importing.read([path]), at=TUESDAY)

    again = importing.apply(importing.read([path]), at=TUESDAY)

    assert {outcome.verdict for outcome in created} == {"created"}
    assert {outcome.verdict for outcome in again} == {"unchanged"}


@pytest.mark.django_db
@pytest.mark.skipif(not WHOLE[0].exists(), reason="the whole data set is not beside the project")
def test_the_whole_data_set_is_imported(tmp_path):
    importing.apply(importing.read([convert(WHOLE, tmp_path)]), at=TUESDAY)

    assert (Course.objects.published().count(), Track.objects.published().count()) == (72, 47)
