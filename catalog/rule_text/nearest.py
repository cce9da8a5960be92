"""What somebody may have meant by a name that nothing has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from accounts.models import Organization
from catalog.models import Course, Skill, Track
from catalog.rule_text.names import COURSE, CREDENTIAL, ISSUER, SKILL, TRACK
from catalog.rule_text.writing import quoted

MOST = 3
MOST_WORDS = 6
STEM = 3
"""So many letters of a word must be right for the database to find what it is in."""
CANDIDATES = 100
LIKE = 0.6
"""How alike two names are from which on one may be meant by the other, from 0 to 1."""


class Near(NamedTuple):
    name: str
    """As it is written in a rule."""
    title: str


Nearest = Callable[[str, str], Sequence[Near]]
"""Finds, for a kind and a name, the few things of this kind that are called most alike."""


def nothing_near(kind: str, name: str) -> Sequence[Near]:
    return ()


def catalog_nearest(*, courses: QuerySet[Course], tracks: QuerySet[Track]) -> Nearest:
    """Looks among these courses and tracks: one query for each name."""
    among: Mapping[str, tuple[QuerySet[Any], str, str]] = {
        COURSE: (courses, "slug", "title"),
        TRACK: (tracks.exclude(achievement=None), "slug", "title"),
        CREDENTIAL: (courses.exclude(achievement=None), "slug", "title"),
        SKILL: (Skill.objects.in_use(), "label", "label"),
        ISSUER: (Organization.objects.all(), "slug", "name"),
    }

    def nearest(kind: str, name: str) -> Sequence[Near]:
        queryset, written, title = among[kind]
        stems = [word[:STEM] for word in re.findall(r"\w+", name.casefold())[:MOST_WORDS]]
        if not stems:
            return ()
        hits: Combinable = sum(
            (
                Case(When(_has(stem, {written, title}), then=1), default=0, output_field=_NUMBER)
                for stem in stems
            ),
            start=Value(0),
        )
        rows = (
            queryset.annotate(hits=hits)
            .filter(hits__gt=0)
            .order_by("-hits", title, "pk")
            .values_list(F(written), F(title))[:CANDIDATES]
        )
        likeness = {Near(quoted(slug), said): _likeness(name, slug, said) for slug, said in rows}
        found = [near for near, much in likeness.items() if much >= LIKE]
        return sorted(found, key=lambda near: (-likeness[near], near.title))[:MOST]

    return nearest


_NUMBER = IntegerField()


def _has(stem: str, fields: set[str]) -> Q:
    found = Q()
    for field in sorted(fields):
        found |= Q(**{f"{field}__icontains": stem})
    return found


def _likeness(name: str, *called: str) -> float:
    """Whoever has typed words of a title means it: the more of it, the more likely."""
    typed = name.casefold()
    best = 0.0
    for other in map(str.casefold, called):
        ratio = SequenceMatcher(None, typed, other).ratio()
        is_part = all(word in other for word in typed.split())
        best = max(best, LIKE + (1 - LIKE) * ratio if is_part else ratio)
    return best
