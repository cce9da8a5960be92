"""ESCO, the European classification of skills and occupations, from files (``docs/esco.md``)."""

from __future__ import annotations

from catalog.esco.applying import Counts, apply
from catalog.esco.files import SHIPPED, Release, Unreadable

__all__ = ["SHIPPED", "Counts", "Release", "Unreadable", "apply"]
