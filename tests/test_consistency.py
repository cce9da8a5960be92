"""The repository itself: what its files say of one another holds."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.template import engines
from django.template.exceptions import TemplateDoesNotExist

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"


def tracked(*patterns: str) -> list[Path]:
    """Files of the repository, by git's own patterns; those not added yet, too."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = [ROOT / name for name in listing.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def text_of(path: Path) -> str:
    """The file's text; "" for pictures and fonts."""
    data = path.read_bytes()
    return "" if b"\0" in data else data.decode()


def template_names() -> list[str]:
    return sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.*"))


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# Django and its apps look for these by name, and messages by their kind.
FOUND_BY_NAME = re.compile(
    r"^(\d{3}|403_csrf)\.html$|^(account|allauth|admin|oauth2_provider)/|^notifications/\w+\.txt$"
)


def test_every_template_is_used() -> None:
    sources = {path: text_of(path) for path in tracked("*.py", "*.html", "*.txt")}

    unused = [
        name
        for name in template_names()
        if not FOUND_BY_NAME.match(name)
        and not any(
            f'"{name}' in source or f"'{name}" in source
            for path, source in sources.items()
            if path != TEMPLATES / name
        )
    ]

    assert unused == []


@pytest.mark.parametrize("name", template_names())
def test_a_template_compiles_and_includes_only_what_exists(name: str) -> None:
    engines["django"].get_template(name)
    source = (TEMPLATES / name).read_text()

    for other in re.findall(r'{%\s*(?:include|extends)\s+"([^"#]+)', source):
        try:
            engines["django"].get_template(other)
        except TemplateDoesNotExist:
            pytest.fail(f"{name} names {other}")


@pytest.mark.parametrize(
    "forbidden",
    [
        r"\sstyle\s*=",
        r"\son[a-z]+\s*=\s*[\"']",
        r"<style\b",
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/)",
        r"javascript:",
        r"hx-on\b",
    ],
)
def test_templates_hold_nothing_that_the_content_security_policy_refuses(forbidden: str) -> None:
    found = [
        name
        for name in template_names()
        if name.endswith(".html")
        and re.search(forbidden, (TEMPLATES / name).read_text(), re.IGNORECASE)
    ]

    assert found == []


def test_pages_load_nothing_from_elsewhere() -> None:
    loaded = re.compile(r"<(?:script|img|link|iframe|source)\b[^>]*(?:src|href)=\"(?:https?:)?//")

    assert [
        name for name in template_names() if loaded.search((TEMPLATES / name).read_text())
    ] == []


# In pieces, so that this file does not name what it forbids.
PRIVATE_NAMES = re.compile(
    r"python"
    r"hosted|registry\.n"
    r"pm|n"
    r"pmjs\.|py"
    r"pi\.(?:org|io)|deb\.deb"
    r"ian"
    r"|(?<![a-z.\w])/(?:ho"
    r"me|wo"
    r"rk|ro"
    r"ot|Us"
    r"ers)/[a-z.]"
)


def test_no_file_names_a_registry_or_a_path_of_somebody_s_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if "static/vendor" not in str(path)
        for match in PRIVATE_NAMES.finditer(text_of(path))
    ]

    assert found == []


def test_every_vendored_folder_is_listed_with_its_license() -> None:
    vendor = ROOT / "static/vendor"
    listed = set(re.findall(r"^\| `([^`]+)/` ", (vendor / "README.md").read_text(), re.MULTILINE))
    folders = {path for path in vendor.iterdir() if path.is_dir()}

    assert {folder.name for folder in folders} == listed
    assert all(list(folder.glob("LICENSE*")) for folder in folders)


def test_only_the_api_imports_the_rest_framework() -> None:
    imports = re.compile(r"^\s*(?:from|import) (?:rest_framework|drf_spectacular)\b", re.MULTILINE)
    apps = [
        f"{app}/*.py"
        for app in ("accounts", "notifications", "catalog", "enrollment", "credentials", "lib")
    ]

    assert [path for path in tracked(*apps, "config/*.py") if imports.search(text_of(path))] == []


def test_there_is_one_version_of_postgresql() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    (ci,) = re.findall(r"^postgres_version=(\d+)", (ROOT / ".ci/run").read_text(), re.MULTILINE)
    documented = {
        version
        for path in tracked("*.md")
        for version in re.findall(r"PostgreSQL (\d+)", text_of(path))
    }

    assert compose["services"]["postgres"]["image"] == f"postgres:{ci}"
    assert documented <= {ci}


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


def test_what_runs_is_tested_in_the_same_version() -> None:
    assert pins("run.txt").items() <= pins("dev.txt").items()


@pytest.mark.parametrize("name", ["run", "dev"])
def test_what_is_asked_for_is_pinned(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.in").read_text()
    asked = re.findall(r"^([a-z][a-z0-9-]+)", text, re.MULTILINE)

    assert set(asked) <= pins(f"{name}.txt").keys()
