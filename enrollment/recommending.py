"""Courses for the occupation that a learner aims for, each with the reason why.

What counts is what a course adds: skills that the occupation needs and that neither a completed
course nor a course further up the list teaches. How many others take it does not count.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef

from accounts.models import User
from catalog.models import Course, CourseSkill, Occupation, OccupationSkill, Skill
from enrollment.models import Enrollment

MOST = 3
NAMED = 3
"""Skills that a reason names; the rest are a number."""
ESSENTIAL_WEIGHS = 3
"""As much as so many skills that the occupation only finds useful."""


@dataclass(frozen=True)
class Recommendation:
    """A course, and what of the occupation's skills it adds: the essential ones come first."""

    course: Course
    essential: tuple[Skill, ...]
    useful: tuple[Skill, ...]

    @property
    def skills(self) -> tuple[Skill, ...]:
        return self.essential or self.useful

    @property
    def named(self) -> tuple[Skill, ...]:
        return self.skills[:NAMED]

    @property
    def more(self) -> int:
        return len(self.skills) - len(self.named)


@dataclass(frozen=True)
class Advice:
    """``held`` of ``needed`` essential skills were taught by courses that the learner completed."""

    occupation: Occupation
    held: int
    needed: int
    recommendations: tuple[Recommendation, ...]


def advice(learner: User) -> Advice | None:
    """In two queries, whatever the number of enrollments; ``None`` without a goal."""
    links = _links(learner)
    occupation = links[0].occupation if links else aimed_for(learner)
    if occupation is None:
        return None
    essential = [link for link in links if link.relation == OccupationSkill.Relation.ESSENTIAL]
    missing = {link.skill_id: link for link in links if not _is_held(link)}
    teaching = _teaching(missing, learner)
    chosen = _choose(teaching, missing)
    return Advice(
        occupation=occupation,
        held=sum(_is_held(link) for link in essential),
        needed=len(essential),
        recommendations=tuple(
            _recommendation(course, [missing[pk] for pk in skills]) for course, skills in chosen
        ),
    )


def aimed_for(learner: User) -> Occupation | None:
    return Occupation.objects.filter(goals__learner=learner).first()


def _links(learner: User) -> list[OccupationSkill]:
    """What the occupation that the learner aims for needs; ``is_held`` is added."""
    taught = CourseSkill.objects.filter(
        skill=OuterRef("skill"),
        course__runs__enrollments__learner=learner,
        course__runs__enrollments__status=Enrollment.Status.COMPLETED,
    )
    links = OccupationSkill.objects.filter(occupation__goals__learner=learner)
    named = links.select_related("skill", "occupation").only(
        *("relation", "skill__label", "skill__public_id"),
        *("occupation__label", "occupation__public_id"),
    )
    return list(named.annotate(is_held=Exists(taught)).order_by("skill__label", "pk"))


def _is_held(link: OccupationSkill) -> bool:
    return bool(vars(link)["is_held"])


def _teaching(missing: Collection[int], learner: User) -> dict[Course, list[int]]:
    """By course: the missing skills that it teaches."""
    mine = Enrollment.objects.live().filter(learner=learner, run__course=OuterRef("pk"))
    rows = (
        Course.objects.published()
        .filter(~Exists(mine), course_skills__skill__in=missing)
        .select_related("provider")
        .with_workload()
        .annotate(skill_taught=F("course_skills__skill"))
        .only("title", "slug", "language", "provider__name")
        .order_by("pk", "course_skills__skill__label")
    )
    found: dict[Course, list[int]] = {}
    for course in rows:
        found.setdefault(course, []).append(vars(course)["skill_taught"])
    return found


def _choose(
    teaching: Mapping[Course, Sequence[int]], missing: Mapping[int, OccupationSkill]
) -> list[tuple[Course, list[int]]]:
    """The course that adds most, then the one that adds most to it, and so on.

    Of two that add as much, the shorter one.
    """
    chosen: list[tuple[Course, list[int]]] = []
    taught: set[int] = set()
    left = dict(teaching)
    while left and len(chosen) < MOST:

        def worth(course: Course) -> tuple[int, int, str, int]:
            added = [missing[pk] for pk in left[course] if pk not in taught]
            minutes: int = vars(course)["minutes"]
            return -sum(map(_weight, added)), minutes, course.title, course.pk

        best = min(left, key=worth)
        added = [pk for pk in left.pop(best) if pk not in taught]
        if not added:
            break
        chosen.append((best, added))
        taught.update(added)
    return chosen


def _weight(link: OccupationSkill) -> int:
    return ESSENTIAL_WEIGHS if link.relation == OccupationSkill.Relation.ESSENTIAL else 1


def _recommendation(course: Course, links: Sequence[OccupationSkill]) -> Recommendation:
    essential = OccupationSkill.Relation.ESSENTIAL
    return Recommendation(
        course,
        essential=tuple(link.skill for link in links if link.relation == essential),
        useful=tuple(link.skill for link in links if link.relation != essential),
    )
