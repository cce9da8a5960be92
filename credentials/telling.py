"""Telling learners what was decided about their credentials."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from credentials.models import Appeal
from notifications.actions import notify
from notifications.models import Kind


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
