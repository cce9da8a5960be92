"""What an instructor does for many learners at once: write to them, decide on their requests."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from catalog.models import CourseRun
from enrollment.actions.completing import CannotCorrect, refuse
from enrollment.actions.seats import approve
from enrollment.cohorts import Audience, cohort_of
from enrollment.models import CohortMessage, Enrollment
from notifications.actions import notify_many
from notifications.models import Kind


@transaction.atomic
def write_to_cohort(
    *,
    run: CourseRun,
    public_id: uuid.UUID,
    audience: str,
    body: str,
    by: User,
    at: datetime.datetime,
) -> CohortMessage:
    """Write to each learner of this part of the cohort; a worker mails what is written.

    ``public_id`` comes from the form: sent a second time, it is the message that was sent before,
    whoever has become stuck meanwhile.
    """
    chosen = [one.enrollment_id for one in cohort_of(run, at=at).of(audience)]
    recipients = list(User.objects.filter(enrollments__in=chosen, is_active=True).order_by("pk"))
    message, is_new = CohortMessage.objects.get_or_create(
        public_id=public_id,
        defaults={
            "run": run,
            "by": by,
            "audience": audience,
            "body": body,
            "recipients": len(recipients),
            "sent_at": at,
        },
    )
    if is_new:
        notify_many(
            recipients=recipients,
            kind=Kind.COHORT,
            key=f"cohort:{message.public_id}",
            context={
                # Never the address: who has not said how they are called is their organization.
                "sender": by.credential_name or run.course.provider.name,
                "course": run.course.title,
                "run": run.title,
                "body": body,
                "is_to_all": audience == Audience.ALL,
            },
            link=run.course.get_absolute_url(),
            at=at,
        )
    return message


def decide_requests(
    *,
    run: CourseRun,
    chosen: Collection[uuid.UUID],
    is_approved: bool,
    by: User,
    at: datetime.datetime,
    reason: str = "",
) -> int:
    """Approve or refuse those who ask for a seat, in the order in which they asked; says how many.

    Whoever is refused is told ``reason``: raises ``CannotCorrect`` without one. Nobody decides
    about themselves. A request that was decided meanwhile stays as it was.
    """
    if not is_approved and not reason.strip():
        raise CannotCorrect("Say why.")
    asking = run.enrollments.filter(status=Enrollment.Status.REQUESTED, public_id__in=chosen)
    decided = list(asking.exclude(learner=by).order_by("enrolled_at", "pk"))
    for enrollment in decided:
        if is_approved:
            approve(enrollment=enrollment, at=at)
        else:
            refuse(enrollment=enrollment, by=by, reason=reason, at=at)
    return len(decided)
