"""The curators' pages for the catalog."""

from __future__ import annotations

from catalog.admin import achievements, assessment, courses, equivalences, runs, skills, tracks

__all__ = ["achievements", "assessment", "courses", "equivalences", "runs", "skills", "tracks"]
