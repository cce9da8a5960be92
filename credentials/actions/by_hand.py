"""What people decide beside the rules: to award, to refuse, to hear whoever appeals."""

from __future__ import annotations

import datetime

from django.db import IntegrityError, models, transaction

from accounts.models import User
from catalog.judging import months_after
from catalog.models import Achievement
from credentials import nudges, telling
from credentials.actions.judgement_requests import request_judgement
from credentials.actions.revoke import ReasonMissing
from credentials.models import Appeal, Award, Refusal
from credentials.terms import RENEWAL_OPENS
from lib.nudges import after_commit


class CannotDecide(Exception):
    """The decision does not fit what there is; the message says why."""


@transaction.atomic
def grant(
    *, learner: User, achievement: Achievement, by: User, reason: str, at: datetime.datetime
) -> Award:
    """Award what the rule does not, with a reason that the credential says.

    What is stacked on it follows by the rules. It falls only by being revoked.
    """
    reason = _said(reason)
    _lock(learner, by=by)
    version = achievement.versions.current().first()
    if version is None:
        raise CannotDecide("This has not been published: there is nothing to award yet.")
    if _refusals(learner, achievement).exists():
        raise CannotDecide("This is refused to the learner. Lift the refusal first.")
    latest = _latest(learner, achievement)
    last_made = _awards(learner, achievement).first()
    starts = at
    if latest and latest.revoked_at is None:
        if latest.expires_at is None or latest.expires_at - RENEWAL_OPENS > at:
            raise CannotDecide("The learner holds this already.")
        # Who renews early loses nothing of the term that is left.
        starts = max(at, latest.expires_at)
    award = Award.objects.create(
        learner=learner,
        achievement=achievement,
        version=version,
        number=last_made.number + 1 if last_made else 1,
        renews=last_made,
        decided_at=at,
        due_at=at,
        expires_at=months_after(starts, version.valid_months) if version.valid_months else None,
        granted_by=by,
        grant_reason=reason,
    )
    _judge(learner, at=at)
    return award


@transaction.atomic
def refuse(
    *, learner: User, achievement: Achievement, by: User, reason: str, at: datetime.datetime
) -> Refusal:
    """Award this to the learner no more, whatever the rule says, until it is lifted."""
    reason = _said(reason)
    _lock(learner, by=by)
    latest = _latest(learner, achievement)
    if latest and latest.revoked_at is None and not (latest.expires_at and latest.expires_at <= at):
        raise CannotDecide("The learner holds this already. Revoke the award instead.")
    try:
        with transaction.atomic():
            return Refusal.objects.create(
                learner=learner, achievement=achievement, by=by, reason=reason, refused_at=at
            )
    except IntegrityError as error:
        raise CannotDecide("This is refused to the learner already.") from error


@transaction.atomic
def lift_refusal(*, refusal: Refusal, by: User, reason: str, at: datetime.datetime) -> bool:
    """Let the rule decide again, at once. Returns whether the refusal was still in force."""
    reason = _said(reason)
    _lock(refusal.learner, by=by)
    was_in_force = Refusal.objects.filter(pk=refusal.pk, lifted_at=None).update(
        lifted_at=at, lifted_by=by, lift_reason=reason
    )
    if was_in_force:
        _judge(refusal.learner, at=at)
    return bool(was_in_force)


def appeal(*, learner: User, achievement: Achievement, text: str, at: datetime.datetime) -> Appeal:
    """Ask for the award; asking again while it is open changes nothing."""
    text = text.strip()
    if not text:
        raise ReasonMissing("Say why you should be awarded this.")
    appeal, _ = Appeal.objects.get_or_create(
        learner=learner,
        achievement=achievement,
        answered_at=None,
        defaults={"text": text, "asked_at": at},
    )
    return appeal


@transaction.atomic
def answer_appeal(
    *, appeal: Appeal, is_granted: bool, by: User, answer: str, at: datetime.datetime
) -> bool:
    """Award it or not, and tell the learner. Returns whether it was still open."""
    answer = _said(answer)
    _lock(appeal.learner, by=by)
    was_open = (
        Appeal.objects.open()
        .filter(pk=appeal.pk)
        .update(answered_at=at, answered_by=by, answer=answer, is_granted=is_granted)
    )
    if not was_open:
        return False
    appeal.refresh_from_db()
    if is_granted:
        for refusal in _refusals(appeal.learner, appeal.achievement):
            lift_refusal(refusal=refusal, by=by, reason=answer, at=at)
        grant(learner=appeal.learner, achievement=appeal.achievement, by=by, reason=answer, at=at)
    telling.tell_of_appeal(appeal, at=at)
    return True


def _said(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ReasonMissing("Say why: the learner reads it.")
    return reason


def _lock(learner: User, *, by: User) -> None:
    """The learner's lock, as for judging: nobody awards the same at this moment."""
    if learner.pk == by.pk:
        raise CannotDecide("Somebody else decides about you.")
    User.objects.select_for_update(no_key=True).get(pk=learner.pk)


def _awards(learner: User, achievement: Achievement) -> models.QuerySet[Award]:
    return Award.objects.filter(learner=learner, achievement=achievement).order_by("-number")


def _latest(learner: User, achievement: Achievement) -> Award | None:
    """What has fallen with its evidence is as if it had never been made."""
    return _awards(learner, achievement).exclude(revocation_cause=Award.Cause.EVIDENCE).first()


def _refusals(learner: User, achievement: Achievement) -> models.QuerySet[Refusal]:
    return Refusal.objects.filter(learner=learner, achievement=achievement, lifted_at=None)


def _judge(learner: User, *, at: datetime.datetime) -> None:
    request_judgement(learner_ids=[learner.pk], at=at)
    after_commit(nudges.JUDGE)
