from __future__ import annotations

import datetime

from accounts.models import User
from notifications.models import Message


def mark_read(*, message: Message, at: datetime.datetime) -> None:
    """Note when it was first opened."""
    Message.objects.unread().filter(pk=message.pk).update(read_at=at)


def mark_all_read(*, user: User, at: datetime.datetime) -> None:
    Message.objects.unread().filter(recipient=user).update(read_at=at)
