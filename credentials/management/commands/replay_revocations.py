"""After a backup was restored: revoke again what was revoked since it was made."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand

from credentials import actions


class Command(BaseCommand):
    help = "Carry out what the revocation journal says and this database has forgotten."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        changed = actions.replay_revocations()
        if changed or verbosity:
            self.stdout.write(f"{changed} revocations of the journal were missing and are back.")
