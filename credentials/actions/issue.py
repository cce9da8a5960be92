"""From awards to credentials: sign what is due, and store it."""

from __future__ import annotations

import datetime
import logging
import secrets
import uuid
from collections import defaultdict

from django.db import transaction
from django.db.models import F

from accounts.models import Organization
from credentials import addresses, due, endorsements, keys
from credentials.actions import status_lists
from credentials.documents import SALT_BYTES, Drafting, Particulars
from credentials.due import Due
from credentials.models import Award, Credential, SigningKey
from credentials.vc.canonical import NotCanonical
from credentials.vc.data_integrity import Seal
from credentials.vc.documents import CONTEXTS, Recipient
from credentials.vc.hygiene import UncleanText
from lib import rows
from lib.text import clean_block
from notifications.actions import News, notify_each
from notifications.models import Kind

logger = logging.getLogger(__name__)

BATCH = 500
"""Small enough that a kill loses little work and SQLite's one writer is soon free again."""
FIRST_RETRY = datetime.timedelta(seconds=30)
LAST_RETRY = datetime.timedelta(hours=6)


def issue_due(*, at: datetime.datetime) -> int:
    """Issue one batch of due awards and return how many were tried; 0 when none is due.

    The batch is one transaction and its rows are locked: a worker that is killed leaves nothing
    behind but awards that are still due, and two workers never take the same one.
    """
    with transaction.atomic():
        awards = due.take(BATCH, at=at)
        by_organization: defaultdict[Organization, list[Due]] = defaultdict(list)
        for award in awards:
            by_organization[award.version.achievement.awarding_body].append(award)
        # Always in this order: workers that lock two organizations must not cross.
        for organization in sorted(by_organization, key=lambda item: item.pk):
            _issue_for(organization, by_organization[organization], at=at)
    return len(awards)


def _issue_for(organization: Organization, awards: list[Due], *, at: datetime.datetime) -> None:
    # The places first: they may need the organization's lock, and rotation takes that before keys.
    places = status_lists.take_places(organization=organization, count=len(awards))
    key = keys.active_key(organization=organization, at=at)
    signed = _sign(awards, places, key, at=at)
    rows.insert(
        Credential,
        _COLUMNS,
        [
            (
                said.public_id,
                award.pk,
                award.supersedes_id,
                key.pk,
                document,
                award.learner.printed_name,
                said.listed.pk,
                said.index,
                at,
                Credential.Visibility.LINK,
                "",
                "",
            )
            for award, said, document in signed
        ],
    )
    Award.objects.filter(pk__in=[award.pk for award, _, _ in signed]).update(
        issued_at=at, last_failure=""
    )
    _tell([(award, said.public_id) for award, said, _ in signed], at=at)
    # Nobody may hold a credential whose status list cannot be read yet.
    for listed in {listed for listed, _ in places if not listed.signed_changes}:
        status_lists.sign(listed.pk, at=at)


_COLUMNS = (
    "public_id",
    "award_id",
    "supersedes_id",
    "key_id",
    "document",
    "recipient_name",
    "status_list_id",
    "status_index",
    "issued_at",
    "visibility",
    "revocation_reason",
    "suspension_reason",
)


def _sign(
    awards: list[Due],
    places: list[status_lists.Place],
    key: SigningKey,
    *,
    at: datetime.datetime,
) -> list[tuple[Due, Particulars, bytes]]:
    """Those that can be signed, each with its document; the others are put off."""
    carried = endorsements.carried_by({award.version.achievement_id for award in awards})
    drafting = Drafting(carried, at=at)
    seal = Seal(keys.open_key(key), verification_method=addresses.key_id(key), created=at)
    signed = []
    for award, (listed, index) in zip(awards, places, strict=True):
        said = Particulars(
            public_id=uuid.uuid4(),
            recipient=Recipient(
                name=clean_block(award.learner.printed_name),
                email=award.learner.email,
                salt=secrets.token_hex(SALT_BYTES),
                id=award.learner.did or "",
            ),
            listed=listed,
            index=index,
            grade=award.grade,
            valid_until=award.expires_at,
            how=award.how,
        )
        try:
            document = seal.close(drafting.render(award.version, said), contexts=CONTEXTS)
        except (NotCanonical, UncleanText) as error:
            _put_off(award, reason=str(error), at=at)
        else:
            signed.append((award, said, document))
    return signed


def _tell(issued: list[tuple[Due, uuid.UUID]], *, at: datetime.datetime) -> None:
    before, after = addresses.around_credential()
    notify_each(
        [
            News(
                recipient=award.learner,
                key=_news_key(award, public_id),
                context={"credential": award.version.name},
                link=f"{before}{public_id}{after}",
            )
            for award, public_id in issued
            if award.learner.is_active
        ],
        kind=Kind.CREDENTIAL_ISSUED,
        at=at,
    )


def _news_key(award: Due, public_id: uuid.UUID) -> str:
    """The first credential of an award is told once, whatever happens; so is each successor."""
    return f"credential:{public_id if award.supersedes_id else award.public_id}"


def _put_off(award: Due, *, reason: str, at: datetime.datetime) -> None:
    """This award cannot be signed as it is: say why, and try again later and later."""
    logger.warning("award %s cannot be issued", award.pk)
    wait = min(FIRST_RETRY * 2 ** min(award.failures, 10), LAST_RETRY)
    Award.objects.filter(pk=award.pk).update(
        failures=F("failures") + 1, last_failure=reason, due_at=at + wait
    )
