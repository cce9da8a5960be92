from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from config import datadir, demo, gunicorn
from config.management.commands.run import refuse_busy_port


@pytest.fixture
def data_dir(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.DATA_DIR = tmp_path
    yield tmp_path
    while datadir._held:
        datadir._held.pop().close()


def test_a_busy_port_is_named_together_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setattr(gunicorn, "bind", f"127.0.0.1:{port}")

        with pytest.raises(CommandError, match=f"make run PORT={port + 1}"):
            refuse_busy_port()


def test_a_free_port_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gunicorn, "bind", "127.0.0.1:0")

    refuse_busy_port()


def test_servers_share_the_data_folder(data_dir: Path) -> None:
    assert datadir.lock(shared=True)
    assert datadir.lock(shared=True)


def test_the_demo_is_not_reset_under_a_running_server(data_dir: Path) -> None:
    datadir.lock(shared=True)

    with pytest.raises(CommandError, match="Stop the server first"):
        call_command("demo_reset")


def test_a_reset_deletes_only_what_is_ours(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.management.commands.demo_reset.connection.vendor", "sqlite")
    (data_dir / "db.sqlite3").touch()
    (data_dir / "db.sqlite3-wal").touch()
    (data_dir / "keys").mkdir()
    (data_dir / "holiday.jpg").touch()

    call_command("demo_reset", verbosity=0)

    assert {path.name for path in data_dir.iterdir()} == {"holiday.jpg", "run.lock"}


def test_production_is_never_reset(settings: Settings, data_dir: Path) -> None:
    settings.IS_PRODUCTION = True
    (data_dir / "db.sqlite3").touch()

    with pytest.raises(CommandError):
        call_command("demo_reset")

    assert (data_dir / "db.sqlite3").exists()


def test_the_printed_logins_are_the_demo_s() -> None:
    printed = demo.logins()

    for text in (*demo.LEARNER[1:], *demo.CURATOR[1:], *demo.ADMIN[1:]):
        assert text in printed
    assert demo.HR_CLIENT_ID in printed
    assert demo.HR_CLIENT_SECRET in printed
