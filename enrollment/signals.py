"""What enrollment announces to the apps above it."""

from __future__ import annotations

from django.dispatch import Signal

course_completed = Signal()
"""Sent once per completion, inside its transaction. Arguments: ``enrollment`` (an Enrollment)."""
