"""Credentials as JWTs: asked for by a row, signed by a worker, stored once."""

from __future__ import annotations

import datetime
from collections import defaultdict

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Organization
from credentials import addresses, keys, nudges
from credentials.models import Credential, CredentialJwt
from credentials.vc import jwt, multikey
from credentials.vc.data_integrity import timestamp
from lib.nudges import after_commit

BATCH = 100


@transaction.atomic
def request_jwt(*, credential: Credential, at: datetime.datetime) -> CredentialJwt:
    """The credential's JWT, asked for if it was not yet. Its ``token`` is empty until signed."""
    asked, is_new = CredentialJwt.objects.get_or_create(
        credential=credential, defaults={"requested_at": at}
    )
    if is_new:
        after_commit(nudges.SIGN_JWTS)
    return asked


def due_jwts() -> QuerySet[CredentialJwt]:
    return CredentialJwt.objects.filter(signed_at=None, credential__erased_at=None)


@transaction.atomic
def sign_due_jwts(*, at: datetime.datetime) -> int:
    """Sign one batch of JWTs that were asked for, and return how many."""
    due = list(
        due_jwts()
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("credential__award__achievement__awarding_body")
        .order_by("requested_at", "pk")[:BATCH]
    )
    by_organization: defaultdict[Organization, list[CredentialJwt]] = defaultdict(list)
    for asked in due:
        by_organization[asked.credential.award.achievement.awarding_body].append(asked)
    for organization in sorted(by_organization, key=lambda item: item.pk):
        _sign_for(organization, by_organization[organization], at=at)
    return len(due)


def _sign_for(
    organization: Organization, asked: list[CredentialJwt], *, at: datetime.datetime
) -> None:
    key = keys.active_key(organization=organization, kind=keys.Kind.P256, at=at)
    public_key = multikey.decode_p256(key.public_key_multibase)
    envelope = jwt.Envelope(
        keys.open_key(key), header=jwt.header(public_key, key_id=addresses.jwk_id(key))
    )
    issuer = addresses.issuer_did(organization)
    for one in asked:
        ends = one.credential.award.expires_at
        one.token = envelope.close(
            bytes(one.credential.document),
            jwt.Claims(
                issuer=issuer,
                id=addresses.credential(one.credential),
                valid_from=timestamp(one.credential.issued_at),
                valid_until=timestamp(ends) if ends else "",
            ),
        )
        one.key = key
        one.signed_at = at
    CredentialJwt.objects.bulk_update(asked, ["token", "key", "signed_at"])
