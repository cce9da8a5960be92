"""What the next version of a course's or a track's credential will say, while it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from catalog import actions, rules
from catalog.actions import Levels, Term, Wording
from catalog.models import Achievement, AchievementVersion, Course, Track


def shown_version(item: Course | Track) -> AchievementVersion | None:
    """The draft, or else what is published."""
    versions = AchievementVersion.objects.all()
    if isinstance(item, Course):
        versions = versions.filter(achievement__course=item)
    else:
        versions = versions.filter(achievement__track=item)
    return versions.filter(published_at=None).first() or versions.current().first()


def wording_of(version: AchievementVersion | None, *, item: Course | Track) -> Wording:
    """What somebody chose to write into the version, without what was made for it."""
    if version is None:
        return Wording()
    return Wording(
        name="" if version.name == item.title else version.name,
        description=""
        if version.description in (item.summary, item.title)
        else version.description,
        criteria="" if version.criteria == _made_criteria(version, item) else version.criteria,
    )


def wording_in_force(item: Course | Track) -> Wording:
    """What somebody has chosen to write, in the draft or in what is published."""
    return wording_of(shown_version(item), item=item)


def term_in_force(item: Course | Track) -> Term:
    """That of the draft, or else of what is published."""
    return Term.of(shown_version(item))


def achievement_of(course: Course) -> Achievement:
    achievement, _ = Achievement.objects.get_or_create(
        course=course, defaults={"awarding_body": course.awarding_body}
    )
    return achievement


def _made_criteria(version: AchievementVersion, item: Course | Track) -> str:
    if isinstance(item, Course):
        return actions.course_criteria(item, list(item.units.all()))
    tree = rules.load(version)
    return rules.sentence(tree, names=rules.leaf_names(tree)) if tree else ""


@dataclass(frozen=True)
class Foreseen:
    """The version that publishing would put in force: its columns, its rule, what it proves."""

    achievement: Achievement
    number: int
    tree: rules.Node
    columns: Mapping[str, Any]
    skills: Levels


def foreseen(item: Course | Track) -> Foreseen | None:
    """What publishing the item now would freeze; ``None`` where it has no credential yet.

    Of the draft of a published course, what becomes of the published one. Raises ``InvalidRule``.
    """
    subject = item.revises or item if isinstance(item, Course) else item
    versions = AchievementVersion.objects.filter(**{f"achievement__{_kind(subject)}": subject.pk})
    draft = versions.filter(published_at=None).first()
    current = versions.current().first()
    like = draft or current
    if like is None:
        return None
    wording = wording_in_force(item)
    tree: rules.Node
    if isinstance(item, Course):
        tree = rules.CourseLeaf(subject.pk)
        units = list(item.units.all())
        columns = actions.course_texts(item, units=units, wording=wording)
        columns |= asdict(term_in_force(item))
        skills = actions.course_skills(item)
        if item.revises_id:
            found = item.outcomes.filter(skills__isnull=False)
            actions.raise_levels(skills, found.values_list("skills", "level"))
    else:
        tree = rules.checked(rules.load(like), achievement=like.achievement)
        rules.check_renewal(tree, **asdict(Term.of(like)))
        columns = actions.track_texts(item, tree=tree, wording=wording, like=like)
        skills = actions.track_skills(tree)
    number = current.number + 1 if current else 1
    return Foreseen(like.achievement, number, tree, columns, skills)


def _kind(subject: Course | Track) -> str:
    return "course" if isinstance(subject, Course) else "track"


@transaction.atomic
def save_wording(achievement: Achievement, wording: Wording, term: Term) -> AchievementVersion:
    """Write the words and the term into the draft version; what is published stays."""
    item = achievement.course or achievement.track
    assert item is not None
    draft = actions.draft_version(achievement=achievement)
    draft.name = wording.name or item.title
    draft.description = wording.description or item.summary or item.title
    # Left empty, it is made of what is published in the end.
    draft.criteria = wording.criteria
    draft.valid_months, draft.renewal = term.valid_months, term.renewal
    draft.save(update_fields=["name", "description", "criteria", "valid_months", "renewal"])
    return draft


@transaction.atomic
def save_draft(
    *, track: Track, tree: rules.Node | None, wording: Wording, term: Term | None = None
) -> AchievementVersion:
    """Write the rule, the words and the term into the draft version."""
    draft = save_wording(Achievement.objects.get(track=track), wording, term or Term())
    if tree is None:
        draft.rule_nodes.all().delete()
    else:
        rules.store(draft, tree)
    return draft


@transaction.atomic
def discard(*, item: Course | Track) -> None:
    """Delete a course or a track that was never published, with its draft."""
    achievements = Achievement.objects.all()
    if isinstance(item, Course):
        achievements = achievements.filter(course=item)
    else:
        achievements = achievements.filter(track=item)
    AchievementVersion.objects.filter(achievement__in=achievements).delete()
    achievements.delete()
    item.delete()
