"""From a draft to what is published: handed in, looked at by somebody, published now or later."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from accounts.models import User
from catalog import actions, drafting, elements, revising
from catalog.actions import CannotPublish
from catalog.models import AchievementVersion, Course, Status, Track
from catalog.rules import InvalidRule


class NotReady(ValueError):
    """The message says what to add, or what has to be done before."""


@transaction.atomic
def submit(item: Course | Track, *, by: User, at: datetime.datetime) -> None:
    """Hand a draft in for review. Raises ``NotReady`` where something is missing."""
    item = _locked(item)
    if item.status != Status.DRAFT:
        raise NotReady("Only a draft can be handed in.")
    if problem := what_is_missing(item):
        raise NotReady(problem)
    item.status = Status.REVIEW
    item.submitted_at, item.submitted_by = at, by
    item.save(update_fields=["status", "submitted_at", "submitted_by", "updated_at"])


def what_is_missing(item: Course | Track) -> str:
    """Why the draft cannot be reviewed yet; nothing when it can."""
    if isinstance(item, Track):
        version = drafting.shown_version(item)
        return "" if version and version.rule_nodes.exists() else "It has no rule. Add one."
    missing = elements.missing(
        item,
        minutes=sum(item.units.values_list("minutes", flat=True)),
        outcomes=item.outcomes.count(),
    )
    if missing:
        return f"These European elements are missing: {', '.join(missing)}. State them."
    return actions.unfinished(list(item.units.all()))


@transaction.atomic
def give_back(item: Course | Track) -> None:
    """Make it a draft again, whose curator has something to change."""
    item = _locked(item)
    if item.status != Status.REVIEW:
        raise NotReady("It is not in review.")
    _back_to_draft(item)


def _back_to_draft(item: Course | Track) -> None:
    item.status = Status.DRAFT
    item.submitted_at = item.submitted_by = item.publish_at = item.scheduled_by = None
    item.save(
        update_fields=[
            *("status", "submitted_at", "submitted_by", "publish_at", "scheduled_by"),
            "updated_at",
        ]
    )


def can_be_scheduled(item: Course | Track) -> bool:
    """In review, or a published track, whose draft then becomes its next version.

    The changes of a published course are a revision, which is in review itself.
    """
    return item.status == Status.REVIEW or (isinstance(item, Track) and item.is_published)


@transaction.atomic
def schedule(item: Course | Track, *, publish_at: datetime.datetime | None, by: User) -> None:
    """Have a worker publish it at this time; ``None``: at none."""
    item = _locked(item)
    if not can_be_scheduled(item):
        raise NotReady("Only what is in review, or a published track, can be scheduled.")
    item.publish_at, item.scheduled_by = publish_at, by if publish_at else None
    item.save(update_fields=["publish_at", "scheduled_by", "updated_at"])


@transaction.atomic
def publish(item: Course | Track, *, at: datetime.datetime) -> AchievementVersion:
    """Publish what is in review, or again what was published before.

    Raises ``CannotPublish`` or ``InvalidRule`` and then changes nothing.
    """
    item = _locked(item)
    if item.status == Status.DRAFT:
        raise CannotPublish("Hand it in for review first.")
    # Nothing is left to be published later, whichever way it goes on from here.
    _unschedule(item)
    if isinstance(item, Course) and item.revises_id:
        return revising.apply(item, at=at)
    wording = drafting.wording_in_force(item)
    if isinstance(item, Course):
        return actions.publish_course(course=item, at=at, wording=wording)
    return actions.publish_track(track=item, at=at, wording=wording)


def publish_due(*, at: datetime.datetime) -> int:
    """Publish what is scheduled for this time or earlier, and return how many there were.

    What cannot be published becomes a draft again, or stays as it was published, and its history
    says why.
    """
    return sum(_publish_scheduled(item, at=at) for item in list(_due(at)))


def _due(at: datetime.datetime) -> Iterable[Course | Track]:
    yield from Course.objects.filter(publish_at__lte=at).order_by("publish_at")
    yield from Track.objects.filter(publish_at__lte=at).order_by("publish_at")


def _publish_scheduled(item: Course | Track, *, at: datetime.datetime) -> bool:
    with transaction.atomic():
        item = _locked(item)
        if item.publish_at is None or item.publish_at > at:
            return False  # Another worker was faster, or a curator thought better of it.
        by, subject = item.scheduled_by, item
        if isinstance(item, Course) and item.revises:
            subject = item.revises
        try:
            with transaction.atomic():
                version = publish(item, at=at)
        except (CannotPublish, InvalidRule) as problem:
            if item.status == Status.REVIEW:
                _back_to_draft(item)
            else:
                _unschedule(item)
            _log(item, by, f"Not published as scheduled. {problem}")
            return False
        _log(subject, by, f"Published as version {version.number}, as scheduled.")
    return True


def _unschedule(item: Course | Track) -> None:
    type(item)._default_manager.filter(pk=item.pk).update(publish_at=None, scheduled_by=None)


def _log(item: Course | Track, by: User | None, message: str) -> None:
    if by:
        LogEntry.objects.log_actions(by.pk, [item], CHANGE, message, single_object=True)


def _locked(item: Course | Track) -> Course | Track:
    if isinstance(item, Course):
        return Course.objects.select_for_update().get(pk=item.pk)
    return Track.objects.select_for_update().get(pk=item.pk)
