"""What accounts announces to the apps above it."""

from __future__ import annotations

from django.dispatch import Signal

export_made = Signal()
"""Sent inside the transaction that says so. Arguments: ``export`` (a DataExport)."""
