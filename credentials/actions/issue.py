"""From awards to credentials: sign what is due, and store it."""

from __future__ import annotations

import datetime
import logging
import secrets
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q

from accounts.models import Organization
from credentials import addresses, due, keys, nudges
from credentials.actions import status_lists
from credentials.documents import SALT_BYTES
from credentials.drafting import Particulars
from credentials.due import Due
from credentials.models import Award, Credential, SigningKey
from credentials.vc.canonical import NotCanonical
from credentials.vc.data_integrity import Seal
from credentials.vc.documents import CONTEXTS, Recipient
from credentials.vc.hygiene import UncleanText
from credentials.vc.status_list import Purpose
from lib import rows
from lib.nudges import after_commit
from lib.prepared import PreparedUpdate, together
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
        with together():
            awards = due.take(BATCH, at=at)
            signed, failed = sign(awards, at=at)
            store(signed, at=at)
            _ISSUED.run([one.award.pk for one in signed], at)
            for award, reason in failed:
                _put_off(award, reason=reason, at=at)
        # Not before: until here PostgreSQL has not been given the rows.
        _carry_over([one.said.public_id for one in signed if one.award.supersedes_id])
    return len(awards)


@dataclass(frozen=True, slots=True)
class Signed:
    award: Due
    said: Particulars
    key: SigningKey
    document: bytes


def sign(
    awards: Iterable[Due], *, at: datetime.datetime
) -> tuple[list[Signed], list[tuple[Due, str]]]:
    """The credentials of these, not yet stored; and which cannot be signed, and why."""
    by_organization: defaultdict[Organization, list[Due]] = defaultdict(list)
    for award in awards:
        by_organization[award.version.achievement.awarding_body].append(award)
    signed: list[Signed] = []
    failed: list[tuple[Due, str]] = []
    # Always in this order: workers that lock two organizations must not cross.
    for organization in sorted(by_organization, key=lambda item: item.pk):
        its_awards = by_organization[organization]
        # The places first: they may need the organization's lock, and rotation takes that before
        # keys.
        places = status_lists.take_places(organization=organization, count=len(its_awards))
        key = keys.active_key(organization=organization, at=at)
        signer = its_awards[0].drafting.issuer_did
        seal = Seal(keys.open_key(key), verification_method=f"{signer}#{key.fragment}", created=at)
        for award, place in zip(its_awards, places, strict=True):
            said = _particulars(award, place, at=at)
            try:
                document = seal.close(award.drafting.render(said), contexts=CONTEXTS)
            except (NotCanonical, UncleanText) as error:
                failed.append((award, str(error)))
            else:
                signed.append(Signed(award, said, key, document))
    return signed, failed


def _particulars(award: Due, place: status_lists.Place, *, at: datetime.datetime) -> Particulars:
    listed, index = place
    return Particulars(
        public_id=uuid.uuid4(),
        recipient=Recipient(
            name=clean_block(award.learner.printed_name),
            email=award.learner.email,
            salt=secrets.token_hex(SALT_BYTES),
            id=award.learner.did or "",
        ),
        listed=listed,
        index=index,
        valid_from=at,
        grade=award.grade,
        valid_until=award.expires_at,
        how=award.how,
    )


def store(signed: Sequence[Signed], *, at: datetime.datetime) -> None:
    """Store these credentials, and tell their learners."""
    rows.insert(
        Credential,
        _COLUMNS,
        [
            (
                one.said.public_id,
                one.award.pk,
                one.award.supersedes_id,
                one.key.pk,
                one.document,
                one.award.learner.printed_name,
                one.said.listed.pk,
                one.said.index,
                at,
                Credential.Visibility.LINK,
                "",
                "",
            )
            for one in signed
        ],
    )
    _tell([(one.award, one.said.public_id) for one in signed], at=at)
    # Nobody may hold a credential whose status list cannot be read yet.
    for pk in {one.said.listed.pk for one in signed if not one.said.listed.signed_changes}:
        status_lists.sign(pk, at=at)


def _carry_over(successors: Sequence[uuid.UUID]) -> None:
    """A successor is shown to whom the one before was, and stays out of use if that was."""
    if not successors:
        return
    is_as_new = Q(supersedes__suspended_at=None, supersedes__visibility=Credential.Visibility.LINK)
    replacing = Credential.objects.filter(public_id__in=successors).exclude(is_as_new)
    suspended = []
    for one in replacing.select_related("supersedes").defer("document", "supersedes__document"):
        earlier = one.supersedes
        assert earlier is not None
        one.visibility = earlier.visibility
        one.suspended_at = earlier.suspended_at
        one.suspended_by_id = earlier.suspended_by_id
        one.suspension_reason = earlier.suspension_reason
        one.save(update_fields=_CARRIED)
        if one.is_suspended:
            suspended.append(one.status_list_id)
    if suspended:
        for purpose in Purpose:
            status_lists.count_change(suspended, purpose)
        after_commit(nudges.SIGN_STATUS_LISTS)


_CARRIED = ["visibility", "suspended_at", "suspended_by", "suspension_reason"]
_ISSUED = PreparedUpdate(
    lambda awards, at: (Award.objects.filter(pk__in=awards), {"issued_at": at, "last_failure": ""})
)
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


def _tell(issued: list[tuple[Due, uuid.UUID]], *, at: datetime.datetime) -> None:
    before, after = addresses.around_credential()
    notify_each(
        [
            News(
                recipient=award.learner,
                key=_news_key(award, public_id),
                context={
                    "credential": award.version.name,
                    "is_successor": award.supersedes_id is not None,
                },
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
