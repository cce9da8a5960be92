from __future__ import annotations

import pytest

from credentials.vc import pinned
from tests.credentials.vc import vectors


@pytest.fixture
def examples_context(monkeypatch):
    """The context of W3C's examples, which Cairn does not know otherwise."""
    known = pinned.load

    def load(address: str):
        return vectors.EXAMPLES_CONTEXT if address == vectors.EXAMPLES else known(address)

    monkeypatch.setattr(pinned, "load", load)
