"""The demo: a catalog, people who can sign in, and an HR system."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalog import esco, importing
from catalog.models import Occupation
from config import demo_people
from credentials.actions import judge_due
from credentials.reconciling import reconcile

CATALOG = settings.BASE_DIR / "demo" / "catalog"


class Command(BaseCommand):
    help = "Load the demo catalog, its people and their API client. Harmless when they are there."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--force",
            action="store_true",
            help="In production, too, though its passwords are public.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION and not options["force"]:
            raise CommandError("The demo's passwords are public: production does without it.")
        if demo_people.are_there():
            return
        self.stdout.write("Loading the demo …")
        at = timezone.now()
        self.load_skills(at)
        self.load_catalog(at)
        try:
            demo_people.create(at=at)
        except demo_people.NoEmployer as error:
            raise CommandError(f"{CATALOG} has no employer {error}.") from error
        # So that the first look says how awards and rules agree. The worker issues what is due.
        while judge_due(at=at):
            pass
        reconcile(at=timezone.now(), repair=False)

    def load_skills(self, at: datetime.datetime) -> None:
        """Only where there are none: a newer release of ESCO must not be undone."""
        if not Occupation.objects.exists():
            self.stdout.write("Loading the skills and occupations of ESCO …")
            esco.apply(esco.Release(esco.SHIPPED), at=at)

    def load_catalog(self, at: datetime.datetime) -> None:
        try:
            files = [path for path in CATALOG.rglob("*") if path.suffix in {".json", ".toml"}]
            catalog = importing.read(sorted(files))
        except importing.Unreadable as error:
            raise CommandError(str(error)) from error
        outcomes = importing.apply(catalog, at=at)
        refused = [str(o) for o in outcomes if o.verdict == importing.Verdict.REFUSED]
        if refused:
            raise CommandError("\n".join(["Rows of the demo catalog were refused:", *refused]))
