"""Pages of courses and tracks: what is the same for all visitors, rendered in parts."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog import (
    choices,
    elements,
    equivalents,
    prerequisites,
    prices,
    reach,
    rules,
    stack_picture,
    stacks,
    structured,
    translating,
)
from catalog.judging import Evidence
from catalog.models import AchievementVersion, Course, Track
from catalog.models.courses import CourseQuerySet
from catalog.models.tracks import TrackQuerySet


def course_page(courses: CourseQuerySet, slug: str, *, language: str = "") -> dict[str, Any]:
    """The parts of a course's page that are the same for all visitors of a language.

    ``language`` is one that a visitor has chosen for this course, instead of the interface's.
    """
    course = get_object_or_404(
        courses.select_related("provider", "awarding_body", "achievement")
        .prefetch_related("runs", "translations")
        .with_workload(),
        slug=slug,
    )
    original, languages = course.language, translating.languages(course)
    translating.into(course, language or get_language() or original)
    units = list(course.units.prefetch_related("translations"))
    if course.language != original:
        translating.units_into(units, course.language)
    # A draft has none before it is published for the first time.
    achievement = getattr(course, "achievement", None)
    outcomes = list(course.outcomes.all())
    minutes = getattr(course, "minutes", 0)
    stated = elements.elements(course, minutes=minutes, outcomes=len(outcomes))
    asked = prerequisites.in_words(course)
    counted_as = equivalents.counted_as(course.pk)
    context: dict[str, Any] = {
        "crumbs": _crumbs(_("Courses"), "catalog:courses", here=course.title),
        "course": course,
        "price": prices.of(course, day=timezone.localdate()),
        "asked": asked,
        "asked_for": prerequisites.named(course) if asked else [],
        "outcomes": outcomes,
        "elements": [one for one in stated if one.value and one.key in elements.FINE_PRINT],
        "level_stage": elements.HELP.get(course.eqf_level or 0, ""),
        "version": achievement and achievement.versions.current().first(),
        "skills": list(course.skills.all()),
        "units": units,
        "original": original,
        "others": [tag for tag in languages if tag != course.language],
        "successors": _successors(course) if not course.is_published else [],
        "tracks": list(
            _tracks_over(
                Q(rule_nodes__course__in=[course.pk, *counted_as])
                | Q(rule_nodes__achievement__course=course)
            )
        ),
    }
    needs = [(track, reach.need(track)) for track in context["tracks"]]
    linked = structured.course(
        course,
        minutes=minutes,
        skills=context["skills"],
        outcomes=outcomes,
        version=context["version"],
    )
    return {
        "course": course,
        "languages": languages if len(languages) > 1 else [],
        "needs": needs,
        "counted_as": counted_as,
        "asks": bool(asked),
        "json_ld": linked_data(linked),
        **_rendered(COURSE_PARTS, context),
    }


_NO_MARKUP = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def linked_data(document: dict[str, Any]) -> SafeString:
    """JSON-LD for a ``<script>`` that nobody runs: nothing in it can end that element."""
    return mark_safe(json.dumps(document, ensure_ascii=False).translate(_NO_MARKUP))  # noqa: S308


COURSE_PARTS = {
    "head": "catalog/_course_head.html",
    "facts": "catalog/_course_facts.html",
    "body": "catalog/_course_body.html",
}
TRACK_PARTS = {
    "head": "catalog/_track_head.html",
    "way": "catalog/_way.html",
    "choices": "catalog/_choices.html",
    "body": "catalog/_track_body.html",
}


def _rendered(parts: dict[str, str], context: dict[str, Any]) -> dict[str, SafeString]:
    return {name: render_to_string(template, context) for name, template in parts.items()}


def track_page(slug: str) -> dict[str, Any]:
    """The parts of a track's page that are the same for all visitors."""
    track = get_object_or_404(
        Track.objects.public().select_related("organization", "achievement__awarding_body"),
        slug=slug,
    )
    version = get_object_or_404(track.achievement.versions.current())
    tree = rules.load(version)
    loader = stacks.Loader(track.achievement)
    stack = loader.part()
    need = reach.need(track, loader)
    way = reach.way(track, reach.Progress(need, Evidence(), at=timezone.now()))
    context: dict[str, Any] = {
        "crumbs": _crumbs(_("Tracks"), "catalog:tracks", here=track.title),
        "track": track,
        "version": version,
        "level_stage": elements.HELP.get(version.eqf_level or 0, ""),
        "way": way,
        # What the version states was so when it was published; courses have gone since, maybe.
        "minutes": way.left if way.is_open else version.workload_minutes,
        "choices": choices.choices(stack, need),
        "shortest": len(way.courses) + way.more,
        "skills": list(version.skills.all()),
        "tracks": list(_tracks_over(Q(rule_nodes__achievement=track.achievement))),
    }
    linked = structured.track(
        track,
        version=version,
        skills=context["skills"],
        courses=[course for course in loader.courses.values() if course.is_public],
    )
    return {
        "track": track,
        "version": version,
        "need": need,
        "json_ld": linked_data(linked),
        "rule": rules.sentence(tree, names=rules.leaf_names(tree)) if tree else version.criteria,
        "stack": stack,
        "picture": stack_picture.render(stack),
        **_rendered(TRACK_PARTS, context),
    }


def _crumbs(above: str, view: str, *, here: str) -> list[dict[str, str]]:
    return [{"label": above, "url": reverse(view)}, {"label": Truncator(here).chars(60)}]


def published_tracks() -> TrackQuerySet:
    """As cards need them; ``minutes`` is the least workload that the rule in force asks for."""
    in_force = AchievementVersion.objects.current().filter(achievement__track=OuterRef("pk"))
    return (
        Track.objects.published()
        .filter(achievement__isnull=False)
        .select_related("organization", "achievement")
        .annotate(minutes=Subquery(in_force.values("workload_minutes")[:1]))
        .order_by("title")
    )


def _successors(course: Course) -> list[Course]:
    """The courses that can be taken in the place of this one, wherever a rule asks for it."""
    counting = equivalents.counting_as([course.pk]).get(course.pk, [])
    return list(Course.objects.published().filter(pk__in=counting).order_by("title"))


def _tracks_over(part: Q) -> TrackQuerySet:
    """The tracks whose rule in force names this part."""
    return published_tracks().filter(
        achievement__versions__in=AchievementVersion.objects.current().filter(part)
    )
