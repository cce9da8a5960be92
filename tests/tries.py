"""How many examples a property is tried on: the same ones in every run, or more and at random.

What decides whether a change lands must say the same of the same commit twice. Looking further is
another matter, and takes longer: ``make properties TIMES=20``.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

TIMES = int(os.environ.get("EXAMPLES_TIMES") or 1)


def tries(count: int, **more: Any) -> settings:
    """Other than a hundred of them, for what is quicker or slower than most."""
    return settings(max_examples=count * TIMES, **more)
