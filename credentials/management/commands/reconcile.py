"""Evaluate all rules anew and say where the awards do not agree with them."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from credentials.reconciling import LISTED, reconcile
from lib.words import counted


class Command(BaseCommand):
    help = "Judge everyone by every rule, apart from the awards that stand, and compare."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="Put whoever is missing an award in the queue to be judged.",
        )

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        run = reconcile(at=timezone.now(), repair=repair)
        drifts = run.drifts.select_related("learner", "achievement__course", "achievement__track")
        for drift in drifts.select_related("award"):
            named = f" (award {drift.award.public_id})" if drift.award else ""
            self.stdout.write(
                f"{drift.learner.public_id}: {drift.achievement}: {drift.get_kind_display()}."
                f" {drift.reason}{named}"
            )
        if run.found > LISTED:
            self.stdout.write(f"… and {run.found - LISTED} more.")
        disagree = "1 does not agree" if run.found == 1 else f"{run.found} do not agree"
        self.stdout.write(
            f"{counted(run.awards, 'award')} of {counted(run.learners, 'learner')}: {disagree} with"
            f" their rules; {counted(run.repaired, 'learner')} in the queue to be judged."
        )
        if run.remaining:
            remain = "remains" if run.remaining == 1 else "remain"
            raise CommandError(f"{run.remaining} {remain}.", returncode=1)
