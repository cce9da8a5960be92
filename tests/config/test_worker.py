from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.conf import settings

from config import worker
from config.celery import app

pytestmark = pytest.mark.skipif(
    bool(settings.REDIS_URL), reason="With Redis, workers are processes of their own."
)

has_run = threading.Event()


@app.task(name="tests.config.test_worker.report")
def report() -> None:
    has_run.set()


@pytest.fixture(scope="module")
def running_worker() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.conf, "task_always_eager", False)
        # Without the periodic tasks: they would look into a database that these tests lack.
        patch.setitem(app.conf, "beat_schedule", {})
        worker.start()
        yield
        worker.stop()


def test_a_task_runs_beside_the_web_server(running_worker: None) -> None:
    has_run.clear()

    report.delay()

    # A machine under load is no failure.
    assert has_run.wait(timeout=30)


def test_a_second_start_is_harmless(running_worker: None) -> None:
    threads = threading.active_count()

    worker.start()

    assert threading.active_count() == threads


def test_the_worker_stops_and_takes_no_other_task(running_worker: None, monkeypatch) -> None:
    monkeypatch.setattr(worker, "STOP_SECONDS", 30)

    worker.stop()

    assert not [thread for thread in threading.enumerate() if thread.name == "worker"]
