"""The tasks that workers are woken for. By name: tasks import the actions, not the reverse."""

from __future__ import annotations

EXPORT = "accounts.tasks.export"
ERASE = "accounts.tasks.erase"
