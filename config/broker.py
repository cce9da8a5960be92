"""Redis as Cairn's broker, of which a worker can be robbed at any moment and goes on.

A worker that loses Redis puts back, or acknowledges, what it still holds by a channel that is
closed already, ends with an ``AttributeError`` (kombu issues 582 and 636) and takes no more work.
So a closed channel says that it has no connection, which the worker expects, and nothing is put
back: these are nudges, and the row behind each stands in the database, where the sweep finds it.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as NoConnection


class Channel(redis.Channel):
    do_restore = False

    def _get_pool(self, asynchronous: bool = False) -> Any:
        if self.closed:
            raise NoConnection("The channel is closed.")
        return super()._get_pool(asynchronous=asynchronous)  # type: ignore[misc]  # no stub has it


class Transport(redis.Transport):
    Channel = Channel
