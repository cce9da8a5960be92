"""Saying in time which credentials expire."""

from __future__ import annotations

import datetime
import math

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse

from catalog.models import AchievementVersion, Renewal
from credentials.models import Award, Credential
from notifications.actions import notify
from notifications.models import Kind

DAYS_AHEAD = (7, 30, 90)
DAY = datetime.timedelta(days=1)


def remind(*, at: datetime.datetime) -> None:
    """Tell holders once at each of these distances; who is told late is told of the last alone."""
    expiring = Award.objects.standing().filter(
        expires_at__gt=at,
        expires_at__lte=at + DAYS_AHEAD[-1] * DAY,
        issued_at__isnull=False,
        renewed_by=None,
        learner__is_active=True,
    )
    renewable = AchievementVersion.objects.current().filter(achievement=OuterRef("achievement"))
    newest = Credential.objects.filter(award=OuterRef("pk")).order_by("-pk")
    expiring = expiring.annotate(
        credential_id=Subquery(newest.values("public_id")[:1]),
        is_renewable=Exists(renewable.exclude(renewal=Renewal.NONE)),
    )
    for award in expiring.select_related("learner", "version").iterator(chunk_size=200):
        assert award.expires_at is not None
        left = math.ceil((award.expires_at - at) / DAY)
        reached = next(days for days in DAYS_AHEAD if left <= days)
        notify(
            recipient=award.learner,
            kind=Kind.CREDENTIAL_EXPIRING,
            key=f"expires:{award.public_id}:{reached}",
            context={
                "credential": award.version.name,
                "days": left,
                # Long before the first reminder it can be.
                "is_renewable": award.is_renewable,  # type: ignore[attr-defined]
            },
            link=reverse("credentials:credential", args=[award.credential_id]),  # type: ignore[attr-defined]
            at=at,
        )
