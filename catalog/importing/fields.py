"""What one value of a row may be. Each parser returns the clean value or says what to change."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from lib.text import clean_text

MAX_TEXT = 100_000

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
"""The shape of a BCP 47 tag (RFC 5646 §2.1); whether it is registered is not our concern."""

Parser = Callable[[Any], Any]


class Invalid(ValueError):
    """The problems of a row or a value, each a sentence that begins with where it is."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Record:
    """An object with known keys. The result has only the keys that were given."""

    required: Mapping[str, Parser]
    optional: Mapping[str, Parser]

    def __call__(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Invalid(f"must be an object, not {said(value)}")
        parsers = {**self.required, **self.optional}
        problems = [
            f"{key}: is missing" for key in self.required if value.get(key) in (None, "", [])
        ]
        clean = {}
        for key, content in value.items():
            if key not in parsers:
                problems.append(f"{key}: unknown{hint(key, parsers)}")
            elif not any(problem == f"{key}: is missing" for problem in problems):
                try:
                    clean[key] = parsers[key](content)
                except Invalid as error:
                    problems += [_under(key, problem) for problem in error.problems]
        if problems:
            raise Invalid(*problems)
        return clean


def list_of(parse: Parser, *, most: int = 1000) -> Parser:
    def parse_list(value: Any) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            raise Invalid(f"must be a list, not {said(value)}")
        if len(value) > most:
            raise Invalid(f"has {len(value)} entries; at most {most} are allowed")
        clean, problems = [], []
        for number, item in enumerate(value, 1):
            try:
                clean.append(parse(item))
            except Invalid as error:
                problems += [_under(f"{number}", problem) for problem in error.problems]
        if problems:
            raise Invalid(*problems)
        return clean

    return parse_list


def text(most: int = MAX_TEXT, *, lines: bool = False) -> Parser:
    def parse(value: Any) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Invalid(f"must be text, not {said(value)}")
        try:
            clean = clean_text(value, lines=lines)
        except ValueError as error:
            raise Invalid(str(error)) from error
        if len(clean) > most:
            raise Invalid(f"has {len(clean)} characters; at most {most} are allowed")
        return clean

    return parse


def identifier(most: int = 200) -> Parser:
    one_line = text(most)

    def parse(value: Any) -> str:
        clean: str = one_line(value)
        if not clean:
            raise Invalid("is empty")
        return clean

    return parse


def whole_number(least: int, most: int, *, or_none: bool = False) -> Parser:
    def parse(value: Any) -> int | None:
        if value is None and or_none:
            return None
        # bool is an int to Python, but not to whoever wrote the file.
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise Invalid(f"must be a whole number from {least} to {most}, not {said(value)}")
        return value

    return parse


def percent_or_none(value: Any) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise Invalid(f"must be a number from 0 to 100, not {said(value)}")
    return Decimal(str(value)).quantize(Decimal("0.01"))


def amount(most: int, *, least: str = "0", places: int) -> Parser:
    """A number with at most so many decimal places, or nothing."""

    def parse(value: Any) -> Decimal | None:
        if value is None:
            return None
        is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        # Written as the file's author wrote it: a float's own digits are 0.1000000000000000055…
        number = Decimal(str(value)) if is_number else Decimal("NaN")
        if not number.is_finite() or not Decimal(least) <= number <= most:
            raise Invalid(f"must be a number from {least} to {most}, not {said(value)}")
        if round(number, places) != number:
            raise Invalid(f"has more than {places} decimal places: {said(value)}")
        return round(number, places)

    return parse


def boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"must be true or false, not {said(value)}")
    return value


def one_of(allowed: Collection[str]) -> Parser:
    def parse(value: Any) -> str:
        if value not in allowed:
            near = hint(value, allowed) if isinstance(value, str) else ""
            raise Invalid(f"must be one of {', '.join(allowed)}, not {said(value)}{near}")
        return str(value)

    return parse


def date_or_none(value: Any) -> datetime.date | None:
    if value in (None, ""):
        return None
    # TOML has dates of its own; a moment is one, too, but says more than was asked.
    if type(value) is datetime.date:
        return value
    try:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            raise ValueError
        return datetime.date.fromisoformat(value)
    except ValueError:
        raise Invalid(f"must be a date such as 2026-09-30, not {said(value)}") from None


def language(value: Any) -> str:
    clean: str = text(35)(value)
    if not LANGUAGE.fullmatch(clean):
        raise Invalid(f"must be a language tag such as en or zh-Hant, not {said(value)}")
    return clean


def country(value: Any) -> str:
    clean: str = text(2)(value)
    if clean and not re.fullmatch(r"[A-Z]{2}", clean):
        raise Invalid(f"must be two capital letters such as US, not {said(value)}")
    return clean


def currency(value: Any) -> str:
    clean: str = text(3)(value)
    if clean and not re.fullmatch(r"[A-Z]{3}", clean):
        raise Invalid(f"must be three capital letters such as EUR, not {said(value)}")
    return clean


def time_zone(value: Any) -> str:
    name = text(64)(value)
    if name not in available_timezones():
        raise Invalid(f"must be a time zone like Europe/Berlin, not {said(value)}")
    return str(name)


def url(most: int) -> Parser:
    one_line = text(most)
    check = URLValidator(schemes=["http", "https"])

    def parse(value: Any) -> str:
        clean: str = one_line(value)
        try:
            if clean:
                check(clean)
        except ValidationError:
            raise Invalid(f"must be an http or https address, not {said(value)}") from None
        return clean

    return parse


def email(value: Any) -> str:
    clean: str = text(254)(value)
    try:
        if clean:
            validate_email(clean)
    except ValidationError:
        raise Invalid(f"must be an e-mail address, not {said(value)}") from None
    return clean


def said(value: Any) -> str:
    """``value`` as the file's author would recognize it, and never longer than a line."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return ascii_quoted(value)
        case _:
            return str(value)[:40]


def ascii_quoted(value: str) -> str:
    short = value if len(value) <= 40 else f"{value[:39]}…"
    return "“" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in short) + "”"


def hint(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean “{near[0]}”?" if near else ""


def _under(key: str, problem: str) -> str:
    """``units`` + ``3: title: is empty`` → ``units.3.title: is empty``"""
    path, separator, rest = problem.partition(": ")
    is_path = bool(separator) and re.fullmatch(r"[\w.]+", path) is not None
    return f"{key}.{path}: {rest}" if is_path else f"{key}: {problem}"
