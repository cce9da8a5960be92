"""What all tests share."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import override_settings
from django.utils import translation
from hypothesis import HealthCheck, settings
from whitenoise.middleware import WhiteNoiseMiddleware

from accounts.models import GUARDS as ACCOUNTS_GUARDS
from accounts.models import User
from catalog.models import achievements, assignments
from credentials.models import (
    awards,
    credentials,
    endorsements,
    places,
    prior_learning,
    transcripts,
)
from enrollment import models as enrollment_models
from lib import db_guards
from tests.factories import UserFactory
from tests.tries import TIMES

GUARDS = [
    *ACCOUNTS_GUARDS,
    *achievements.GUARDS,
    *assignments.GUARDS,
    *enrollment_models.GUARDS,
    *awards.GUARDS,
    *credentials.GUARDS,
    *endorsements.GUARDS,
    *places.GUARDS,
    *prior_learning.GUARDS,
    *transcripts.GUARDS,
]

# A machine under load is no failure, so nothing here has a deadline.
settings.register_profile(
    "cairn",
    max_examples=100 * TIMES,
    derandomize=TIMES == 1,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("cairn")

_flush = TransactionTestCase._fixture_teardown


def _flush_without_guards(self: TransactionTestCase) -> None:
    # SQLite empties tables with DELETE, which the guards rightly refuse. The flush sends
    # post_migrate, which installs them again.
    db_guards.remove(connection, GUARDS)
    _flush(self)


TransactionTestCase._fixture_teardown = _flush_without_guards


@pytest.fixture(autouse=True, scope="session")
def _quick_secrets() -> Iterator[None]:
    """A hash that is slow on purpose would be half of the time of many tests."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True, scope="session")
def _static_files_once() -> Iterator[None]:
    """Every client makes a handler of its own, which would look through all static files."""
    look = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[str, Any] = {}

    def add_files(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            look(middleware)
            found.update(middleware.files)
        middleware.files = found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files)
        yield


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    """Rate limits of one test must not reach the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks that workers are woken for from here on; nobody is."""
    found: list[str] = []

    def send_task(name: str, *, headers: dict[str, bool]) -> None:
        found.append(name)

    monkeypatch.setattr("lib.nudges.current_app.send_task", send_task)
    return found


@pytest.fixture(autouse=True)
def _nobody_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """A nudge of one test must not stand in for that of the next."""
    monkeypatch.setattr("lib.nudges._woken", lambda: None)


@pytest.fixture(autouse=True)
def _own_journal(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What one test revokes must not be carried out in the next."""
    folder = tmp_path_factory.getbasetemp() / "journals"
    settings.REVOCATION_JOURNAL = folder / f"{uuid.uuid4()}.jsonl"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A request's language stays with its thread until the next request."""
    translation.activate("en")
    yield
    translation.activate("en")


@pytest.fixture
def learner(db: None) -> User:
    return UserFactory(email="ada@example.org", credential_name="Ada Lovelace")
