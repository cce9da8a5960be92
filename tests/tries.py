"""How many examples a property is tried on: the same ones in every run, or more and at random.

What decides whether a change lands must say the same of the same commit twice. Looking further is
another matter, and takes longer: ``make properties TIMES=20``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

TIMES = int(os.environ.get("EXAMPLES_TIMES") or 1)


def tries(count: int, **more: Any) -> settings:
    """Other than a hundred of them, for what is quicker or slower than most."""
    return settings(max_examples=count * TIMES, **more)


def seeds(count: int) -> Callable[[Any], Any]:
    """So many values for a test's ``seed``, and more when more is looked at."""

    def marked(test: Any) -> Any:
        return pytest.mark.hypothesis(pytest.mark.parametrize("seed", range(count * TIMES))(test))

    return marked
