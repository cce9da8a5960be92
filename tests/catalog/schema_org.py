"""What schema.org and Google let the types that we use have, and the validator over it.

https://schema.org/Course and the pages of the other types;
https://developers.google.com/search/docs/appearance/structured-data/course-info
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

DURATION = re.compile(r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?)?")
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


def text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def address(value: Any) -> bool:
    return text(value) and urlsplit(value).scheme in {"http", "https"}


def number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def day(value: Any) -> bool:
    return text(value) and bool(datetime.date.fromisoformat(value))


def matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: text(value) and bool(pattern.fullmatch(value))


def one_of(*names: str) -> Callable[[Any], bool]:
    return lambda value: value in names


def a(*types: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and value.get("@type") in types


def any_(*checks: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: any(check(value) for check in checks)


THING = {"name": text, "url": address, "@id": address, "description": text}
CREDENTIAL = a("EducationalOccupationalCredential")
TYPES: dict[str, dict[str, Callable[[Any], bool]]] = {
    "Thing": THING,
    "Organization": THING,
    "DefinedTerm": {**THING, "termCode": text},
    "QuantitativeValue": {"value": number, "unitText": text},
    "Course": {
        **THING,
        "about": a("Thing", "DefinedTerm"),
        "inLanguage": matches(TAG),
        "provider": a("Organization"),
        "educationalLevel": text,
        "timeRequired": matches(DURATION),
        "numberOfCredits": a("QuantitativeValue"),
        "coursePrerequisites": text,
        "teaches": any_(text, a("DefinedTerm")),
        "educationalCredentialAwarded": CREDENTIAL,
        "isAccessibleForFree": lambda value: isinstance(value, bool),
        "offers": a("Offer"),
        "hasCourseInstance": a("CourseInstance"),
    },
    "CourseInstance": {
        **THING,
        "courseMode": one_of("online", "onsite", "blended"),
        "courseWorkload": matches(DURATION),
        "startDate": day,
        "endDate": day,
    },
    "Offer": {
        **THING,
        "category": one_of("Free", "Paid"),
        "price": number,
        "priceCurrency": matches(re.compile("[A-Z]{3}")),
    },
    "EducationalOccupationalProgram": {
        **THING,
        "provider": a("Organization"),
        "timeToComplete": matches(DURATION),
        "educationalCredentialAwarded": CREDENTIAL,
        "hasCourse": a("Course"),
    },
    "EducationalOccupationalCredential": {
        **THING,
        "credentialCategory": text,
        "recognizedBy": a("Organization"),
        "competencyRequired": a("DefinedTerm"),
    },
}
# Of a description that stands alone; a course that a program names may be just a name.
NEEDED = {
    "Course": {"name", "description", "provider", "url"},
    "EducationalOccupationalProgram": {"name", "description", "provider", "url"},
    "CourseInstance": {"courseMode"},
    "Offer": {"category"},
    "Organization": {"name"},
    "DefinedTerm": {"name"},
}


def faults(document: dict[str, Any]) -> list[str]:
    """What is wrong with it; nothing when it is valid."""
    context = [] if document.get("@context") == "https://schema.org" else ["no context"]
    body = {name: value for name, value in document.items() if name != "@context"}
    return [*context, *_faults(body, is_part=False)]


def _faults(node: dict[str, Any], *, is_part: bool) -> Iterator[str]:
    kind = node.get("@type", "")
    if kind not in TYPES:
        yield f"unknown type {kind!r}"
        return
    needed = {"name"} if is_part and kind == "Course" else NEEDED.get(kind, set())
    yield from (f"{kind} lacks {name}" for name in needed - node.keys())
    for name, value in node.items():
        if name == "@type":
            continue
        check = TYPES[kind].get(name)
        if check is None:
            yield f"{kind} has no {name}"
            continue
        for one in value if isinstance(value, list) else [value]:
            if not check(one):
                yield f"{kind}.{name} cannot be {one!r}"
            elif isinstance(one, dict):
                yield from _faults(one, is_part=True)
