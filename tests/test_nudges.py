"""Waking workers: once for all that comes before they begin."""

from __future__ import annotations

import types

import pytest
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
    monkeypatch.setattr("lib.nudges.current_app.send_task", found.append)
    return found


def test_who_is_on_the_way_is_not_woken_again(sent):
    nudges.wake("judge")
    nudges.wake("judge")
    nudges.wake("send")

    assert sent == ["judge", "send"]


def test_who_has_begun_does_not_stand_in_for_the_next(sent):
    nudges.wake("judge")
    nudges._begins(types.SimpleNamespace(name="judge"))
    nudges.wake("judge")

    assert sent == ["judge", "judge"]


def test_without_redis_nobody_is_woken_and_nothing_fails(sent, monkeypatch):
    def gone(*args, **values):
        raise NoConnection

    monkeypatch.setattr(Memory, "set", gone)

    nudges.wake("judge")

    assert sent == []
