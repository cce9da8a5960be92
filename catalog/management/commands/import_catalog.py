"""Courses, tracks, organizations and skills from files (``docs/import-format.md``)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from catalog import importing


class Command(BaseCommand):
    help = (
        "Import catalog files (JSON or CSV). Ends with 1 when a row was refused, "
        "with 2 when a file could not be read and nothing was imported."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would happen, and change nothing."
        )
        parser.add_argument(
            "--report",
            type=Path,
            metavar="FILE",
            help="Write what became of each row to .csv/.json.",
        )
        parser.add_argument(
            "--quiet", action="store_true", help="Print only refused rows and the summary."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report: Path | None = options["report"]
        if report and (report.suffix not in {".csv", ".json"} or not report.parent.is_dir()):
            raise CommandError(
                "--report needs a .csv or .json file in a folder that exists.", returncode=2
            )
        try:
            catalog = importing.read(options["files"])
        except importing.Unreadable as error:
            raise CommandError(str(error), returncode=2) from error
        # disable=None: no bar where nobody watches.
        with tqdm(total=importing.count(catalog), unit="row", file=sys.stderr, disable=None) as bar:
            outcomes = importing.apply(
                catalog,
                at=timezone.now(),
                is_dry_run=options["dry_run"],
                progress=bar.update,
            )
        if report:
            importing.save_report(report, outcomes)
        self.say(outcomes, is_quiet=options["quiet"], is_dry_run=options["dry_run"])

    def say(self, outcomes: list[importing.Outcome], *, is_quiet: bool, is_dry_run: bool) -> None:
        refused = [o for o in outcomes if o.verdict == importing.Verdict.REFUSED]
        for outcome in refused if is_quiet else outcomes:
            self.stdout.write(str(outcome))
        self.stdout.write(importing.summary(outcomes) or "The files have no rows.")
        if is_dry_run:
            self.stdout.write("This was a dry run: nothing was changed.")
        if refused:
            sys.exit(1)
