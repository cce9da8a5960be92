"""Telling people, mailing them, and what they want to be told."""

from __future__ import annotations

from notifications.actions.choosing import choose, stop
from notifications.actions.digests import send_due_digests
from notifications.actions.reading import mark_all_read, mark_read
from notifications.actions.sending import send_due
from notifications.actions.telling import News, notify, notify_each, notify_many

__all__ = [
    "News",
    "choose",
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_each",
    "notify_many",
    "send_due",
    "send_due_digests",
    "stop",
]
