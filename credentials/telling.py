"""Telling learners what was decided about their credentials."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from credentials.models import Appeal, Award
from notifications.actions import notify
from notifications.models import Kind


def tell_of_revocation(award: Award, *, at: datetime.datetime) -> None:
    """Once for each award; of one that was never signed its learner has not heard either."""
    newest = award.credentials.readable().order_by("-pk").first()
    if newest is None or not award.learner.is_active:
        return
    notify(
        recipient=award.learner,
        kind=Kind.CREDENTIAL_REVOKED,
        key=f"revoked:{award.public_id}",
        context={
            "credential": award.version.name,
            "organization": award.achievement.awarding_body.name,
            "reason": newest.revocation_reason,
        },
        link=newest.get_absolute_url(),
        at=at,
    )


def tell_of_appeal(appeal: Appeal, *, at: datetime.datetime) -> None:
    if not appeal.learner.is_active:
        return
    subject = appeal.achievement.course or appeal.achievement.track
    assert subject is not None
    notify(
        recipient=appeal.learner,
        kind=Kind.REQUEST_DECIDED,
        key=f"appeal:{appeal.public_id}",
        context={
            "course": subject.title,
            "decision": _("The credential is awarded to you.")
            if appeal.is_granted
            else _("The credential is not awarded to you."),
            "reason": appeal.answer,
        },
        link=reverse("credentials:appeal", args=[appeal.achievement.public_id]),
        at=at,
    )
