"""Skills and occupations of ESCO from files (``docs/esco.md``)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError
from django.utils import timezone
from tqdm import tqdm

from catalog import esco


class Command(BaseCommand):
    help = (
        "Import ESCO's skills, its occupations and what they need. All or nothing; a second time "
        "changes nothing; a newer release updates, and retires what it no longer has."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=esco.SHIPPED,
            metavar="DIR",
            help="With esco_skills, esco_occupations and esco_occupation_skills, as .csv.gz or "
            ".csv. Without it, what comes with Cairn: all of ESCO but its descriptions.",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would happen, and change nothing."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            release = esco.Release(options["folder"])
            # disable=None: no bar where nobody watches.
            with tqdm(total=release.count(), unit="row", file=sys.stderr, disable=None) as bar:
                counts = esco.apply(
                    release,
                    at=timezone.now(),
                    is_dry_run=options["dry_run"],
                    progress=bar.update,
                )
        except esco.Unreadable as error:
            raise CommandError(f"{error}. Nothing was imported.", returncode=2) from error
        except IntegrityError as error:
            problem = "Somebody else wrote skills or occupations meanwhile"
            raise CommandError(f"{problem}. Nothing was imported: run it again.") from error
        for count in counts:
            self.stdout.write(str(count))
        if not any(count.changes for count in counts):
            self.stdout.write("Nothing has changed.")
        if options["dry_run"]:
            self.stdout.write("This was a dry run: nothing was changed.")
