"""Who and what tests of judging begin with."""

from __future__ import annotations

import pytest

from tests.factories import UserFactory, published_course, published_track


@pytest.fixture
def curator():
    return UserFactory()


@pytest.fixture
def stack():
    """The courses of a track that another one stands on."""
    first, second = published_course(title="A"), published_course(title="B")
    lower = published_track(first, second, title="Lower")
    published_track(lower, title="Upper")
    return first, second
