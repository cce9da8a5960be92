"""Redis as Cairn's broker, of which a worker can be robbed at any moment and goes on.

A worker that loses Redis puts back, or acknowledges, what it still holds by a channel that is
closed already, ends with an ``AttributeError`` (kombu issues 582 and 636) and takes no more work.
So a closed channel says that it has no connection, which the worker expects, and nothing is put
back: these are nudges, and the row behind each stands in the database, where the sweep finds it.

A worker takes no more than a few messages that are not acknowledged. One whose acknowledgment
Redis did not take would count among them for as long as the connection lasts, and a few of those
would leave a worker that waits for ever. It is done, whatever Redis knows of it.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as NoConnection


class QoS(redis.QoS):
    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        finally:
            self._quick_ack(delivery_tag)  # type: ignore[attr-defined]  # no stub has it

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue=requeue)
        finally:
            self._quick_ack(delivery_tag)  # type: ignore[attr-defined]  # no stub has it


class Channel(redis.Channel):
    QoS = QoS
    do_restore = False

    def _get_pool(self, asynchronous: bool = False) -> Any:
        if self.closed:
            raise NoConnection("The channel is closed.")
        return super()._get_pool(asynchronous=asynchronous)  # type: ignore[misc]  # no stub has it


class Transport(redis.Transport):
    Channel = Channel
