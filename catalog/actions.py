"""Publishing: what a curator has written becomes visible, and what it proves becomes fixed."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import override

from accounts.models import User
from catalog import quizzes, rules
from catalog.models import (
    LEVEL_RANK,
    Achievement,
    AchievementVersion,
    AchievementVersionSkill,
    Course,
    Equivalence,
    Renewal,
    RuleBook,
    RuleNode,
    Status,
    Track,
    Unit,
)
from catalog.reach import needs_of
from catalog.search import courses_changed
from catalog.shortest import stated
from catalog.signals import achievement_published, evidence_changed
from catalog.stacks import Loader

Levels = dict[int, str]
"""Skills by primary key, each with the level at which it is proved, which may be unknown."""


class CannotPublish(ValueError):
    """Something is missing; the message says what to add."""


@dataclass(frozen=True)
class Wording:
    """What a credential says in words. What is empty is made from the course or the track."""

    name: str = ""
    description: str = ""
    criteria: str = ""


@dataclass(frozen=True)
class Term:
    """For how long an award is valid (``None``: for ever), and how it is renewed."""

    valid_months: int | None = None
    renewal: str = Renewal.WHOLE

    @classmethod
    def of(cls, version: AchievementVersion | None) -> Term:
        return cls(version.valid_months, version.renewal) if version else cls()


@transaction.atomic
def publish_course(
    *,
    course: Course,
    at: datetime.datetime,
    wording: Wording | None = None,
    term: Term | None = None,
) -> AchievementVersion:
    """Make the course visible and freeze what completing it proves.

    ``wording`` and ``term`` are those of the draft version unless they are given. Publishing again
    without a change that a credential would show keeps the version.
    """
    course = Course.objects.select_for_update().get(pk=course.pk)
    units = list(course.units.all())
    if problem := unfinished(units):
        raise CannotPublish(problem)
    achievement, _ = Achievement.objects.get_or_create(
        course=course, defaults={"awarding_body": course.awarding_body}
    )
    draft = achievement.versions.filter(published_at=None).first()
    version = _publish_version(
        achievement=achievement,
        tree=rules.CourseLeaf(course.pk),
        texts=course_texts(course, units=units, wording=wording or _wording_of(draft))
        | asdict(term or Term.of(draft or achievement.versions.current().first())),
        skills=course_skills(course),
        at=at,
    )
    _mark_published(course, version=version, at=at)
    courses_changed([course.pk])
    return version


def unfinished(units: Sequence[Unit]) -> str:
    """Why a course of these units could not be completed; empty when it can be."""
    if not units:
        return "The course has no units. Add at least one lesson or quiz."
    for unit in units:
        if unit.is_quiz and (faults := quizzes.faults(unit)):
            return " ".join(faults)
        if unit.is_assignment and not unit.criteria.exists():
            return (
                f'The assignment "{unit.title}" has no criterion. Add one that says what is marked.'
            )
    return ""


def course_texts(course: Course, *, units: Sequence[Unit], wording: Wording) -> dict[str, object]:
    """What a version says about this course, beside its skills."""
    return {
        "name": wording.name or course.title,
        "description": wording.description or course.summary or course.title,
        "criteria": wording.criteria or course_criteria(course, units),
        "workload_minutes": sum(unit.minutes for unit in units),
        "ects": course.ects,
        "eqf_level": course.eqf_level,
        # In English, as all that is signed.
        "field": _field(course),
        "assessment": course.assessment,
        "participation": course.participation,
        "supervision": course.supervision,
        "quality_assurance": course.quality_assurance,
        "language": course.language,
    }


def _field(course: Course) -> str:
    with override("en"):
        return str(course.get_field_display()) if course.field else ""


def course_criteria(course: Course, units: Sequence[Unit]) -> str:
    passed = "quizzes and assignments" if any(unit.is_assignment for unit in units) else "quizzes"
    return f"Complete all units of the course “{course.title}” and pass its {passed}."


def track_texts(
    track: Track,
    *,
    tree: rules.Node,
    wording: Wording,
    like: AchievementVersion | None = None,
) -> dict[str, object]:
    """What a version says about this track, beside its rule and its skills.

    ``like`` is a version whose level and term it keeps.
    """
    minutes, ects = workload(track.achievement, tree)
    return {
        "name": wording.name or track.title,
        "description": wording.description or track.summary or track.title,
        "criteria": wording.criteria or rules.sentence(tree, names=rules.leaf_names(tree)),
        "workload_minutes": minutes,
        "ects": Decimal(ects) / rules.HUNDREDTHS if ects else None,
        "eqf_level": like.eqf_level if like else None,
        "language": track.language,
        **asdict(Term.of(like)),
    }


def _wording_of(draft: AchievementVersion | None) -> Wording:
    return Wording(draft.name, draft.description, draft.criteria) if draft else Wording()


@transaction.atomic
def publish_track(
    *,
    track: Track,
    at: datetime.datetime,
    tree: rules.Node | None = None,
    wording: Wording | None = None,
) -> AchievementVersion:
    """Make the track visible and freeze its rule: ``tree``, or else that of the draft version.

    ``wording``, too, is that of the draft version unless it is given.

    Learners who have met the new rule already are judged by it: ``achievement_published`` says so.
    """
    track = Track.objects.select_for_update().get(pk=track.pk)
    try:
        achievement = track.achievement
    except Achievement.DoesNotExist as error:
        raise CannotPublish("The track has no credential. Add what it awards.") from error
    # Two curators who publish at once could each close one half of a circle.
    list(Achievement.objects.select_for_update().filter(track__isnull=False).values("pk"))
    draft = achievement.versions.filter(published_at=None).first()
    current = achievement.versions.current().first()
    wording_of = draft or current
    tree = tree or (rules.load(wording_of) if wording_of else None)
    tree = rules.checked(tree, achievement=achievement)
    rules.check_renewal(tree, **asdict(Term.of(wording_of)))
    version = _publish_version(
        achievement=achievement,
        tree=tree,
        texts=track_texts(
            track,
            tree=tree,
            wording=wording or _wording_of(draft),
            like=wording_of,
        ),
        skills=track_skills(tree),
        at=at,
    )
    _mark_published(track, version=version, at=at)
    courses_changed(courses_under(track))
    return version


def retire(*, item: Course | Track) -> None:
    """Take a course or track out of the catalog. What was earned by it stands."""
    type(item)._default_manager.filter(pk=item.pk, status=Status.PUBLISHED).update(
        status=Status.RETIRED, publish_at=None, scheduled_by=None
    )
    if isinstance(item, Course):
        courses_changed([item.pk])
    else:
        courses_changed(courses_under(item))


def courses_under(track: Track) -> set[int]:
    """The courses that the track's rules of all times name: no longer stackable, or only now."""
    nodes = RuleNode.objects.filter(version__achievement__track=track)
    pairs = nodes.values_list("course", "achievement__course")
    return {course for pair in pairs for course in pair if course}


def draft_version(*, achievement: Achievement) -> AchievementVersion:
    """The version that is being written; made from the current one when there is none."""
    draft = achievement.versions.filter(published_at=None).first()
    if draft:
        return draft
    current = achievement.versions.current().first()
    subject = achievement.course or achievement.track
    assert subject is not None
    return AchievementVersion.objects.create(
        achievement=achievement,
        number=current.number + 1 if current else 1,
        name=current.name if current else subject.title,
        description=(current.description if current else subject.summary) or subject.title,
        criteria=current.criteria if current else "",
        workload_minutes=current.workload_minutes if current else 0,
        eqf_level=current.eqf_level if current else None,
        ects=current.ects if current else None,
        language=subject.language,
        **asdict(Term.of(current)),
    )


def _publish_version(
    *,
    achievement: Achievement,
    tree: rules.Node,
    texts: dict[str, object],
    skills: Levels,
    at: datetime.datetime,
) -> AchievementVersion:
    current = achievement.versions.current().first()
    if current and _says_the_same(current, tree=tree, texts=texts, skills=skills):
        achievement.versions.filter(published_at=None).delete()
        return current
    version, _ = AchievementVersion.objects.update_or_create(
        achievement=achievement,
        published_at=None,
        defaults=texts,
        create_defaults={**texts, "number": current.number + 1 if current else 1},
    )
    rules.store(version, tree)
    version.version_skills.all().delete()
    AchievementVersionSkill.objects.bulk_create(
        AchievementVersionSkill(version=version, skill_id=skill_id, level=level)
        for skill_id, level in skills.items()
    )
    version.published_at = at
    version.save(update_fields=["published_at"])
    rules_changed()
    achievement_published.send(sender=Achievement, version=version)
    return version


def track_is_current(*, track: Track, tree: rules.Node, wording: Wording) -> bool:
    """Whether publishing the track with these would keep the version that it has."""
    current = AchievementVersion.objects.current().filter(achievement__track=track).first()
    return current is not None and _says_the_same(
        current,
        tree=tree,
        texts=track_texts(track, tree=tree, wording=wording, like=current),
        skills=track_skills(tree),
    )


def _says_the_same(
    version: AchievementVersion,
    *,
    tree: rules.Node,
    texts: dict[str, object],
    skills: Levels,
) -> bool:
    return (
        all(getattr(version, name) == value for name, value in texts.items())
        and rules.load(version) == tree
        and dict(version.version_skills.values_list("skill", "level")) == skills
    )


def _mark_published(
    item: Course | Track, *, version: AchievementVersion, at: datetime.datetime
) -> None:
    if item.is_published and version.published_at != at:
        # Nothing is new: readers of ``updated_at`` need not look again.
        return
    item.status = Status.PUBLISHED
    item.published_at = item.published_at or at
    item.save(update_fields=["status", "published_at", "updated_at"])


def workload(achievement: Achievement, tree: rules.Node) -> tuple[int, int]:
    """The least minutes, and the least hundredths of an ECTS credit, that satisfy the rule."""
    (need,) = needs_of([achievement], Loader(achievement, draft=tree))
    return stated(need, rules.MINUTES), stated(need, rules.ECTS)


def course_skills(course: Course) -> Levels:
    """What completing the course proves, each skill at the highest level of its outcomes."""
    levels: Levels = dict.fromkeys(course.course_skills.values_list("skill", flat=True), "")
    outcomes = course.outcomes.filter(skills__in=levels)
    raise_levels(levels, outcomes.values_list("skills", "level"))
    return levels


def track_skills(tree: rules.Node) -> Levels:
    """The skills that a track proves: those of what it names, one level down."""
    found = list(rules.leaves(tree))
    versions = AchievementVersion.objects.current()
    named = versions.filter(
        achievement__course__in=[
            leaf.course_id for leaf in found if isinstance(leaf, rules.CourseLeaf)
        ]
    ) | versions.filter(
        achievement__in=[
            leaf.achievement_id for leaf in found if isinstance(leaf, rules.AchievementLeaf)
        ]
    )
    levels: Levels = {}
    of_versions = AchievementVersionSkill.objects.filter(version__in=named.values("pk"))
    raise_levels(levels, of_versions.values_list("skill", "level"))
    return levels


def raise_levels(levels: Levels, found: Iterable[tuple[int, str]]) -> None:
    """Note each skill at the highest level that is said of it."""
    for skill_id, level in found:
        levels[skill_id] = max(levels.get(skill_id, ""), level, key=LEVEL_RANK.__getitem__)


def rules_changed() -> None:
    """Say that other rules are in force, or that other things satisfy them.

    Call it in the transaction that changes them: workers keep rules in memory until then.
    """
    RuleBook.objects.update_or_create(pk=1, defaults={"stamp": secrets.randbits(62)})


@transaction.atomic
def state_equivalence(
    *,
    course: Course,
    counts_as: Course,
    since: datetime.date,
    reason: str,
    by: User,
    at: datetime.datetime,
) -> Equivalence:
    """Let ``course`` satisfy the rules that name ``counts_as``. Repeating changes nothing."""
    equivalence, is_new = Equivalence.objects.get_or_create(
        course=course,
        counts_as=counts_as,
        defaults={"since": since, "reason": reason, "by": by, "stated_at": at},
    )
    if is_new:
        rules_changed()
        evidence_changed.send(sender=Equivalence, course_ids=[course.pk])
    return equivalence
