"""Waking a worker. The rows say what is due; a nudge only makes it happen sooner.

Whoever has been woken and has not begun yet will find what comes meanwhile, too, and is not woken
again: under load a worker takes many rows at once instead of many nudges for nothing.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from celery import Task, current_app
from celery.signals import task_prerun
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

NUDGE = "nudge"
"""The header of a message that was sent by ``wake``."""
LOST = 2000
"""Milliseconds after which a nudge that nobody has taken no longer stands in for others."""


@cache
def _woken() -> Redis | None:
    """Where all processes see who has been woken; without Redis there is but one, and no need."""
    if not settings.REDIS_URL:
        return None
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=1)


# Either one is sent for, or who works at it already is told that more has come.
_WAKE = """
if redis.call('SET', KEYS[1], 1, 'NX', 'PX', ARGV[1]) then return 1 end
redis.call('LPUSH', KEYS[2], 1)
redis.call('LTRIM', KEYS[2], 0, 1)
redis.call('PEXPIRE', KEYS[2], ARGV[1])
return 0
"""


def wake(task: str) -> None:
    """Send a worker to this task now, unless one is on its way. Call it after the commit."""
    try:
        woken = _woken()
        if woken is None or woken.eval(_WAKE, 2, f"woken:{task}", f"came:{task}", LOST):
            current_app.send_task(task, headers={NUDGE: True})
    except (OperationalError, RedisError, OSError):
        # A broker that is down must not fail the request; the sweep finds the rows.
        logger.warning("no worker could be woken; the sweep will find what is due")


class Gathering(Task[Any, Any]):
    """Stands in for others while it works, and stays a moment for what comes after that.

    Whoever stays is at work sooner than anybody whom a message has to reach.
    """

    def gather(self, work: Callable[[], int]) -> None:
        """``work`` does what is due, and returns for how many; 0 when nothing was."""
        # Who runs this as a function does all that there is, and waits for nobody.
        is_sent_for = not self.request.called_directly
        ends = time.monotonic() + (MOST if is_sent_for else math.inf)
        while True:
            done = work()
            if time.monotonic() > ends:
                break
            if done > 1:
                # Somebody had to wait: another hand may come.
                rest(self.name)
            if not done and not (is_sent_for and self._more_has_come()):
                break
        rest(self.name)
        # What came until then has woken nobody.
        if work():
            wake(self.name)

    def _more_has_come(self) -> bool:
        woken = _woken()
        try:
            return woken is not None and bool(woken.blpop([f"came:{self.name}"], STAY))
        except RedisError:
            return False


STAY = 0.05
"""Seconds for which nothing must have come."""
MOST = 1.0
"""Seconds after which other tasks have their turn."""


@task_prerun.connect
def _begins(task: Task[Any, Any], **kwargs: Any) -> None:
    """What is committed from here on, this worker may no longer see."""
    # Tasks that nobody was woken for have nothing to do with nudges, and pay nothing.
    if NUDGE in (task.request.headers or {}) and not isinstance(task, Gathering):
        rest(task.name)


def rest(task: str) -> None:
    """From here on somebody is woken again."""
    if woken := _woken():
        with suppress(RedisError):
            woken.delete(f"woken:{task}")


def after_commit(task: str) -> None:
    """Send a worker to this task once the rows it will look for can be seen."""

    def send() -> None:
        wake(task)

    transaction.on_commit(send)
