from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from credentials import tasks
from credentials.models import Award, Heartbeat
from tests.credentials.test_actions import complete, judge_all
from tests.factories import published_course

pytestmark = pytest.mark.django_db


def readiness(client):
    response = client.get("/readyz")
    return response.status_code, response.json()["checks"]


def test_the_process_is_alive(client):
    assert client.get("/healthz").status_code == 200


def test_ready_once_a_worker_has_reported(client):
    tasks.sweep()

    status, checks = readiness(client)

    assert status == 200
    assert set(checks.values()) == {"ok"}


def test_not_ready_without_a_worker(client):
    assert readiness(client) == (
        503,
        {
            "database": "ok",
            "broker": "ok",
            "worker": "no worker has reported yet",
            "oldest_due_award": "ok",
        },
    )


def test_not_ready_when_the_worker_has_gone_silent(client):
    Heartbeat.objects.create(name="sweep", at=timezone.now() - datetime.timedelta(minutes=5))

    status, checks = readiness(client)

    assert status == 503
    assert "no worker has reported for 3" in checks["worker"]


def test_not_ready_while_an_award_waits_too_long(client, learner):
    tasks.sweep()
    complete(learner, published_course())
    judge_all()
    assert Award.objects.filter(issued_at=None).exists()

    status, checks = readiness(client)

    assert status == 503
    assert "has waited" in checks["oldest_due_award"]


def test_not_ready_without_the_broker(client, settings, monkeypatch):
    tasks.sweep()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    def refuse():
        raise OSError

    monkeypatch.setattr("config.health.celery_app.connection_for_write", refuse)

    status, checks = readiness(client)

    assert (status, checks["broker"]) == (503, "the message broker does not answer")
