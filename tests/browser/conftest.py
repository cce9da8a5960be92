"""A browser, a server and a worker: the platform as people meet it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from accounts.models import User
from config import worker as in_process
from credentials.models import Heartbeat

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


# Said once, at the end, instead of once a test.
collect_ignore_glob = [] if CHROMIUM else ["test_*.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not CHROMIUM:
        terminalreporter.write_line(
            "Skipped the browser tests: install Chromium, or name it in CHROMIUM."
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Playwright runs a loop of its own, in which Django would refuse to ask the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Chromium itself dies now and then on a loaded machine. That is no fault of the pages, and
    # only that is tried again.
    retry = pytest.mark.flaky(reruns=2, only_rerun=["TargetClosedError", "Page crashed"])
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(retry)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One for each test: a browser that dies takes no other test with it."""
    running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
    yield running
    running.close()


@pytest.fixture
def site(live_server, settings) -> str:
    """The server's address, which is also the one that credentials carry."""
    settings.BASE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    return live_server.url


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with contextlib.closing(browser.new_context()) as opened:
        yield opened


def session_of(user: User) -> str:
    """The key of a new session in which this person is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which nothing may go wrong unseen: no script error, no breach of the policy."""
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and "status of 422" not in message.text
            else None
        ),
    )
    yield opened
    assert complaints == []


@pytest.fixture
def _redis_to_ourselves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests that run side by side share Redis: a worker of one would take the other's nudges."""
    with (tmp_path_factory.getbasetemp().parent / "redis.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def worker(
    site: str, transactional_db: None, tmp_path: Path, _redis_to_ourselves: None
) -> Iterator[None]:
    """A thread in this process, or with Redis a real worker and its clock."""
    if not django_settings.REDIS_URL:
        in_process.start()
        yield
        in_process.stop()
        return
    database = connection.settings_dict
    host = f"{database['HOST']}:{database['PORT'] or 5432}"
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}@{host}"
        f"/{database['NAME']}",
        "CAIRN_BASE_URL": site,
    }
    commands = (
        ["worker", "--concurrency", "1"],
        ["beat", "--scheduler", "celery.beat:Scheduler"],
    )
    log = tmp_path / "worker.log"
    with log.open("ab") as output:
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "celery", "-q", "-A", "config", *command],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )
            for command in commands
        ]
    wait_for_heartbeat(within=START_SECONDS)
    yield
    for process in running:
        process.terminate()
    for process in running:
        process.wait(timeout=20)
    # Shown with a test that fails.
    print(log.read_text())


def wait_for_heartbeat(*, within: float) -> None:
    """A busy machine takes its time to start processes, which is not what is measured."""
    deadline = time.monotonic() + within
    while not Heartbeat.objects.exists():
        assert time.monotonic() < deadline, "no worker has reported"
        time.sleep(0.1)
