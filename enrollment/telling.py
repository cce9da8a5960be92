"""Telling learners what has become of their enrollments.

An enrollment whose ``told_status`` is not its status is the row that says a message is due. So
whatever changes a status owes nobody a message, and a rush for seats writes none.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import GradingScale
from enrollment import grades
from enrollment.models import Enrollment, Exemption, Submission
from enrollment.progress import with_place_in_line
from notifications.actions import notify
from notifications.models import Kind

Status = Enrollment.Status
BATCH = 100


@transaction.atomic
def tell_due(*, at: datetime.datetime) -> int:
    """Write the messages of one batch, and say how many enrollments that was."""
    ids = list(
        Enrollment.objects.untold()
        .select_for_update(skip_locked=True, no_key=True)
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    )
    found = with_place_in_line(
        Enrollment.objects.filter(pk__in=ids).select_related("learner", "run__course")
    )
    for enrollment in found:
        _tell(enrollment, at=at)
        Enrollment.objects.filter(pk=enrollment.pk).update(told_status=enrollment.status)
    return len(ids)


def _tell(enrollment: Enrollment, *, at: datetime.datetime) -> None:
    said = _said(enrollment)
    if said is None or not enrollment.learner.is_active:
        return
    kind, more = said
    course, run = enrollment.run.course, enrollment.run
    notify(
        recipient=enrollment.learner,
        kind=kind,
        key=f"{kind}:{enrollment.public_id}:{_occasion(enrollment)}",
        context={"course": course.title, "run": run.title, **more},
        link=reverse("enrollment:course", args=[enrollment.public_id]),
        at=at,
    )


def _occasion(enrollment: Enrollment) -> str:
    """A status that somebody has brought about by hand is worth a message of its own."""
    return str(enrollment.corrections.count())


def _said(enrollment: Enrollment) -> tuple[str, dict[str, Any]] | None:
    match enrollment.status:
        case Status.ACTIVE:
            return Kind.ENROLLED, {"starts": enrollment.run.starts_on}
        case Status.WAITLISTED:
            return Kind.WAITLISTED, {"place": enrollment.place_in_line}  # type: ignore[attr-defined]
        case Status.OFFERED:
            return Kind.SEAT_OFFERED, {"until": enrollment.offer_ends_at}
        case Status.COMPLETED:
            return Kind.COMPLETED, {"grade": _grade(enrollment)}
        case Status.WITHDRAWN:
            return Kind.WITHDRAWN, {}
        case Status.LAPSED if enrollment.told_status == Status.OFFERED:
            return Kind.OFFER_LAPSED, {}
        case Status.LAPSED:
            refusal = enrollment.corrections.last()
            return Kind.REQUEST_DECIDED, {
                "decision": _("You were not given a seat this time."),
                "reason": refusal.reason if refusal else "",
            }
        case Status.FAILED:
            correction = enrollment.corrections.last()
            return Kind.WITHDRAWN, {"reason": correction.reason if correction else ""}
        case _:
            return None


def _grade(enrollment: Enrollment) -> str:
    """In no language yet: that it was passed, the message says anyway."""
    scale = enrollment.run.course.grading_scale
    if enrollment.grade is None or scale == GradingScale.PASS_FAIL:
        return ""
    if scale == GradingScale.LETTERS:
        return grades.letter(enrollment.grade)
    return f"{enrollment.grade.normalize():f} %"


def tell_of_work(submission: Submission, *, kind: str, at: datetime.datetime) -> None:
    """Work was returned or graded. A corrected grade is told again, and why."""
    enrollment = submission.enrollment
    if not enrollment.learner.is_active:
        return
    grade = Submission.objects.with_grade().get(pk=submission.pk).grade  # type: ignore[attr-defined]
    reviews = list(submission.reviews.order_by("pk"))
    notify(
        recipient=enrollment.learner,
        kind=kind,
        key=f"{kind}:{submission.public_id}:{len(reviews)}",
        context={
            "course": enrollment.run.course.title,
            "run": enrollment.run.title,
            "grade": "" if grade is None else f"{grade.normalize():f} %",
            "reason": reviews[-1].reason if reviews else "",
        },
        link=reverse("enrollment:unit", args=[enrollment.public_id, submission.unit.public_id]),
        at=at,
    )


def tell_of_exemption(exemption: Exemption, *, at: datetime.datetime) -> None:
    granted = exemption.status == Exemption.Status.GRANTED
    notify(
        recipient=exemption.learner,
        kind=Kind.REQUEST_DECIDED,
        key=f"exemption:{exemption.public_id}",
        context={
            "course": exemption.course.title,
            "decision": _("You can join without what the course builds on.")
            if granted
            else _("You can join once you have what the course builds on."),
            "reason": exemption.answer,
        },
        link=exemption.course.get_absolute_url(),
        at=at,
    )
