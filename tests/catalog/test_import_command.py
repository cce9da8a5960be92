from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from catalog.models import Course
from tests.catalog.importing import course, document, write

pytestmark = pytest.mark.django_db


def test_the_summary_counts_and_each_row_has_a_line(tmp_path, capsys):
    call_command("import_catalog", write(tmp_path, document()))

    printed = capsys.readouterr().out
    assert "created   courses sql\n" in printed
    assert "courses: 1 created\n" in printed


def test_quiet_prints_the_summary(tmp_path, capsys):
    call_command("import_catalog", write(tmp_path, document()), quiet=True)

    assert capsys.readouterr().out == (
        "organizations: 1 created\ncourses: 1 created\ntracks: 1 created\n"
    )


def test_a_refused_row_ends_with_1(tmp_path, capsys):
    path = write(tmp_path, document(courses=[course(), course(external_id="x", title="")]))

    with pytest.raises(SystemExit) as end:
        call_command("import_catalog", path, quiet=True)

    assert end.value.code == 1
    assert "catalog.json, courses, entry 2: title: is missing" in capsys.readouterr().out
    assert Course.objects.count() == 1


def test_an_unreadable_file_ends_with_2_before_anything_is_applied(tmp_path):
    good = write(tmp_path, document())

    with pytest.raises(CommandError) as end:
        call_command("import_catalog", good, write(tmp_path, b"{", "bad.json"))

    assert end.value.returncode == 2
    assert not Course.objects.exists()


def test_a_dry_run_changes_nothing(tmp_path, capsys):
    call_command("import_catalog", write(tmp_path, document()), dry_run=True)

    assert "nothing was changed" in capsys.readouterr().out
    assert not Course.objects.exists()


def test_the_report_has_a_row_for_each_row(tmp_path, capsys):
    path = write(tmp_path, document())
    call_command("import_catalog", path, report=tmp_path / "report.json")

    call_command("import_catalog", path, report=tmp_path / "report.csv")

    with (tmp_path / "report.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [row["verdict"] for row in first] == ["created"] * 3
    assert rows[1] == {
        "file": "catalog.json",
        "place": "courses, entry 1",
        "kind": "courses",
        "key": "sql",
        "verdict": "unchanged",
        "reason": "",
    }


def test_a_report_that_cannot_be_written_is_refused_at_the_start(tmp_path):
    with pytest.raises(CommandError, match="--report needs"):
        call_command("import_catalog", write(tmp_path, document()), report=tmp_path / "x.txt")


def test_the_example_of_the_documentation_is_a_catalog(tmp_path, capsys):
    text = Path(settings.BASE_DIR / "docs" / "import-format.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)

    call_command("import_catalog", write(tmp_path, json.loads(example)))

    assert "refused" not in capsys.readouterr().out
