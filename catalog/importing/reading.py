"""Files to rows. A file that cannot be read as a whole stops the import before it begins."""

from __future__ import annotations

import codecs
import csv
import io
import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from catalog.importing import csv_columns
from catalog.importing.fields import hint
from catalog.importing.format import FORMAT
from catalog.importing.outcomes import Outcome, Verdict
from catalog.importing.spool import Spool

MAX_BYTES = 64 * 1024 * 1024
MAX_CELL = 500_000
KINDS = ("organizations", "skills", "courses", "tracks")


class Unreadable(ValueError):
    """The file is no catalog; the message names it and says where it stops making sense."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path.name}: {problem}")


Raw = tuple[str, Any, str, str]
"""A kind, the data, the file and the place in it."""


@dataclass(slots=True)
class Row:
    """What a file says of one thing. The data are on disk, with where a course's parts stood."""

    kind: str
    key: str
    file: str
    place: str
    _spool: Spool
    _at: int

    @classmethod
    def put(cls, spool: Spool, raw: Raw) -> Row:
        kind, data, file, place = raw
        named = data if isinstance(data, dict) else {}
        key = str(named.get("uri" if kind == "skills" else "external_id", ""))[:300]
        return cls(kind, key, file, place, spool, spool.put((data, {})))

    @property
    def data(self) -> Any:
        return self.load()[0]

    def load(self) -> tuple[Any, dict[str, str]]:
        data, origins = self._spool.get(self._at)
        return data, origins

    def save(self, data: Any, origins: dict[str, str]) -> None:
        self._at = self._spool.put((data, origins))

    def outcome(self, verdict: Verdict, reason: str = "") -> Outcome:
        return Outcome(self.kind, self.key, verdict, self.file, self.place, reason)

    def located(self, problem: str) -> str:
        """The problem, with the file and line of the part that it is in."""
        _, origins = self.load()
        inside = [path for path in origins if problem.startswith((f"{path}.", f"{path}:"))]
        return f"{problem} ({origins[max(inside, key=len)]})" if inside else problem


@dataclass
class Catalog:
    rows: list[Row]
    refused: list[Outcome]


def read(paths: Iterable[Path]) -> Catalog:
    """All rows of all files. Raises ``Unreadable``."""
    spool = Spool()
    rows = [Row.put(spool, raw) for path in paths for raw in _read_file(path)]
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
    part = row.data
    course = courses.get(part.pop("course", ""))
    data, origins = course.load() if course else (None, {})
    if course is None or not isinstance(data, dict):
        return row.outcome(Verdict.REFUSED, "course: no such course in these files")
    parts = data.setdefault(row.kind, [])
    if not isinstance(parts, list):
        return row.outcome(Verdict.REFUSED, f"course: its {row.kind} are no list")
    parts.append(part)
    origins[f"{row.kind}.{len(parts)}"] = f"{row.file}, {row.place}"
    course.save(data, origins)
    return None


def _attach_question(row: Row, courses: dict[str, Row]) -> Outcome | None:
    question = row.data
    course = courses.get(question.pop("course", ""))
    data, origins = course.load() if course else (None, {})
    units = data.get("units", []) if isinstance(data, dict) else []
    wanted = question.pop("unit", "")
    for number, unit in enumerate(units if isinstance(units, list) else [], 1):
        if course and wanted and isinstance(unit, dict) and unit.get("external_id") == wanted:
            questions = unit.setdefault("questions", [])
            questions.append(question)
            path = f"units.{number}.questions.{len(questions)}"
            origins[path] = f"{row.file}, {row.place}"
            course.save(data, origins)
            return None
    return row.outcome(Verdict.REFUSED, "unit: no such unit of that course in these files")


def _read_file(path: Path) -> Iterator[Raw]:
    content = _content(path)
    if path.suffix.lower() == ".csv":
        return _csv_rows(path, content)
    if path.suffix.lower() == ".json":
        return _json_rows(path, content.decode())
    if path.suffix.lower() == ".toml":
        return _toml_rows(path, content.decode())
    raise Unreadable(path, "its name must end in .json, .toml or .csv")


def _content(path: Path) -> bytes:
    """The file, which is UTF-8, without a byte order mark."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(path, str(error.strerror)) from error
    if len(content) > MAX_BYTES:
        raise Unreadable(path, f"is larger than {MAX_BYTES // 1024 // 1024} MB; split it")
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = f"is not UTF-8: byte {error.start}, in line {line}; save it as UTF-8"
        raise Unreadable(path, problem) from error
    return content.removeprefix(codecs.BOM_UTF8)


def _json_rows(path: Path, text: str) -> Iterator[Raw]:
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


def _toml_rows(path: Path, text: str) -> Iterator[Raw]:
    """The same document in TOML, which is kinder to who writes lessons by hand."""
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(path, f"is not TOML: {error}") from error
    except RecursionError as error:
        raise Unreadable(path, "is nested too deep") from error
    return _rows_of(path, document)


def _rows_of(path: Path, document: Any) -> Iterator[Raw]:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Unreadable(path, f'must be an object with "format": "{FORMAT}"')
    for name, entries in document.items():
        if name != "format" and name not in KINDS:
            raise Unreadable(path, f"unknown key {name!r}{hint(name, KINDS)}")
        if name != "format" and not isinstance(entries, list):
            raise Unreadable(path, f"{name} must be a list")
    return (
        (kind, data, path.name, f"{kind}, entry {number}")
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


def _csv_rows(path: Path, content: bytes) -> Iterator[Raw]:
    csv.field_size_limit(MAX_CELL)
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
    reader = csv.reader(text, strict=True)
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


def _csv_row(path: Path, kind: str, header: list[str], cells: list[str], place: str) -> Raw:
    if len(cells) != len(header):
        named = dict(zip(header, cells, strict=False))
        named[f"{len(cells)} cells for {len(header)} columns"] = ""
        return kind, named, path.name, place
    row = csv_columns.to_json(kind, dict(zip(header, cells, strict=True)))
    return kind, row, path.name, place


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
            if ";" in column:
                raise Unreadable(path, "its columns are parted by semicolons; save it with commas")
            raise Unreadable(
                path, f"unknown column {column!r} for {kind}{hint(column, known.columns)}"
            )
    missing = known.needed - set(header)
    if missing:
        raise Unreadable(path, f"lacks the column {', '.join(sorted(missing))} of {kind}")
    return kind
