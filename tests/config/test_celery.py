"""What surrounds a task."""

from __future__ import annotations

import pytest
from celery.fixups.django import DjangoWorkerFixup
from django.db import connections

from config import celery

pytestmark = pytest.mark.django_db


@celery.app.task(name="tests.config.test_celery.nothing")
def nothing() -> None:
    pass


def test_a_task_keeps_the_connection_of_the_one_before(monkeypatch):
    closed = []
    monkeypatch.setattr(connections["default"], "close", lambda: closed.append(1))

    DjangoWorkerFixup(celery.app).close_database()

    assert not closed


@pytest.mark.parametrize(("is_eager", "times"), [(False, 1), (True, 0)])
def test_a_connection_that_is_broken_or_too_old_is_closed_between_tasks(
    is_eager, times, monkeypatch
):
    calls = []
    monkeypatch.setattr(celery, "close_old_connections", lambda: calls.append(1))
    monkeypatch.setattr(nothing.request, "is_eager", is_eager)

    celery.close_what_is_broken_or_too_old(task=nothing)

    assert len(calls) == times
