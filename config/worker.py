"""A worker and a clock inside the web process, for an installation without Redis.

The broker is this process's memory, so whatever is queued dies with it: the rows are the queue,
and the sweep finds what was lost.
"""

from __future__ import annotations

import threading
from typing import Any

from celery.beat import EmbeddedService
from celery.worker import WorkController

from config.celery import app

POLLING_SECONDS = 0.02
"""The memory broker is asked this often; its own default makes every task wait up to a second."""
STOP_SECONDS = 3.0

_running: list[InProcessWorker] = []


class InProcessWorker:
    """One consumer thread that runs the tasks itself, and one thread that sends the periodic ones.

    A single consumer suits SQLite, which has a single writer.
    """

    def __init__(self) -> None:
        app.conf.broker_transport_options = {"polling_interval": POLLING_SECONDS}
        self._is_ready = threading.Event()
        self._controller = WorkController(
            app=app,
            pool="solo",
            concurrency=1,
            without_gossip=True,
            without_heartbeat=True,
            without_mingle=True,
            ready_callback=self._consumer_is_ready,
        )
        # The plain scheduler keeps its times in memory and leaves no file behind.
        self._clock: Any = EmbeddedService(
            app, thread=True, scheduler_cls="celery.beat:Scheduler", max_interval=1
        )
        # Daemons: a task that hangs must not keep the process from ending.
        self._consumer = threading.Thread(target=self._controller.start, name="worker", daemon=True)

    def start(self) -> None:
        self._consumer.start()
        self._is_ready.wait(timeout=STOP_SECONDS)
        self._clock.start()

    def stop(self) -> None:
        """Let the task in hand finish, within reason, and take no other."""
        self._clock.service.stop()
        self._controller.stop()
        self._consumer.join(timeout=STOP_SECONDS)

    def _consumer_is_ready(self, consumer: object) -> None:
        self._is_ready.set()


def start() -> None:
    """Start this process's worker; a second call is harmless."""
    if not _running:
        worker = InProcessWorker()
        _running.append(worker)
        worker.start()


def stop() -> None:
    """Stop this process's worker, if there is one."""
    while _running:
        _running.pop().stop()
