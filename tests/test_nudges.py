"""Waking workers: once for all that comes before they begin."""

from __future__ import annotations

import uuid

import pytest
from celery import shared_task
from django.conf import settings
from redis import Redis
from redis.exceptions import ConnectionError as NoConnection

from lib import nudges


class Memory:
    """What of Redis is used."""

    def __init__(self):
        self.keys = set()
        self.come = 0

    def eval(self, script, count, woken, came, lost):
        if woken not in self.keys:
            self.keys.add(woken)
            return 1
        self.come = min(self.come + 1, 2)
        return 0

    def blpop(self, keys, timeout):
        self.come, found = max(self.come - 1, 0), self.come
        return (keys[0], b"1") if found else None

    def delete(self, key):
        self.keys.discard(key)


@pytest.fixture
def sent(monkeypatch):
    found, memory = [], Memory()
    monkeypatch.setattr(nudges, "_woken", lambda: memory)

    def send_task(name, **values):
        found.append((name, values))

    monkeypatch.setattr("lib.nudges.current_app.send_task", send_task)
    return found


def names(sent) -> list[str]:
    return [name for name, _ in sent]


@shared_task(name="judge")
def judge() -> None:
    pass


def test_who_is_on_the_way_is_not_woken_again(sent):
    nudges.wake("judge")
    nudges.wake("judge")
    nudges.wake("send")

    assert names(sent) == ["judge", "send"]


def test_who_has_begun_does_not_stand_in_for_the_next(sent):
    nudges.wake("judge")
    judge.apply(**sent[0][1])
    nudges.wake("judge")

    assert names(sent) == ["judge", "judge"]


@shared_task(name="gather", base=nudges.Gathering, bind=True)
def gather(self) -> None:
    self.gather(lambda: work.pop(0)())


work: list = []
"""What is found at each look."""


def nothing() -> int:
    return 0


def more_comes() -> int:
    nudges.wake("gather")
    return 0


def looked(*found) -> None:
    work[:] = [*found, nothing]
    gather.apply(headers={nudges.NUDGE: True})
    assert work == []


def test_who_gathers_stands_in_for_the_next_until_they_rest(sent):
    nudges.wake("gather")
    looked(more_comes, nothing)
    assert names(sent) == ["gather"]

    nudges.wake("gather")

    assert names(sent) == ["gather", "gather"]


def test_who_gathers_stays_while_more_comes(sent):
    nudges.wake("gather")

    looked(lambda: 1, more_comes, more_comes, lambda: 1, nothing)

    assert names(sent) == ["gather"]


def test_what_comes_before_others_are_woken_again_is_found(sent):
    nudges.wake("gather")

    # The last look is the one after resting.
    work[:] = [nothing, lambda: 1]
    gather.apply(headers={nudges.NUDGE: True})

    assert names(sent) == ["gather", "gather"]


def test_where_somebody_has_to_wait_another_hand_may_come(sent):
    nudges.wake("gather")

    looked(lambda: 2, more_comes)

    assert names(sent) == ["gather", "gather"]


def test_after_a_while_other_tasks_have_their_turn(sent, monkeypatch):
    monkeypatch.setattr(nudges, "MOST", -1)
    nudges.wake("gather")

    work[:] = [lambda: 1, lambda: 1]
    gather.apply(headers={nudges.NUDGE: True})

    assert names(sent) == ["gather", "gather"]


def test_who_is_called_as_a_function_does_all_and_waits_for_nobody(sent, monkeypatch):
    def waits(*args):
        raise AssertionError

    monkeypatch.setattr(Memory, "blpop", waits)
    monkeypatch.setattr(nudges, "MOST", -1)
    work[:] = [lambda: 1, lambda: 1, nothing, nothing]

    gather()

    assert work == []


@pytest.mark.skipif(not settings.REDIS_URL, reason="needs Redis")
def test_redis_keeps_what_has_come_for_who_stays(monkeypatch):
    task = f"gather {uuid.uuid4()}"
    redis, sent = Redis.from_url(settings.REDIS_URL), []
    monkeypatch.setattr(nudges, "_woken", lambda: redis)
    monkeypatch.setattr("lib.nudges.current_app.send_task", lambda *args, **kw: sent.append(args))

    for _ in range(5):
        nudges.wake(task)

    assert sent == [(task,)]
    # Twice is enough: whoever looks takes all that is there.
    assert redis.llen(f"came:{task}") == 2
    assert 0 < redis.pttl(f"came:{task}") <= nudges.LOST
    assert redis.delete(f"came:{task}", f"woken:{task}") == 2


def test_a_task_that_was_not_woken_leaves_those_alone_who_were(sent):
    nudges.wake("judge")
    judge.apply()
    nudges.wake("judge")

    assert names(sent) == ["judge"]


def test_without_redis_nobody_is_woken_and_nothing_fails(sent, monkeypatch):
    def gone(*args, **values):
        raise NoConnection

    monkeypatch.setattr(Memory, "eval", gone)

    nudges.wake("judge")

    assert sent == []
