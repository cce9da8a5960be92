"""Files to rows. A file that cannot be read as a whole stops the import before it begins."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from catalog.importing import csv_columns
from catalog.importing.fields import hint
from catalog.importing.format import FORMAT
from catalog.importing.outcomes import Outcome, Verdict

MAX_BYTES = 64 * 1024 * 1024
MAX_CELL = 500_000
KINDS = ("organizations", "skills", "courses", "tracks")


class Unreadable(ValueError):
    """The file is no catalog; the message names it and says where it stops making sense."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path.name}: {problem}")


@dataclass
class Row:
    """``origins`` says where the parts of a course stood when a file of their own held them."""

    kind: str
    data: Any
    file: str
    place: str
    origins: dict[str, str] = field(default_factory=dict)

    def outcome(self, verdict: Verdict, reason: str = "") -> Outcome:
        return Outcome(self.kind, self.key, verdict, self.file, self.place, reason)

    @property
    def key(self) -> str:
        named = self.data if isinstance(self.data, dict) else {}
        return str(named.get("uri" if self.kind == "skills" else "external_id", ""))[:300]

    def located(self, problem: str) -> str:
        """The problem, with the file and line of the part that it is in."""
        inside = [path for path in self.origins if problem.startswith((f"{path}.", f"{path}:"))]
        return f"{problem} ({self.origins[max(inside, key=len)]})" if inside else problem


@dataclass
class Catalog:
    rows: list[Row]
    refused: list[Outcome]


def read(paths: Iterable[Path]) -> Catalog:
    """All rows of all files. Raises ``Unreadable``."""
    rows = [row for path in paths for row in _read_file(path)]
    whole = [row for row in rows if row.kind in KINDS]
    courses = {row.key: row for row in reversed(whole) if row.kind == "courses"}
    # Units come before their questions, in whatever order the files were given.
    refused = [
        outcome
        for kind, attach in (
            ("outcomes", _attach),
            ("units", _attach),
            ("runs", _attach),
            ("questions", _attach_question),
        )
        for row in rows
        if row.kind == kind and (outcome := attach(row, courses)) is not None
    ]
    return Catalog(whole, refused)


def _attach(row: Row, courses: dict[str, Row]) -> Outcome | None:
    course = courses.get(row.data.pop("course", ""))
    if course is None or not isinstance(course.data, dict):
        return row.outcome(Verdict.REFUSED, "course: no such course in these files")
    parts = course.data.setdefault(row.kind, [])
    if not isinstance(parts, list):
        return row.outcome(Verdict.REFUSED, f"course: its {row.kind} are no list")
    parts.append(row.data)
    course.origins[f"{row.kind}.{len(parts)}"] = f"{row.file}, {row.place}"
    return None


def _attach_question(row: Row, courses: dict[str, Row]) -> Outcome | None:
    course = courses.get(row.data.pop("course", ""))
    units = course.data.get("units", []) if course and isinstance(course.data, dict) else []
    wanted = row.data.pop("unit", "")
    for number, unit in enumerate(units if isinstance(units, list) else [], 1):
        if course and wanted and isinstance(unit, dict) and unit.get("external_id") == wanted:
            questions = unit.setdefault("questions", [])
            questions.append(row.data)
            path = f"units.{number}.questions.{len(questions)}"
            course.origins[path] = f"{row.file}, {row.place}"
            return None
    return row.outcome(Verdict.REFUSED, "unit: no such unit of that course in these files")


def _read_file(path: Path) -> Iterator[Row]:
    text = _text(path)
    if path.suffix.lower() == ".csv":
        return _csv_rows(path, text)
    if path.suffix.lower() == ".json":
        return _json_rows(path, text)
    if path.suffix.lower() == ".toml":
        return _toml_rows(path, text)
    raise Unreadable(path, "its name must end in .json, .toml or .csv")


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(path, str(error.strerror)) from error
    if len(content) > MAX_BYTES:
        raise Unreadable(path, f"is larger than {MAX_BYTES // 1024 // 1024} MB; split it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(path, f"is not UTF-8: byte {error.start}, in line {line}") from error


def _json_rows(path: Path, text: str) -> Iterator[Row]:
    try:
        document = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(path, f"is not JSON: {error.msg} at {where}") from error
    except RecursionError as error:
        raise Unreadable(path, "is nested too deep") from error
    except ValueError as error:
        raise Unreadable(path, f"is not JSON: {error}") from error
    return _rows_of(path, document)


def _toml_rows(path: Path, text: str) -> Iterator[Row]:
    """The same document in TOML, which is kinder to who writes lessons by hand."""
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(path, f"is not TOML: {error}") from error
    except RecursionError as error:
        raise Unreadable(path, "is nested too deep") from error
    return _rows_of(path, document)


def _rows_of(path: Path, document: Any) -> Iterator[Row]:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Unreadable(path, f'must be an object with "format": "{FORMAT}"')
    for name, entries in document.items():
        if name != "format" and name not in KINDS:
            raise Unreadable(path, f"unknown key {name!r}{hint(name, KINDS)}")
        if name != "format" and not isinstance(entries, list):
            raise Unreadable(path, f"{name} must be a list")
    return (
        Row(kind, data, path.name, f"{kind}, entry {number}")
        for kind in KINDS
        for number, data in enumerate(document.get(kind, []), 1)
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {max(names, key=names.count)!r} stands twice in one object")
    return made


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _csv_rows(path: Path, text: str) -> Iterator[Row]:
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        kind = _kind(path, header)
        start = reader.line_num + 1
        for cells in reader:
            # A cell may hold line ends: a row is known by the line on which it begins.
            place, start = f"line {start}", reader.line_num + 1
            if any(cells):
                yield _csv_row(path, kind, header, cells, place)
    except csv.Error as error:
        raise Unreadable(path, f"is not CSV: {error} at line {reader.line_num}") from error


def _csv_row(path: Path, kind: str, header: list[str], cells: list[str], place: str) -> Row:
    if len(cells) != len(header):
        named = dict(zip(header, cells, strict=False))
        named[f"{len(cells)} cells for {len(header)} columns"] = ""
        return Row(kind, named, path.name, place)
    row = csv_columns.to_json(kind, dict(zip(header, cells, strict=True)))
    return Row(kind, row, path.name, place)


def _kind(path: Path, header: list[str]) -> str:
    if len(set(header)) != len(header):
        raise Unreadable(path, "two columns have the same name")
    named = path.stem.lower()
    fitting = [kind for kind, it in csv_columns.KINDS.items() if it.needed <= set(header)]
    if named not in csv_columns.KINDS and not fitting:
        raise Unreadable(path, f"its header is none of {', '.join(csv_columns.KINDS)}")
    kind = (
        named
        if named in csv_columns.KINDS
        else max(fitting, key=lambda name: len(csv_columns.KINDS[name].columns.keys() & header))
    )
    known = csv_columns.KINDS[kind]
    for column in header:
        if column not in known.columns:
            raise Unreadable(
                path, f"unknown column {column!r} for {kind}{hint(column, known.columns)}"
            )
    missing = known.needed - set(header)
    if missing:
        raise Unreadable(path, f"lacks the column {', '.join(sorted(missing))} of {kind}")
    return kind
