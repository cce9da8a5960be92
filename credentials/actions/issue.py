"""From awards to credentials: sign what is due, and store it."""

from __future__ import annotations

import datetime
import json
import logging
import uuid
from collections import defaultdict

from django.db import transaction
from django.db.models import F

from accounts.models import Organization
from credentials import addresses, keys
from credentials.actions import status_lists
from credentials.documents import credential_document
from credentials.models import Award, Credential
from credentials.vc.canonical import NotCanonical
from credentials.vc.data_integrity import add_proof
from credentials.vc.hygiene import UncleanText
from notifications.actions import notify
from notifications.models import Kind

logger = logging.getLogger(__name__)

BATCH = 25
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
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("learner", "version", "achievement__awarding_body")
            .prefetch_related("version__skills", "evidence__enrollment")
            .order_by("due_at", "pk")[:BATCH]
        )
        by_organization: defaultdict[Organization, list[Award]] = defaultdict(list)
        for award in awards:
            # The version's own achievement is this one: spare its query.
            award.version.achievement = award.achievement
            by_organization[award.achievement.awarding_body].append(award)
        # Always in this order: workers that lock two organizations must not cross.
        for organization in sorted(by_organization, key=lambda item: item.pk):
            _issue_for(organization, by_organization[organization], at=at)
    return len(awards)


def _issue_for(organization: Organization, awards: list[Award], *, at: datetime.datetime) -> None:
    key = keys.active_key(organization=organization, at=at)
    private_key = keys.open_private_key(key)
    listed = status_lists.open_list(organization=organization)
    for award in awards:
        credential = Credential(
            public_id=uuid.uuid4(),
            award=award,
            key=key,
            recipient_name=award.learner.credential_name or award.learner.email,
            status_list=listed,
            status_index=status_lists.take_place(listed),
            issued_at=at,
        )
        try:
            document = add_proof(
                credential_document(award=award, credential=credential, at=at),
                private_key=private_key,
                verification_method=addresses.key_id(key),
                created=at,
            )
        except (NotCanonical, UncleanText) as error:
            _put_off(award, reason=str(error), at=at)
            continue
        credential.document = json.dumps(document, ensure_ascii=False).encode()
        credential.save(force_insert=True)
        Award.objects.filter(pk=award.pk).update(issued_at=at, last_failure="")
        _tell(award, credential, at=at)
    if not listed.document:
        # Nobody may hold a credential whose status list cannot be read yet.
        status_lists.sign(listed.pk, at=at)


def _tell(award: Award, credential: Credential, *, at: datetime.datetime) -> None:
    if award.learner.is_active:
        notify(
            recipient=award.learner,
            kind=Kind.CREDENTIAL_ISSUED,
            key=f"credential:{award.public_id}",
            context={"credential": award.version.name},
            link=credential.get_absolute_url(),
            at=at,
        )


def _put_off(award: Award, *, reason: str, at: datetime.datetime) -> None:
    """This award cannot be signed as it is: say why, and try again later and later."""
    logger.warning("award %s cannot be issued", award.pk)
    wait = min(FIRST_RETRY * 2 ** min(award.failures, 10), LAST_RETRY)
    Award.objects.filter(pk=award.pk).update(
        failures=F("failures") + 1, last_failure=reason, due_at=at + wait
    )
