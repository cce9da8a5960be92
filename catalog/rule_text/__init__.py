"""Award rules as indented text, for curators to write.

::

    all of, each course once
      course: course-ai-foundations
      at least 2 of
        track: data-analyst
        course: sql-basics (min 70 %, within 24 months, or prior learning)
        skill: "manage budgets" (level advanced, from northbridge)
      at least 600 minutes from
        course: statistics
        credential: python-basics
      at least 2.5 ECTS from
        course: statistics
        course: python-basics

A ``course`` is satisfied by completing it, a ``track`` by holding its credential, a ``credential``
by holding that of a course, a ``skill`` by any credential that proves it. Names are slugs or
external ids, those of skills their labels or addresses; one with other characters than letters,
digits, ``.``, ``_`` and ``-`` stands in double quotes.
"""

from __future__ import annotations

from catalog.rule_text.lines import MAX_CHARACTERS, MAX_DEPTH, Problem, RuleTextError, line_numbers
from catalog.rule_text.names import (
    COURSE,
    CREDENTIAL,
    ISSUER,
    SKILL,
    TRACK,
    Lookup,
    catalog_lookup,
    names_of,
    skill_lookup,
)
from catalog.rule_text.nearest import Near, Nearest, catalog_nearest
from catalog.rule_text.parsing import parse
from catalog.rule_text.writing import Name, format_rule

__all__ = [
    "COURSE",
    "CREDENTIAL",
    "ISSUER",
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "SKILL",
    "TRACK",
    "Lookup",
    "Name",
    "Near",
    "Nearest",
    "Problem",
    "RuleTextError",
    "catalog_lookup",
    "catalog_nearest",
    "format_rule",
    "line_numbers",
    "names_of",
    "parse",
    "skill_lookup",
]
