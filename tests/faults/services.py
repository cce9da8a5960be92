"""Private PostgreSQL and Redis servers, and Cairn's own processes upon them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], bool], *, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def postgres_binaries() -> Path | None:
    """The folder with ``initdb`` and ``pg_ctl``; Debian keeps it off the path."""
    found = shutil.which("pg_ctl")
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    folders = [*candidates, *([Path(found).parent] if found else [])]
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def are_available() -> bool:
    return bool(postgres_binaries() and shutil.which("redis-server"))


class Postgres:
    def __init__(self, folder: Path) -> None:
        binaries = postgres_binaries()
        assert binaries is not None
        self.binaries = binaries
        self.folder = folder / "postgres"
        self.port = free_port()
        self.folder.mkdir()
        # PostgreSQL refuses to run as root.
        self.user: str | None = None
        if os.geteuid() == 0:
            self.user = "postgres"
            shutil.chown(folder, self.user)
            shutil.chown(self.folder, self.user)
        self._run("initdb", "-D", str(self.folder), "-U", "cairn", "-A", "trust", "-E", "UTF8")
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "cairn", "cairn")

    @property
    def url(self) -> str:
        return f"postgres://cairn@127.0.0.1:{self.port}/cairn"

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.folder), "-o", options, "-l", log, "-w", "start")

    def crash(self) -> None:
        """As if the machine had lost power: no checkpoint, recovery at the next start."""
        self._run("pg_ctl", "-D", str(self.folder), "-m", "immediate", "-w", "stop")

    def end(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            self.crash()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.binaries / program), *arguments],
            check=True,
            user=self.user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


class Redis:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1"),
                *("--save", "", "--appendonly", "no", "--dir", str(self.folder)),
            ],
            stdout=subprocess.DEVNULL,
        )
        wait_for(lambda: answers(self.port), seconds=START_SECONDS, what="Redis starts")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def flush(self) -> None:
        subprocess.run(
            ["redis-cli", "-p", str(self.port), "flushall"], check=True, stdout=subprocess.DEVNULL
        )

    end = kill


class Platform:
    """Workers, the clock and a web server, each a process of its own."""

    def __init__(self, folder: Path, postgres: Postgres, redis: Redis) -> None:
        self.folder = folder
        self.postgres = postgres
        self.redis = redis
        self.web_port = free_port()
        self.environment = {
            **os.environ,
            "CAIRN_ENV": "development",
            "CAIRN_DATA": str(folder / "data"),
            "CAIRN_BASE_URL": f"http://127.0.0.1:{self.web_port}",
            "DATABASE_URL": postgres.url,
            "REDIS_URL": redis.url,
            "LOG_LEVEL": "ERROR",
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self._start("celery", "-q", "-A", "config", "worker", "--concurrency", "2")

    def start_clock(self) -> subprocess.Popen[bytes]:
        return self._start(
            "celery", "-q", "-A", "config", "beat", "--scheduler", "celery.beat:Scheduler"
        )

    def start_web(self) -> subprocess.Popen[bytes]:
        process = self._start(
            "gunicorn", "--config", "python:config.gunicorn", "-b", f"127.0.0.1:{self.web_port}"
        )
        wait_for(lambda: answers(self.web_port), seconds=START_SECONDS, what="the web starts")
        return process

    def _start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{module}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=log,
            # A group of its own, so that a kill reaches the worker's children, too.
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def print_logs(self) -> None:
        for log in sorted(self.folder.glob("*.log")):
            sys.stderr.write(f"--- {log.name}\n{log.read_text()[-5000:]}\n")

    def end(self) -> None:
        for process in self.processes:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the process and all its children: nothing gets to clean up."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def platform(folder: Path) -> Iterator[Platform]:
    """All services up and empty; whatever happens, all down again."""
    with contextlib.ExitStack() as stack:
        postgres = Postgres(folder)
        stack.callback(postgres.end)
        redis = Redis(folder)
        stack.callback(redis.end)
        running = Platform(folder, postgres, redis)
        stack.callback(running.end)
        yield running
