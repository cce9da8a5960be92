"""Who listens to what this app says."""

from __future__ import annotations

import pytest

from enrollment.models import Submission
from enrollment.signals import work_graded, work_returned


@pytest.fixture
def heard():
    """What the signals of this app have said."""
    said: list[tuple[str, Submission]] = []

    def returned(submission, **kwargs):
        said.append(("returned", submission))

    def was_graded(submission, **kwargs):
        said.append(("graded", submission))

    work_returned.connect(returned)
    work_graded.connect(was_graded)
    yield said
    work_returned.disconnect(returned)
    work_graded.disconnect(was_graded)
