"""A worker outlives its broker: see ``config.broker``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kombu import Connection, Consumer, Exchange, Queue
from kombu.message import Message
from redis.exceptions import TimeoutError as NoAnswer

from config.celery import app

pytestmark = pytest.mark.skipif(
    not app.conf.broker_transport, reason="the suite runs without Redis here"
)
QUEUE = Queue("test-broker", Exchange("test-broker"), routing_key="test-broker", auto_delete=True)


@pytest.fixture
def connection() -> Iterator[Connection]:
    with app.connection_for_read() as connection:
        yield connection


def held_by(connection: Connection) -> Message:
    """A nudge that has been taken and is not acknowledged, the one that a worker may hold."""
    held: list[Message] = []
    channel = connection.default_channel
    channel.basic_qos(0, 1, False)
    with connection.Producer() as producer:
        producer.publish({}, exchange=QUEUE.exchange, routing_key="test-broker", declare=[QUEUE])
    with Consumer(channel, [QUEUE], callbacks=[lambda body, message: held.append(message)]):
        connection.drain_events(timeout=5)
    return held[0]


def lose(connection: Connection) -> None:
    """What a worker finds in its channel when Redis has died under it."""
    connection.default_channel._disconnect_pools()


def silence(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis answers nobody from here on."""

    def connect(connection: object) -> None:
        raise NoAnswer

    connection.default_channel.pool.disconnect()
    monkeypatch.setattr("redis.Connection._connect", connect)


class Log:
    """What a worker would say."""

    def __init__(self) -> None:
        self.said: list[Exception] = []

    def critical(self, text: str, tag: str, reason: Exception, **more: object) -> None:
        self.said.append(reason)


def test_a_lost_connection_is_closed_with_a_nudge_in_hand(connection):
    held_by(connection)
    transport = connection.transport
    lose(connection)
    transport.client = None

    connection.close()

    assert not connection.connected


def test_a_task_that_ends_after_its_channel_says_so_and_the_worker_goes_on(connection):
    message = held_by(connection)
    lose(connection)
    message.channel.close()
    message.channel.connection = None
    log = Log()

    message.ack_log_error(log, connection.connection_errors)

    assert [str(reason) for reason in log.said] == ["The channel is closed."]


@pytest.mark.parametrize("end", [Message.ack_log_error, Message.reject_log_error])
def test_what_redis_does_not_hear_of_keeps_no_worker_from_the_next_task(
    connection, end, monkeypatch
):
    message = held_by(connection)
    qos = message.channel.qos
    assert not qos.can_consume()
    silence(connection, monkeypatch)
    log = Log()

    end(message, log, connection.connection_errors)

    assert len(log.said) == 1
    assert qos.can_consume()
