"""The task that workers are woken for. By name: tasks import the actions, not the reverse."""

from __future__ import annotations

SEND = "notifications.tasks.send"
