"""Recognizing what was learned elsewhere: claimed by the learner, decided by a curator."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction

from accounts.models import Organization, User
from catalog.models import Course, Skill
from credentials import badges, nudges
from credentials.actions.judgement_requests import request_judgement
from credentials.actions.revoke import ReasonMissing, revoke_fallen
from credentials.models import Award, PriorLearningClaim, PriorLearningFile, Recognition
from enrollment.uploads import Upload, keep, removed_on_failure
from lib.nudges import after_commit
from notifications.actions import notify
from notifications.models import Kind

Status = PriorLearningClaim.Status
MOST_WAITING = 20


class AlreadyClaimed(Exception):
    """This badge counts, or waits, already; or this organization has decided about it."""


class TooManyWaiting(Exception):
    """The learner has as many undecided claims as anybody may have."""


class AlreadyDecided(Exception):
    """Somebody has decided meanwhile, or the learner has withdrawn the claim."""


class OwnClaim(Exception):
    """Nobody decides about their own learning."""


class NotTheirs(Exception):
    """The course belongs to another organization than the one that was asked."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What prior learning counts as: a course, or a skill at a level. The grade is in percent."""

    course: Course | None = None
    skill: Skill | None = None
    level: str = ""
    grade: Decimal | None = None
    until: datetime.datetime | None = None


def claim_badge(
    *,
    learner: User,
    organization: Organization,
    source: bytes | str,
    statement: str,
    at: datetime.datetime,
) -> PriorLearningClaim:
    """Raises ``badges.BadgeRefused``, ``AlreadyClaimed`` and ``TooManyWaiting``."""
    # Its issuer may be asked: not while a transaction is open.
    badge = badges.read(source, learner=learner)
    try:
        with transaction.atomic():
            _make_room(learner)
            return PriorLearningClaim.objects.create(
                learner=learner,
                organization=organization,
                statement=statement,
                badge=badge.source,
                badge_key=badge.key,
                verdict=badge.report.verdict,
                submitted_at=at,
            )
    except IntegrityError as error:
        if PriorLearningClaim.objects.filter(badge_key=badge.key).exists():
            raise AlreadyClaimed from error
        raise


def claim_with_evidence(
    *,
    learner: User,
    organization: Organization,
    statement: str,
    files: Sequence[Upload],
    at: datetime.datetime,
) -> PriorLearningClaim:
    """Raises ``TooManyWaiting``. A failure leaves neither rows nor files behind."""
    with removed_on_failure() as kept, transaction.atomic():
        _make_room(learner)
        claim = PriorLearningClaim.objects.create(
            learner=learner, organization=organization, statement=statement, submitted_at=at
        )
        for upload in files:
            row = PriorLearningFile(claim=claim)
            keep(row, upload)
            kept.append(row)
    return claim


def _make_room(learner: User) -> None:
    """Take the learner's lock, so that what is counted stays so."""
    User.objects.select_for_update(no_key=True).get(pk=learner.pk)
    if learner.prior_learning_claims.waiting().count() >= MOST_WAITING:
        raise TooManyWaiting


@transaction.atomic
def take_back(*, claim: PriorLearningClaim, at: datetime.datetime) -> bool:
    """The learner no longer asks; whether that was still possible."""
    undecided = PriorLearningClaim.objects.waiting().filter(pk=claim.pk)
    return bool(
        undecided.update(status=Status.WITHDRAWN, decided_at=at, decided_by=claim.learner_id)
    )


def grant(
    *, claim: PriorLearningClaim, finding: Finding, by: User, reason: str, at: datetime.datetime
) -> Recognition:
    """Recognize it, and have the learner judged anew.

    The badge is verified once more: it may have been revoked since. Raises
    ``badges.BadgeRefused`` then, ``AlreadyDecided``, ``OwnClaim`` and ``NotTheirs``.
    """
    if claim.is_badge:
        badges.read(claim.badge, learner=claim.learner)
    return _recognize(claim=claim, finding=finding, by=by, reason=reason, at=at)


@transaction.atomic
def _recognize(
    *, claim: PriorLearningClaim, finding: Finding, by: User, reason: str, at: datetime.datetime
) -> Recognition:
    claim, reason = _to_decide(claim, by=by, reason=reason)
    if finding.course and claim.organization_id not in {
        finding.course.provider_id,
        finding.course.awarding_body_id,
    }:
        raise NotTheirs
    claim.recognition = Recognition.objects.create(
        learner=claim.learner,
        organization=claim.organization,
        course=finding.course,
        skill=finding.skill,
        level=finding.level,
        grade=finding.grade,
        until=finding.until,
        recognized_at=at,
        by=by,
        reason=reason,
    )
    _decide(claim, Status.GRANTED, by=by, reason=reason, at=at)
    request_judgement(learner_ids=[claim.learner_id], at=at)
    after_commit(nudges.JUDGE)
    return claim.recognition


@transaction.atomic
def refuse(*, claim: PriorLearningClaim, by: User, reason: str, at: datetime.datetime) -> None:
    """Raises ``AlreadyDecided``, ``OwnClaim`` and ``ReasonMissing``."""
    claim, reason = _to_decide(claim, by=by, reason=reason)
    _decide(claim, Status.REFUSED, by=by, reason=reason, at=at)


@transaction.atomic
def withdraw(
    *, claim: PriorLearningClaim, by: User, reason: str, at: datetime.datetime
) -> list[Award]:
    """Recognize it no longer; returns the awards that fall with it."""
    claim, reason = _to_decide(claim, by=by, reason=reason, status=Status.GRANTED)
    recognition = claim.recognition
    assert recognition is not None
    Recognition.objects.filter(pk=recognition.pk).update(withdrawn_at=at, withdrawal_reason=reason)
    _decide(claim, Status.WITHDRAWN, by=by, reason=reason, at=at)
    falling = revoke_fallen(learner_id=claim.learner_id, by=by, reason=reason, at=at)
    # What has fallen may be earned by what else there is.
    request_judgement(learner_ids=[claim.learner_id], at=at)
    after_commit(nudges.JUDGE)
    return falling


def _to_decide(
    claim: PriorLearningClaim, *, by: User, reason: str, status: str = Status.SUBMITTED
) -> tuple[PriorLearningClaim, str]:
    """The claim as it is now, and the reason, under the learner's lock, as for judging."""
    reason = reason.strip()
    if not reason:
        raise ReasonMissing("Say why: the learner reads it.")
    if claim.learner_id == by.pk:
        raise OwnClaim
    User.objects.select_for_update(no_key=True).get(pk=claim.learner_id)
    related = PriorLearningClaim.objects.select_related("learner", "organization", "recognition")
    now = related.filter(pk=claim.pk, status=status).first()
    if now is None:
        raise AlreadyDecided
    return now, reason


def _decide(
    claim: PriorLearningClaim,
    status: str,
    *,
    by: User,
    reason: str,
    at: datetime.datetime,
) -> None:
    """Write the decision and tell the learner."""
    decided = PriorLearningClaim.objects.filter(pk=claim.pk, status=claim.status).update(
        status=status,
        decided_by=by,
        decided_at=at,
        reason=reason,
        recognition=claim.recognition,
    )
    # The learner's own withdrawal takes no lock.
    if not decided:
        raise AlreadyDecided
    _tell(claim, status, reason=reason, at=at)


def _tell(claim: PriorLearningClaim, status: str, *, reason: str, at: datetime.datetime) -> None:
    if not claim.learner.is_active:
        return
    recognition = claim.recognition
    notify(
        recipient=claim.learner,
        kind=Kind.PRIOR_LEARNING,
        key=f"prior_learning:{claim.public_id}:{status}",
        context={
            "status": status,
            "organization": claim.organization.name,
            "what": str(recognition.subject) if recognition else "",
            "reason": reason,
        },
        link=claim.get_absolute_url(),
        at=at,
    )
