"""New signing keys for an organization, while it goes on issuing."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Organization
from credentials import addresses, keys


class Command(BaseCommand):
    help = "Retire an organization's signing keys and make others. What was signed stays valid."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organization", metavar="ORG", help="the organization's slug")

    def handle(self, *args: Any, organization: str, **options: Any) -> None:
        found = Organization.objects.filter(slug=organization).first()
        if found is None:
            raise CommandError(f"No organization has the slug {organization}.")
        for key in keys.rotate(organization=found, at=timezone.now()):
            self.stdout.write(f"{key.kind}: {addresses.key_id(key)}")
