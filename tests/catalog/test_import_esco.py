"""``manage.py import_esco``, with small files made here."""

from __future__ import annotations

import csv
import gzip
import io
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from catalog import esco, importing
from catalog.esco import files
from catalog.models import CourseSkill, Occupation, OccupationSkill, Skill
from tests.factories import TUESDAY, SkillFactory, published_course

pytestmark = pytest.mark.django_db

Rows = list[dict[str, Any]]


def concept_id(kind: str, number: int) -> str:
    return f"{kind}/{uuid.UUID(int=number)}"


def skill(number: int, **values: str) -> dict[str, Any]:
    return {
        "id": concept_id("skill", number),
        "label": f"skill {number}",
        "alt_labels": "",
        "skill_type": "skill/competence",
        "collections": "",
        "description": f"About {number}.",
    } | values


def occupation(number: int, **values: str) -> dict[str, Any]:
    return {
        "id": concept_id("occupation", number),
        "label": f"occupation {number}",
        "alt_labels": "",
        "isco08": "2511",
        "description": "",
    } | values


def link(occupation_row: Any, skill_row: Any, relation: str = "essential") -> dict[str, Any]:
    return {"occupation_row": occupation_row, "skill_row": skill_row, "relation": relation}


@pytest.fixture
def release(tmp_path: Path):
    """Writes a release; what is not given is two skills, one occupation and two links."""

    def write(
        skills: Rows | None = None,
        occupations: Rows | None = None,
        links: Rows | None = None,
        *,
        packed: bool = True,
        without: tuple[str, ...] = (),
    ) -> Path:
        tables = {
            "esco_skills": [skill(1), skill(2)] if skills is None else skills,
            "esco_occupations": [occupation(1)] if occupations is None else occupations,
            "esco_occupation_skills": [link(0, 0), link(0, 1, "optional")]
            if links is None
            else links,
        }
        for name, rows in tables.items():
            columns = [column for column in rows[0] if column not in without]
            text = io.StringIO()
            writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            content = text.getvalue().encode()
            path = tmp_path / f"{name}.csv{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(content) if packed else content)
        return tmp_path

    return write


def imported(folder: Path, capsys, **options: Any) -> str:
    call_command("import_esco", folder, **options)
    return capsys.readouterr().out


def refused(folder: Path) -> str:
    with pytest.raises(CommandError) as problem:
        call_command("import_esco", folder)
    assert problem.value.returncode == 2
    assert not Skill.objects.exists()
    assert not Occupation.objects.exists()
    return str(problem.value)


@pytest.mark.parametrize("packed", [True, False])
def test_skills_occupations_and_links_are_brought(release, capsys, packed):
    said = imported(release(packed=packed), capsys)

    assert said == "skills: 2 created\noccupations: 1 created\nlinks: 2 created\n"
    assert set(OccupationSkill.objects.values_list("skill__label", "relation")) == {
        ("skill 1", "essential"),
        ("skill 2", "optional"),
    }
    made = Skill.objects.get(label="skill 1")
    assert made.uri == f"http://data.europa.eu/esco/skill/{made.public_id}"
    assert made.description == "About 1."
    assert Occupation.objects.get().isco08 == "2511"


def test_a_second_time_changes_nothing_and_says_so(release, capsys):
    imported(release(), capsys)

    assert imported(release(), capsys) == (
        "skills: 2 unchanged\noccupations: 1 unchanged\nlinks: 2 unchanged\nNothing has changed.\n"
    )


def test_a_dry_run_says_what_would_happen_and_does_nothing(release, capsys):
    said = imported(release(), capsys, dry_run=True)

    assert "skills: 2 created" in said
    assert "dry run" in said
    assert not Skill.objects.exists()
    assert not OccupationSkill.objects.exists()


def test_synonyms_are_kept_once_and_without_the_label(release, capsys):
    names = "SQL|query language|Query  language||structured query language"
    imported(release([skill(1, label="SQL", alt_labels=names), skill(2)]), capsys)

    made = Skill.objects.get(label="SQL")
    assert made.synonyms == ["query language", "structured query language"]
    assert Skill.objects.matching("structured").get() == made


@pytest.mark.parametrize(
    ("skill_type", "collections", "kind"),
    [
        ("skill/competence", "digital|green", "skill"),
        ("knowledge", "digital", "knowledge"),
        ("knowledge", "language", "language"),
        ("skill/competence", "research|transversal", "transversal"),
        ("", "digcomp", "skill"),
    ],
)
def test_the_kind_comes_from_type_and_collections(release, capsys, skill_type, collections, kind):
    row = skill(1, skill_type=skill_type, collections=collections)
    imported(release([row, skill(2)]), capsys)

    assert Skill.objects.get(label="skill 1").kind == kind


def test_a_newer_release_updates_retires_and_brings_back(release, capsys):
    first = release([skill(1), skill(2), skill(3)], links=[link(0, 0), link(0, 1), link(0, 2)])
    imported(first, capsys)
    course = published_course()
    CourseSkill.objects.create(course=course, skill=Skill.objects.get(label="skill 2"))

    newer = release(
        [skill(3), skill(1, label="renamed")],
        [occupation(2), occupation(1)],
        [link(1, 1, "optional"), link(0, 1)],
    )
    said = imported(newer, capsys)

    assert said == (
        "skills: 1 updated, 1 unchanged, 1 retired\n"
        "occupations: 1 created, 1 unchanged\n"
        "links: 1 created, 1 updated, 2 removed\n"
    )
    gone = Skill.objects.exclude(retired_at=None).get()
    assert gone.label == "skill 2"
    assert list(course.skills.all()) == [gone]
    assert Skill.objects.matching("renamed").exists()

    said = imported(release([skill(1), skill(2), skill(3)]), capsys)

    assert "skills: 2 updated, 1 unchanged\n" in said
    assert "occupations: 1 unchanged, 1 retired\n" in said
    assert not Skill.objects.exclude(retired_at=None).exists()


def test_an_occupation_may_lose_all_that_it_needs(release, capsys):
    imported(release(occupations=[occupation(1), occupation(2)]), capsys)

    said = imported(release(occupations=[occupation(1), occupation(2)], links=[link(1, 0)]), capsys)

    assert "links: 1 created, 2 removed\n" in said


def test_a_skill_that_no_release_has_named_is_never_retired(release, capsys):
    own = SkillFactory(uri="http://example.org/our-own")

    imported(release(), capsys)

    own.refresh_from_db()
    assert own.retired_at is None


def test_a_skill_of_a_catalog_file_becomes_the_one_of_the_release(release, capsys):
    uri = f"http://data.europa.eu/esco/{concept_id('skill', 1)}"
    earlier = SkillFactory(uri=uri, label="our words")

    imported(release(), capsys)

    earlier.refresh_from_db()
    assert (earlier.label, earlier.kind) == ("skill 1", "skill")


def test_a_file_without_descriptions_leaves_those_that_are_there(release, capsys):
    imported(release(), capsys)

    said = imported(release(without=("description",)), capsys)

    assert "Nothing has changed." in said
    assert Skill.objects.get(label="skill 1").description == "About 1."


def test_a_catalog_file_adds_a_description_and_leaves_the_label(release, capsys, tmp_path):
    imported(release(without=("description",)), capsys)
    path = tmp_path / "skills.json"
    uri = f"http://data.europa.eu/esco/{concept_id('skill', 1)}"
    path.write_text(
        f'{{"format": "cairn-catalog/1", "skills": [{{"uri": "{uri}", "label": "our words", '
        '"description": "More."}]}'
    )

    verdicts = [importing.apply(importing.read([path]), at=TUESDAY)[0].verdict for _ in range(2)]

    assert verdicts == ["updated", "unchanged"]
    found = Skill.objects.get(uri=uri)
    assert (found.label, found.description) == ("skill 1", "More.")


def test_control_characters_of_descriptions_are_left_out(release, capsys):
    imported(release([skill(1, description="One\x80 two\r\nthree"), skill(2)]), capsys)

    assert Skill.objects.get(label="skill 1").description == "One two\nthree"


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"skills": [skill(1, label=" ")]}, "esco_skills.csv.gz, line 2: label: is empty"),
        ({"skills": [skill(1, id="skill/7")]}, "line 2: id: must be skill/ and a UUID"),
        ({"skills": [skill(1), skill(1)]}, "line 3: id: .* stands there already"),
        ({"skills": [skill(1, label="x" * 201)]}, "line 2: label: .*201 characters; 200 fit"),
        ({"skills": [skill(1, label="a\x00b")]}, r"line 2: label: remove the character U\+0000"),
        ({"skills": [skill(1, alt_labels="a\u202e")]}, "line 2: alt_labels: remove"),
        ({"skills": [skill(1, alt_labels="|".join(f"{n:0200}" for n in range(101)))]}, "fit"),
        ({"skills": [skill(1, skill_type="talent")]}, "line 2: skill_type: must be"),
        ({"skills": [skill(1, description="x" * 20_001)]}, "line 2: description: .* fit"),
        ({"occupations": [occupation(1, isco08="25")]}, "esco_occupations.*line 2: isco08"),
        ({"occupations": [occupation(1, id=concept_id("skill", 1))]}, "occupation/ and a UUID"),
        ({"links": [link(0, 0), link(0, 2)]}, "_skills.csv.gz, line 3: skill_row.* 0 to 1"),
        ({"links": [link(-1, 0)]}, "line 2: occupation_row: must be a row number"),
        ({"links": [link("²", 0)]}, "line 2: occupation_row: must be a row number"),
        ({"links": [link(0, 0, "perhaps")]}, "relation: must be essential or optional"),
        ({"links": [link(0, 0), link(0, 0, "optional")]}, "line 3: this occupation and this"),
    ],
)
def test_a_row_that_is_wrong_is_named_and_nothing_is_written(release, tables, message):
    said = refused(release(**tables))

    assert re.search(message, said), said
    assert said.endswith(". Nothing was imported.")


def test_a_line_is_counted_where_a_cell_holds_line_ends(release):
    folder = release([skill(1, description="two\nlines"), skill(2, label="")])

    assert "line 4: label" in refused(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id,label\n", "line 1: lacks the column alt_labels, skill_type, collections"),
        (b"", "line 1: lacks the column id"),
        (b"id,label,alt_labels,skill_type,collections\n", "has no rows below its header"),
        (b"id,id\n", "line 1: two columns have the same name"),
        (b"id,label,alt_labels,skill_type,collections\na,b\n", "line 2: has 2 cells"),
        (b'id,label,alt_labels,skill_type,collections\n"a"b,,,,\n', "line 2: is not CSV"),
        (b"id,label,alt_labels,skill_type,collections\n\xff,,,,\n", "is not UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_named(release, content, message):
    folder = release()
    (folder / "esco_skills.csv.gz").write_bytes(gzip.compress(content))

    assert re.search(message, refused(folder))


@pytest.mark.parametrize("damage", ["cut off", "not packed"])
def test_a_damaged_file_is_named(release, damage):
    folder = release()
    path = folder / "esco_occupations.csv.gz"
    content = path.read_bytes()
    path.write_bytes(content[:-20] if damage == "cut off" else b"x" + content)

    assert "esco_occupations.csv.gz: is cut off or damaged" in refused(folder)


def test_a_file_that_unpacks_to_too_much_is_refused(release, monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 50)

    assert "holds more than" in refused(release())


def test_too_many_rows_are_refused(release, monkeypatch):
    monkeypatch.setitem(files.MAX_ROWS, "esco_skills", 1)

    assert "line 3: 1 rows are the most" in refused(release())


def test_a_missing_file_or_folder_is_named(release, tmp_path):
    folder = release()
    (folder / "esco_occupations.csv.gz").unlink()

    assert "neither esco_occupations.csv.gz nor esco_occupations.csv" in refused(folder)
    assert "is no folder" in refused(tmp_path / "nowhere")


def test_a_write_of_somebody_else_ends_with_what_to_do(release, monkeypatch):
    def lose(*args: Any, **kwargs: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr(esco, "apply", lose)

    with pytest.raises(CommandError, match="run it again"):
        call_command("import_esco", release())


def test_what_cairn_ships_is_esco_with_its_notice():
    shipped = esco.Release(esco.SHIPPED)

    assert shipped.count() == 13_896 + 3_007 + 123_788
    assert sum(path.stat().st_size for path in shipped.paths.values()) < 2_500_000
    assert "Commission Decision 2011/833/EU" in (esco.SHIPPED / "NOTICE").read_text()
    assert all(path.read_bytes()[4:8] == bytes(4) for path in shipped.paths.values())
