"""The three files of a release, plain or gzip, read row by row and never as a whole."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "esco"
"""ESCO without its descriptions, as it comes with Cairn."""

SKILLS = "esco_skills"
OCCUPATIONS = "esco_occupations"
LINKS = "esco_occupation_skills"
NEEDED = {
    SKILLS: ("id", "label", "alt_labels", "skill_type", "collections"),
    OCCUPATIONS: ("id", "label", "alt_labels", "isco08"),
    LINKS: ("occupation_row", "skill_row", "relation"),
}
MAX_BYTES = 64 * 1024 * 1024
"""Of one file, unpacked: five times the largest of ESCO's."""
MAX_ROWS = {SKILLS: 50_000, OCCUPATIONS: 20_000, LINKS: 500_000}
MAX_CELL = 100_000


class Unreadable(ValueError):
    """A file is missing or wrong; the message names it, the line, and what to change."""

    def __init__(self, path: Path, problem: str, *, line: int | None = None) -> None:
        where = path.name if line is None else f"{path.name}, line {line}"
        super().__init__(f"{where}: {problem}")


@dataclass(frozen=True)
class Row:
    path: Path
    line: int
    cells: dict[str, str]

    def refuse(self, problem: str) -> Unreadable:
        return Unreadable(self.path, problem, line=self.line)


class Release:
    """The files of one folder. Raises ``Unreadable`` if one of them is missing."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise Unreadable(folder, "is no folder; give the one that holds the ESCO files")
        self.paths = {name: _find(folder, name) for name in NEEDED}

    def count(self) -> int:
        """About how many rows there are: a cell may hold line ends. For a progress bar."""
        total = 0
        for path in self.paths.values():
            with _opened(path) as file:
                total += sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        return total - len(self.paths)

    def rows(self, name: str) -> Iterator[Row]:
        path = self.paths[name]
        with _opened(path) as file:
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
            reader = csv.reader(text, strict=True)
            csv.field_size_limit(MAX_CELL)
            try:
                header = _checked_header(path, name, next(reader, []))
                first = line = reader.line_num + 1
                for number, cells in enumerate(reader):
                    # A cell may hold line ends: a row is known by the line on which it begins.
                    begins, line = line, reader.line_num + 1
                    if number >= MAX_ROWS[name]:
                        most = f"{MAX_ROWS[name]:,} rows are the most that are read"
                        raise Unreadable(path, most, line=begins)
                    if len(cells) != len(header):
                        problem = f"has {len(cells)} cells, the header {len(header)}; quote commas"
                        raise Unreadable(path, problem, line=begins)
                    yield Row(path, begins, dict(zip(header, cells, strict=True)))
                if line == first:
                    # It would retire everything.
                    raise Unreadable(path, "has no rows below its header; fetch it again")
            except csv.Error as error:
                raise Unreadable(path, f"is not CSV: {error}", line=reader.line_num) from error
            except UnicodeDecodeError as error:
                problem = "is not UTF-8 soon after this line; save the file as UTF-8"
                raise Unreadable(path, problem, line=reader.line_num) from error


def _find(folder: Path, name: str) -> Path:
    for path in (folder / f"{name}.csv.gz", folder / f"{name}.csv"):
        if path.is_file():
            return path
    raise Unreadable(folder, f"holds neither {name}.csv.gz nor {name}.csv")


def _checked_header(path: Path, name: str, header: list[str]) -> list[str]:
    if len(set(header)) != len(header):
        raise Unreadable(path, "two columns have the same name", line=1)
    missing = [column for column in NEEDED[name] if column not in header]
    if missing:
        problem = f"lacks the column {', '.join(missing)}; docs/esco.md lists them"
        raise Unreadable(path, problem, line=1)
    return header


class _Limited(io.RawIOBase):
    """Stops a file that unpacks to more than anyone should read."""

    def __init__(self, source: IO[bytes], path: Path) -> None:
        self.source, self.path, self.left = source, path, MAX_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        block = self.source.read(len(buffer))
        self.left -= len(block)
        if self.left < 0:
            megabytes = MAX_BYTES // 1024 // 1024
            raise Unreadable(self.path, f"holds more than {megabytes} MB; is it an ESCO file?")
        buffer[: len(block)] = block
        return len(block)


@contextmanager
def _opened(path: Path) -> Iterator[io.BufferedReader]:
    try:
        with path.open("rb") as packed:
            unpacked = gzip.GzipFile(fileobj=packed) if path.suffix == ".gz" else packed
            source = cast("IO[bytes]", unpacked)
            yield io.BufferedReader(_Limited(source, path), buffer_size=1 << 16)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        problem = f"is cut off or damaged ({error}); fetch it again"
        raise Unreadable(path, problem) from error
    except OSError as error:
        raise Unreadable(path, str(error.strerror or error)) from error
