"""A track of two of three courses."""

from __future__ import annotations

import pytest

from tests.factories import published_course, published_track


@pytest.fixture
def courses():
    return [published_course(title=title, lessons=2) for title in ("A", "B", "C")]


@pytest.fixture
def track(courses):
    return published_track(*courses[:2], title="Track")
