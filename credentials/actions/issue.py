"""From awards to credentials: sign what is due, and store it."""

from __future__ import annotations

import datetime
import logging
import uuid
from collections import defaultdict

from django.db import transaction
from django.db.models import F

from accounts.models import Organization
from catalog.models import AchievementVersion
from credentials import addresses, endorsements, keys
from credentials.actions import status_lists
from credentials.documents import Drafting
from credentials.models import Award, Credential
from credentials.vc import data_integrity
from credentials.vc.canonical import NotCanonical
from credentials.vc.hygiene import UncleanText
from notifications.actions import News, notify_each
from notifications.models import Kind

logger = logging.getLogger(__name__)

BATCH = 200
"""Small enough that a kill loses little work and SQLite's one writer is soon free again."""
FIRST_RETRY = datetime.timedelta(seconds=30)
LAST_RETRY = datetime.timedelta(hours=6)


def issue_due(*, at: datetime.datetime) -> int:
    """Issue one batch of due awards and return how many were tried; 0 when none is due.

    The batch is one transaction and its rows are locked: a worker that is killed leaves nothing
    behind but awards that are still due, and two workers never take the same one.
    """
    with transaction.atomic():
        awards = list(
            Award.objects.due(at=at)
            .select_for_update(skip_locked=True, of=("self",), no_key=True)
            .select_related("learner__did")
            .prefetch_related(
                "evidence__enrollment",
                "evidence__recognition__course",
                "evidence__recognition__skill",
            )
            .order_by("due_at", "pk")[:BATCH]
        )
        by_organization: defaultdict[Organization, list[Award]] = defaultdict(list)
        versions = _versions_of(awards)
        for award in awards:
            # One object for all that share it: a thousand learners earn a few achievements.
            award.version = versions[award.version_id]
            award.achievement = award.version.achievement
            by_organization[award.achievement.awarding_body].append(award)
        # Always in this order: workers that lock two organizations must not cross.
        for organization in sorted(by_organization, key=lambda item: item.pk):
            _issue_for(organization, by_organization[organization], at=at)
    return len(awards)


def _versions_of(awards: list[Award]) -> dict[int, AchievementVersion]:
    return (
        AchievementVersion.objects.select_related("achievement__awarding_body")
        .prefetch_related("skills")
        .in_bulk({award.version_id for award in awards})
    )


def _issue_for(organization: Organization, awards: list[Award], *, at: datetime.datetime) -> None:
    # The places first: they may need the organization's lock, and rotation takes that before keys.
    places = status_lists.take_places(organization=organization, count=len(awards))
    key = keys.active_key(organization=organization, at=at)
    signer = keys.open_key(key)
    key_id = addresses.key_id(key)
    drafting = Drafting(endorsements.carried_by({award.achievement_id for award in awards}))
    earlier = _latest_credentials(awards)
    issued: list[tuple[Award, Credential]] = []
    for award, (listed, index) in zip(awards, places, strict=True):
        credential = Credential(
            public_id=uuid.uuid4(),
            award=award,
            supersedes_id=earlier.get(award.pk),
            key=key,
            recipient_name=award.learner.credential_name or award.learner.email,
            status_list=listed,
            status_index=index,
            issued_at=at,
        )
        try:
            credential.document = data_integrity.sign(
                drafting.draft(award=award, credential=credential, at=at),
                private_key=signer,
                verification_method=key_id,
                created=at,
            )
        except (NotCanonical, UncleanText) as error:
            _put_off(award, reason=str(error), at=at)
        else:
            issued.append((award, credential))
    Credential.objects.bulk_create(credential for _, credential in issued)
    Award.objects.filter(pk__in=[award.pk for award, _ in issued]).update(
        issued_at=at, last_failure=""
    )
    _tell(issued, at=at)
    # Nobody may hold a credential whose status list cannot be read yet.
    for listed in {listed for listed, _ in places if not listed.signed_changes}:
        status_lists.sign(listed.pk, at=at)


def _latest_credentials(awards: list[Award]) -> dict[int, int]:
    """By award: the credential that the new one succeeds. Most awards have none."""
    rows = Credential.objects.filter(award__in=awards).order_by("pk")
    return dict(rows.values_list("award_id", "pk"))


def _tell(issued: list[tuple[Award, Credential]], *, at: datetime.datetime) -> None:
    notify_each(
        [
            News(
                recipient=award.learner,
                key=_news_key(award, credential),
                context={"credential": award.version.name},
                link=credential.get_absolute_url(),
            )
            for award, credential in issued
            if award.learner.is_active
        ],
        kind=Kind.CREDENTIAL_ISSUED,
        at=at,
    )


def _news_key(award: Award, credential: Credential) -> str:
    """The first credential of an award is told once, whatever happens; so is each successor."""
    told = credential.public_id if credential.supersedes_id else award.public_id
    return f"credential:{told}"


def _put_off(award: Award, *, reason: str, at: datetime.datetime) -> None:
    """This award cannot be signed as it is: say why, and try again later and later."""
    logger.warning("award %s cannot be issued", award.pk)
    wait = min(FIRST_RETRY * 2 ** min(award.failures, 10), LAST_RETRY)
    Award.objects.filter(pk=award.pk).update(
        failures=F("failures") + 1, last_failure=reason, due_at=at + wait
    )
