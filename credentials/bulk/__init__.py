"""Judging all learners at once: the same meaning as ``catalog.judging``, over arrays.

``reading`` fetches what everyone has, ``World`` holds it, ``Judging`` says who has newly met which
rule. Nothing here writes.
"""

from __future__ import annotations

from credentials.bulk.doubts import evidence_in_doubt
from credentials.bulk.judging import Judging, Made
from credentials.bulk.reading import read_world
from credentials.bulk.world import World

__all__ = ["Judging", "Made", "World", "evidence_in_doubt", "read_world"]
