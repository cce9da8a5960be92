"""The product's worker, with one task more that does nothing."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")

from config.celery import app


@app.task
def empty() -> None:
    pass
