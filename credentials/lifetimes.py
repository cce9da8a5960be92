"""Where a credential stands in time: until when it counts, what it follows, what follows it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from catalog.models import AchievementVersion, Renewal
from credentials.models import Award, Credential
from credentials.terms import RENEWAL_OPENS


@dataclass(frozen=True)
class Life:
    expires_at: datetime.datetime | None
    is_expired: bool
    renewable_from: datetime.datetime | None
    """When what the holder does begins to renew it; ``None`` where nothing does."""
    is_renewable: bool
    """Now."""
    renewal: str
    earlier: Credential | None
    later: Credential | None


def life_of(credential: Credential, *, at: datetime.datetime, is_holder: bool) -> Life:
    """Others are not led to what the holder keeps to themselves."""
    award = credential.award
    ends = award.expires_at
    renewal = _renewal(award) if ends else Renewal.NONE
    later = _successor(credential, award)
    renewable_from = None
    if ends and renewal != Renewal.NONE and award.revoked_at is None and later is None:
        renewable_from = ends - RENEWAL_OPENS
    return Life(
        expires_at=ends,
        is_expired=ends is not None and ends <= at,
        renewable_from=renewable_from,
        is_renewable=renewable_from is not None and renewable_from <= at,
        renewal=renewal,
        earlier=_shown(credential.supersedes or _latest_of(award.renews_id), is_holder=is_holder),
        later=_shown(later, is_holder=is_holder),
    )


class Next(StrEnum):
    """What follows a credential that does not last."""

    RENEWED = "renewed"
    RENEWABLE = "renewable"


def what_follows(credentials: Iterable[Credential], *, at: datetime.datetime) -> dict[int, Next]:
    """By award, of those of a holder that are renewed or can be now; in two queries at most."""
    ending = {
        award.pk: award.achievement_id
        for award in (credential.award for credential in credentials)
        if award.expires_at and award.expires_at - RENEWAL_OPENS <= at and not award.revoked_at
    }
    if not ending:
        return {}
    renewed = set(Award.objects.filter(renews__in=ending).values_list("renews", flat=True))
    current = AchievementVersion.objects.current().filter(achievement__in=set(ending.values()))
    renewable = set(current.exclude(renewal=Renewal.NONE).values_list("achievement", flat=True))
    return {
        award: Next.RENEWED if award in renewed else Next.RENEWABLE
        for award, achievement in ending.items()
        if award in renewed or achievement in renewable
    }


def _renewal(award: Award) -> str:
    """By the version in force: that is the one that an award is renewed by."""
    return (
        AchievementVersion.objects.current()
        .values_list("renewal", flat=True)
        .get(achievement=award.achievement_id)
    )


def _successor(credential: Credential, award: Award) -> Credential | None:
    by_itself = Credential.objects.filter(supersedes=credential).defer("document").first()
    if by_itself:
        return by_itself
    following = Award.objects.filter(renews=award).first()
    # What has fallen with its evidence renews nothing.
    while following and following.revocation_cause == Award.Cause.EVIDENCE:
        following = Award.objects.filter(renews=following).first()
    return _latest_of(following.pk) if following else None


def _latest_of(award_id: int | None) -> Credential | None:
    if award_id is None:
        return None
    return Credential.objects.filter(award=award_id).defer("document").order_by("-pk").first()


def _shown(credential: Credential | None, *, is_holder: bool) -> Credential | None:
    if credential is None or credential.is_erased:
        return None
    if credential.visibility == Credential.Visibility.OFF and not is_holder:
        return None
    return credential
