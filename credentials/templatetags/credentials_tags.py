"""What a page of another app may show of credentials."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import F
from django.template.context import RequestContext

from accounts.models import Organization, User
from catalog.models import Track
from catalog.named import Named
from catalog.reach import Need
from catalog.stacks import Part
from credentials import on_track
from credentials.actions import judgement_requests
from credentials.models import Award, Credential, Refusal
from enrollment.models import Enrollment

register = template.Library()

NEWEST = 3


@register.filter
def may_recognize(user: object) -> bool:
    """Whether prior learning is this person's to decide about."""
    return isinstance(user, User) and Organization.objects.curated_by(user).exists()


@register.simple_tag
def under_way_by(named: Named) -> int:
    """How many learners are on the way by a version that names something; by a draft, nobody."""
    if named.is_draft:
        return 0
    version = named.version
    in_force = [version.pk] if named.is_current else []
    return judgement_requests.under_way([version], in_force=in_force)[version.pk]


@register.inclusion_tag("credentials/_newest.html", takes_context=True)
def newest_credentials(context: RequestContext) -> dict[str, Any]:
    """The reader's own, the newest of those that stand."""
    held = Credential.objects.held_by(context["user"]).standing()
    return {"credentials": held.select_related("award__version").defer("document")[:NEWEST]}


@register.inclusion_tag("credentials/_panel.html")
def credential_panel(enrollment: Enrollment) -> dict[str, Any]:
    """The credential of a completed course, or what keeps it from being there.

    Of several the last that stands. What has fallen is as if it had never been made.
    """
    achievement = enrollment.run.course.achievement
    award = (
        Award.objects.with_halts()
        .filter(learner=enrollment.learner_id, achievement=achievement)
        .exclude(revocation_cause=Award.Cause.EVIDENCE)
        .order_by(F("revoked_at").asc(nulls_first=True), "-number")
        .first()
    )
    refusal = Refusal.objects.filter(
        learner=enrollment.learner_id, achievement=achievement, lifted_at=None
    ).first()
    credential = Credential.objects.filter(award=award).order_by("-pk").first() if award else None
    stacked = (
        Credential.objects.standing()
        .filter(award__evidence__supporting_award=award)
        .select_related("award__version")
        if award
        else Credential.objects.none()
    )
    return {
        "enrollment": enrollment,
        "achievement": achievement,
        "award": award,
        "refusal": refusal,
        "credential": credential,
        "stacked": stacked,
    }


@register.simple_tag(takes_context=True)
def reader_on_track(
    context: RequestContext, track: Track, need: Need, stack: Part
) -> on_track.OnTrack | None:
    """Where the reader stands in the track; ``None`` if nowhere yet."""
    user = context["user"]
    return (
        on_track.on_track(user, track, need=need, stack=stack) if isinstance(user, User) else None
    )
