"""The product's worker, with two tasks more: one does nothing, one inserts a row."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")

from django.db import connection

from config.celery import app


@app.task
def empty() -> None:
    pass


@app.task
def insert(learner: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO benchmark_row VALUES (%s)", [learner])
