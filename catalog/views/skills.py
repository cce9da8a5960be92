"""What a skill is for, and what an occupation needs: two ways from a goal to courses."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.cards import with_texts
from catalog.models import (
    AchievementVersion,
    Course,
    CourseSkill,
    Occupation,
    OccupationSkill,
    Skill,
    Status,
)
from catalog.models.concepts import MAX_SEARCH
from catalog.models.courses import CourseQuerySet
from catalog.pages import published_tracks

PAGE_SIZE = 20
FEW = 24
"""Some skills are needed by a thousand occupations: the rest are a page of their own."""
ESSENTIAL, OPTIONAL = OccupationSkill.Relation.ESSENTIAL, OccupationSkill.Relation.OPTIONAL


@login_not_required
@require_safe
def skill(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Retired skills keep their page: credentials name them."""
    skill = get_object_or_404(Skill, public_id=public_id)
    taught = Course.objects.published().filter(skills=skill)
    page = Paginator(taught.order_by("title", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    needing = OccupationSkill.objects.filter(skill=skill, occupation__retired_at=None)
    counts = dict(needing.order_by().values_list("relation").annotate(n=Count("pk")))
    titles = ((ESSENTIAL, _("Essential for")), (OPTIONAL, _("Useful for")))
    return render(
        request,
        "catalog/skill.html",
        {
            "crumbs": _crumbs(skill.label),
            "skill": skill,
            "page": page,
            "courses": with_texts(cast("CourseQuerySet", page.object_list)),
            "tracks": _tracks_that_prove(skill)[:12],
            "needed": [
                (relation.value, title, counts[relation], _some_occupations(needing, relation))
                for relation, title in titles
                if relation in counts
            ],
            "few": FEW,
        },
    )


def _tracks_that_prove(skill: Skill) -> Any:
    versions = AchievementVersion.objects.current().filter(skills=skill)
    return published_tracks().filter(achievement__versions__in=versions)


def _some_occupations(needing: Any, relation: OccupationSkill.Relation) -> list[Occupation]:
    links = needing.filter(relation=relation).select_related("occupation")
    named = links.only("occupation__label", "occupation__public_id")
    return [link.occupation for link in named.order_by("occupation__label", "pk")[:FEW]]


@login_not_required
@require_safe
def occupations(request: HttpRequest) -> HttpResponse:
    """Each search is an address. ``needs`` is the id of a skill; one unknown filters nothing."""
    text = request.GET.get("q", "")[:MAX_SEARCH].strip()
    needed = _skill_or_none(request.GET.get("needs", ""))
    found = Occupation.objects.in_use()
    if needed:
        found = found.needing(needed)
    page = Paginator(
        found.matching(text).only("label", "alt_labels", "public_id")
        if text
        else found.only("label", "alt_labels", "public_id").order_by("label", "pk"),
        PAGE_SIZE,
    ).get_page(request.GET.get("page"))
    others = request.GET.copy()
    others.pop("page", None)
    return render(
        request,
        "catalog/occupations.html",
        {"q": text, "needed": needed, "page": page, "querystring": others.urlencode()},
    )


def _skill_or_none(text: str) -> Skill | None:
    try:
        return Skill.objects.filter(public_id=uuid.UUID(text)).first()
    except ValueError:
        return None


@login_not_required
@require_safe
def occupation(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    occupation = get_object_or_404(Occupation, public_id=public_id)
    published = Q(skill__course_skills__course__status=Status.PUBLISHED)
    links = list(
        OccupationSkill.objects.filter(occupation=occupation)
        .select_related("skill")
        .only("relation", "skill__label", "skill__public_id")
        .annotate(courses=Count("skill__course_skills", filter=published))
        .order_by("-courses", "skill__label", "pk")
    )
    essential = [link for link in links if link.relation == ESSENTIAL]
    return render(
        request,
        "catalog/occupation.html",
        {
            "crumbs": _crumbs(occupation.label),
            "occupation": occupation,
            "essential": essential,
            "optional": [link for link in links if link.relation == OPTIONAL],
            "covered": sum(bool(link.courses) for link in essential),
            "courses": _courses_that_lead_there([link.skill_id for link in essential]),
        },
    )


def _courses_that_lead_there(skill_ids: list[int]) -> list[Course]:
    """Those that teach most of the skills."""
    most = (
        CourseSkill.objects.filter(skill__in=skill_ids, course__status=Status.PUBLISHED)
        .values_list("course", flat=True)
        .annotate(n=Count("pk"))
        .order_by("-n", "course__title", "course")[:6]
    )
    ids = list(most)
    found = {course.pk: course for course in with_texts(Course.objects.filter(pk__in=ids))}
    return [found[pk] for pk in ids]


def _crumbs(here: str) -> list[dict[str, str]]:
    above = {"label": _("Occupations"), "url": reverse("catalog:occupations")}
    return [above, {"label": Truncator(here).chars(60)}]
