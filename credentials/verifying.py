"""Verifying with what this installation knows: its own issuers and their status lists."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils import timezone

from accounts.models import Organization
from credentials import addresses
from credentials.documents import did_document
from credentials.models import Credential, StatusList
from credentials.vc.verify import Check, Outcome, Report, Verdict, verify


class LocalResolver:
    """Answers from the database; never asks the network."""

    def did_document(self, did: str) -> dict[str, Any] | None:
        slug = unquote(did.rsplit(":", 1)[-1])
        organization = Organization.objects.filter(slug=slug, is_awarding_body=True).first()
        if organization is None or addresses.issuer_did(organization) != did:
            return None
        return did_document(organization)

    def status_list(self, url: str) -> dict[str, Any] | None:
        public_id = _uuid_at(url, folder="status")
        listed = StatusList.objects.filter(public_id=public_id).first() if public_id else None
        if listed is None or not listed.document:
            return None
        document: dict[str, Any] = json.loads(bytes(listed.document))
        return document


def verify_document(source: bytes | str) -> Report:
    """Check a credential given as JSON; never raises for what is in it."""
    report = verify(source, resolver=LocalResolver(), at=timezone.now())
    if report.is_valid and report.document:
        own = find_stored(str(report.document.get("id", "")))
        if own and own.is_revoked:
            # The signed list follows within seconds; whoever asks here learns it at once.
            report.verdict = Verdict.REVOKED
            words = f"The issuer has revoked it: {own.revocation_reason}"
            report.checks = [
                Check("status", Outcome.FAILED, words) if check.name == "status" else check
                for check in report.checks
            ]
    return report


def find_stored(reference: str) -> Credential | None:
    """The credential of this site with this id or address, if there is one."""
    try:
        public_id: uuid.UUID | None = uuid.UUID(reference.strip())
    except ValueError:
        public_id = _uuid_at(reference.strip(), folder="credentials")
    if public_id is None:
        return None
    readable = Credential.objects.readable().with_page_relations()
    return readable.filter(public_id=public_id).first()


def verify_stored(credential: Credential) -> Report:
    """Check a stored credential exactly as if its bytes had come from outside."""
    return verify_document(bytes(credential.document))


def _uuid_at(url: str, *, folder: str) -> uuid.UUID | None:
    """The UUID in an address ``BASE_URL/folder/<uuid>`` of this site."""
    try:
        parts = urlsplit(url)
        own = urlsplit(settings.BASE_URL)
        _, found, name = parts.path.split("/", 2)
        if (parts.scheme, parts.netloc) != (own.scheme, own.netloc) or found != folder:
            return None
        return uuid.UUID(name.strip("/"))
    except ValueError:
        return None
