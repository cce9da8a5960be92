"""Forget everything: the database, uploads, keys and mail of this installation."""

from __future__ import annotations

import shutil
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection

from config import datadir


class Command(BaseCommand):
    help = "Delete all data, so that the next run starts with a fresh demo."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("Production data are not a demo.")
        if not datadir.lock(shared=False):
            raise CommandError(f"Stop the server first: it uses {settings.DATA_DIR}.")
        if connection.vendor != "sqlite":
            call_command("flush", interactive=False, verbosity=0)
        # By name, because CAIRN_DATA may be a folder that holds other people's files, too.
        for path in settings.DATA_DIR.glob("*.sqlite3*"):
            path.unlink()
        for name in ("media", "keys", "mail"):
            shutil.rmtree(settings.DATA_DIR / name, ignore_errors=True)
        self.stdout.write(f"{settings.DATA_DIR} is empty: `make run` starts over.")
