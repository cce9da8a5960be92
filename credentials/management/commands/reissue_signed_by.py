"""When a key may be in other hands: replace what it signed."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from credentials import actions, addresses
from credentials.models import SigningKey


class Command(BaseCommand):
    help = "Revoke what a key has signed since a date, and issue successors with the new key."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "key", metavar="KEY", help="its id, did:web:…#key-1, or ORG#key-1 by the slug"
        )
        parser.add_argument("--since", metavar="DATE", help="UTC; without it, all that it signed")
        parser.add_argument(
            "--distrust",
            action="store_true",
            help="and no longer vouch for the key: nothing it signed, before or after, verifies",
        )

    def handle(
        self, *args: Any, key: str, since: str | None, distrust: bool, **options: Any
    ) -> None:
        found = _key(key)
        # Not since the key was made: a batch may have begun before that, and taken it then.
        moment = _moment(since) if since else None
        if distrust and moment:
            raise CommandError("What is not replaced would stop verifying: leave out --since.")
        now = timezone.now()
        if distrust:
            actions.distrust(key=found, at=now)
            found.refresh_from_db()
        try:
            count = actions.reissue_signed_by(key=found, since=moment, at=now)
        except actions.StillActive as error:
            raise CommandError("The key is in use. Rotate first: manage.py rotate_keys.") from error
        self.stdout.write(f"{count} credentials are revoked; workers issue their successors now.")


def _key(reference: str) -> SigningKey:
    owner, _, fragment = reference.rpartition("#")
    for key in SigningKey.objects.filter(fragment=fragment).select_related("organization"):
        if owner in {key.organization.slug, addresses.issuer_did(key.organization)}:
            return key
    raise CommandError(f"No signing key is called {reference}.")


def _moment(text: str) -> datetime.datetime:
    try:
        moment = parse_datetime(text) or datetime.datetime.combine(
            parse_date(text) or datetime.date.min, datetime.time()
        )
    except ValueError as error:
        raise CommandError(f"{text} is not a date such as 2026-03-01.") from error
    if moment.year == datetime.MINYEAR:
        raise CommandError(f"{text} is not a date such as 2026-03-01.")
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
