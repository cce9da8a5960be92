"""Waking workers: once for all that comes before they begin."""

from __future__ import annotations

import pytest
from celery import shared_task
from redis.exceptions import ConnectionError as NoConnection

from lib import nudges


class Memory:
    """What of Redis is used."""

    def __init__(self):
        self.keys = set()

    def set(self, key, value, *, nx, px):
        is_new = key not in self.keys
        self.keys.add(key)
        return is_new or None

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


@shared_task(name="gather", base=nudges.Gathering)
def gather() -> None:
    nudges.wake("gather")
    nudges.rest("gather")


def test_who_gathers_stands_in_for_the_next_until_they_rest(sent):
    nudges.wake("gather")
    gather.apply(**sent[0][1])
    assert names(sent) == ["gather"]

    nudges.wake("gather")

    assert names(sent) == ["gather", "gather"]


def test_a_task_that_was_not_woken_leaves_those_alone_who_were(sent):
    nudges.wake("judge")
    judge.apply()
    nudges.wake("judge")

    assert names(sent) == ["judge"]


def test_without_redis_nobody_is_woken_and_nothing_fails(sent, monkeypatch):
    def gone(*args, **values):
        raise NoConnection

    monkeypatch.setattr(Memory, "set", gone)

    nudges.wake("judge")

    assert sent == []
