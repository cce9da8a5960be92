"""Catalogs from files: read, check every row, and apply what is new. ``docs/import-format.md``."""

from __future__ import annotations

from catalog.importing.outcomes import Outcome, Verdict, save_report, summary
from catalog.importing.reading import KINDS, Unreadable, read
from catalog.importing.run import apply, count

__all__ = [
    "KINDS",
    "Outcome",
    "Unreadable",
    "Verdict",
    "apply",
    "count",
    "read",
    "save_report",
    "summary",
]
