"""What the catalog announces to the apps above it."""

from __future__ import annotations

from django.dispatch import Signal

achievement_published = Signal()
"""A new version can be earned from now on. Arguments: ``version``."""

evidence_changed = Signal()
"""Completions of these courses count for more than before. Arguments: ``course_ids``."""

seats_changed = Signal()
"""A run has more seats, or fewer. Sent in the transaction that writes it. Arguments: ``run_id``."""
