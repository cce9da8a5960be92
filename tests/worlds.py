"""What the tests of a module all start from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction


def made_once(build: Callable[[], object]) -> Any:
    """A fixture: what ``build`` puts into the database and returns, made once for the module.

    Each test takes back what it changes there, and the last one the rest. What it returns lies in
    memory through all of them: a test that changes an object reads its own from the database.
    """

    @pytest.fixture(scope="module")
    def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[object]:
        with django_db_blocker.unblock(), transaction.atomic():
            yield build()
            transaction.set_rollback(True)

    return world
