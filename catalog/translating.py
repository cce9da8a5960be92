"""Showing a course in the reader's language where somebody has translated it.

The fallback is the course's own language, text by text: what a translation leaves empty is shown as
it was written. ``language`` of what is shown says which one it is, for the page's ``lang``.
"""

from __future__ import annotations

from collections.abc import Iterable

from catalog.models import Course, CourseTranslation, Unit

TEXTS = ("title", "summary", "description", "prerequisites")


def best(offered: Iterable[str], wanted: str) -> str | None:
    """The tag that fits ``wanted``: the same, or else one of the same language (RFC 4647 §3.4)."""
    tags = sorted(offered)
    same = [tag for tag in tags if tag.lower() == wanted.lower()]
    primary = [tag for tag in tags if _primary(tag) == _primary(wanted)]
    return next(iter([*same, *primary]), None)


def _primary(tag: str) -> str:
    return tag.lower().partition("-")[0]


def languages(course: Course) -> list[str]:
    """All in which the course can be read, its own first."""
    return [course.language, *(one.language for one in course.translations.all())]


def into(course: Course, wanted: str) -> str | None:
    """Put the texts of the best translation into this object, which must not be saved.

    Returns the language taken; none when the course stays as it is.
    """
    if not wanted or course.language.lower() == wanted.lower():
        return None
    offered = {one.language: one for one in course.translations.all()}
    if _primary(course.language) == _primary(wanted):
        # Its own language is the nearest, unless somebody has written just this variety.
        tag = wanted if wanted in offered else None
    else:
        tag = best(offered, wanted)
    if tag:
        _put(course, offered[tag])
    return tag


def _put(course: Course, translation: CourseTranslation) -> None:
    for name in TEXTS:
        if text := getattr(translation, name):
            setattr(course, name, text)
    course.language = translation.language


def units_into(units: Iterable[Unit], wanted: str) -> None:
    """Put the texts of the best translations into these objects, which must not be saved."""
    for unit in units:
        found = {one.language: one for one in unit.translations.all()}
        tag = best(found, wanted) if found else None
        if tag:
            unit.title = found[tag].title
            unit.body = found[tag].body or unit.body
