"""Everything with one command: the database, the demo, the web server and the worker."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from config import datadir, demo, gunicorn, worker
from config.wsgi import application

STOP_SECONDS = 10


class Command(BaseCommand):
    help = "Set up whatever is missing, then serve until Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_busy_port()
        datadir.lock(shared=True)
        with quiet_interrupt():
            self.prepare()
            # Connections must not be shared between this process and the one that it forks.
            connections.close_all()
        with contextlib.ExitStack() as at_exit:
            Server(at_exit, when_listening=self.announce).run()

    def prepare(self) -> None:
        executor = MigrationExecutor(connections["default"])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database …")
            call_command("migrate", verbosity=0, interactive=False)
        call_command("replay_revocations", verbosity=0)
        if not settings.IS_PRODUCTION:
            call_command("load_demo", stdout=self.stdout)

    def announce(self) -> None:
        self.stdout.write(f"\nCairn is at {settings.BASE_URL}/")
        if not settings.IS_PRODUCTION:
            self.stdout.write(demo.logins())
        self.stdout.write("Ctrl-C stops it.\n\n")
        self.stdout.flush()


class Server(BaseApplication):  # type: ignore[misc]
    """The web server, and beside it the worker: a thread or, with Redis, processes."""

    def __init__(
        self, at_exit: contextlib.ExitStack, *, when_listening: Callable[[], None]
    ) -> None:
        self.at_exit = at_exit
        self.when_listening = when_listening
        super().__init__()

    def load_config(self) -> None:
        for name in self.cfg.settings.keys() & vars(gunicorn).keys():
            self.cfg.set(name, getattr(gunicorn, name))
        self.cfg.set("loglevel", "warning")
        self.cfg.set("when_ready", self.when_ready)
        if not settings.REDIS_URL:
            # The memory broker is one process's own, so there can be only one.
            self.cfg.set("workers", 1)
            self.cfg.set("post_worker_init", lambda web_worker: worker.start())
            self.cfg.set("worker_exit", lambda server, web_worker: worker.stop())

    def load(self) -> Any:
        return application

    def run(self) -> None:
        StoppableArbiter(self).run()

    def when_ready(self, arbiter: Arbiter) -> None:
        # From here on a request waits for its answer instead of being turned away.
        self.when_listening()
        if settings.REDIS_URL:
            self.start_processes()

    def start_processes(self) -> None:
        for command in (
            ["worker", "--concurrency", "1"],
            ["beat", "--scheduler", "celery.beat:Scheduler"],
        ):
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-q", "-A", "config", *command],
                cwd=settings.BASE_DIR,
                # A group of its own: Ctrl-C reaches only us, and we end it once.
                start_new_session=True,
            )
            self.at_exit.callback(end, process)


class StoppableArbiter(Arbiter):  # type: ignore[misc]
    def handle_hup(self) -> None:
        """A closed terminal ends everything, where gunicorn would reload and live on unseen."""
        raise StopIteration

    # Ctrl-C, too, lets the page and the task in hand finish.
    handle_int = handle_hup


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def refuse_busy_port() -> None:
    host, _, port = gunicorn.bind.rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            raise CommandError(
                f"{gunicorn.bind} cannot be used ({error.strerror}). "
                f"Choose another port, as in: make run PORT={int(port) + 1}"
            ) from error


@contextlib.contextmanager
def quiet_interrupt() -> Iterator[None]:
    """Ctrl-C while we prepare is a wish, not an error."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
