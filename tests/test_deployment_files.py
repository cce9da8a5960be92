"""What the container files name exists: no engine runs here that would find out."""

from __future__ import annotations

import importlib
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from celery.bin.celery import celery as celery_command
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve
from gunicorn.config import KNOWN_SETTINGS

ROOT = Path(settings.BASE_DIR)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}


def dockerfile() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines]


def instructions(word: str) -> list[str]:
    return [rest for name, rest in dockerfile() if name == word]


def image_environment() -> dict[str, str]:
    pairs = [pair for rest in instructions("ENV") for pair in shlex.split(rest)]
    return dict(pair.split("=", 1) for pair in pairs)


def exec_form(text: str) -> list[str]:
    """The words of an instruction such as ``CMD ["a", "b"]``."""
    return yaml.safe_load(text[text.index("[") :])


def our_commands() -> dict[str, list[str]]:
    commands = {f"{name} command": service["command"] for name, service in OURS.items()}
    for name, service in OURS.items():
        if test := service["healthcheck"].get("test"):
            commands[f"{name} health"] = test[1:]
    commands["image command"] = exec_form(instructions("CMD")[0])
    commands["image health"] = exec_form(instructions("HEALTHCHECK")[0])
    commands["image collects"] = instructions("RUN")[-1].split("python", 1)[1].split()
    commands["image collects"].insert(0, "python")
    return commands


def assert_celery_command_exists(arguments: list[str]) -> None:
    assert arguments[0] == "-A"
    assert importlib.import_module(arguments[1]).celery_app.main == "cairn"
    command = celery_command.commands[arguments[2]]
    known = {option for parameter in command.params for option in parameter.opts}
    used = {argument for argument in arguments[3:] if argument.startswith("--")}
    assert used <= known
    if "--scheduler" in used:
        module, _, name = arguments[arguments.index("--scheduler") + 1].partition(":")
        assert hasattr(importlib.import_module(module), name)


def assert_gunicorn_command_exists(arguments: list[str]) -> None:
    known = {option for setting in KNOWN_SETTINGS for option in setting.cli or ()}
    assert {argument for argument in arguments if argument.startswith("--")} <= known
    config = importlib.import_module(arguments[arguments.index("--config") + 1].split(":")[1])
    assert callable(importlib.import_module(config.wsgi_app).application)


def assert_python_command_exists(arguments: list[str]) -> None:
    assert (ROOT / arguments[0]).is_file()
    if arguments[0] == "manage.py":
        assert arguments[1] in get_commands()
    else:
        assert resolve(urlsplit(arguments[1]).path)


@pytest.mark.parametrize("command", our_commands().values(), ids=our_commands().keys())
def test_a_command_names_what_exists(command: list[str]) -> None:
    program, *arguments = command
    {
        "celery": assert_celery_command_exists,
        "gunicorn": assert_gunicorn_command_exists,
        "python": assert_python_command_exists,
    }[program](arguments)


@pytest.mark.parametrize("name", OURS)
def test_a_service_has_only_variables_that_something_reads(name: str) -> None:
    sources = [*(ROOT / "config").glob("*.py"), *(ROOT / "scripts").glob("*.py")]
    read = set(
        re.findall(r"""["']([A-Z][A-Z_]+)["']""", "".join(file.read_text() for file in sources))
    )
    given = OURS[name]["environment"].keys() | {
        variable for variable in image_environment() if not variable.startswith("PYTHON")
    }

    assert given <= read


def test_every_variable_that_production_requires_is_given() -> None:
    source = (ROOT / "config/settings.py").read_text()
    required = set(re.findall(r'required\("([A-Z_]+)"\)', source))

    assert required
    for service in OURS.values():
        assert required <= service["environment"].keys()


def test_only_the_worker_is_given_what_opens_the_signing_keys() -> None:
    given = {
        name
        for name, service in OURS.items()
        if "CAIRN_KEY_ENCRYPTION_KEY" in service["environment"]
    }

    assert given == {"worker"}


def test_secrets_come_from_the_environment_and_their_absence_stops_the_start() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"SECRET|PASSWORD|_KEY|DATABASE_URL", variable):
                assert re.search(r"\$\{[A-Z_]+:\?[^}]+\}", value), f"{name}: {variable}"


def test_copied_paths_exist_and_are_let_into_the_build() -> None:
    let_in = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }

    copied = {source for rest in instructions("COPY") for source in rest.split()[:-1]}

    assert copied == let_in
    assert all((ROOT / source).exists() for source in copied)


def test_every_app_is_copied() -> None:
    ours = {app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()} | {
        "lib",
        "locale",
        "templates",
        "static",
    }

    assert ours <= {source for rest in instructions("COPY") for source in rest.split()[:-1]}


def test_the_image_runs_as_somebody_else_than_root() -> None:
    user = instructions("USER")[-1]

    assert re.search(rf"useradd .*\b{user}\b", " ".join(instructions("RUN")))
    assert not any("user" in service for service in OURS.values())


def test_data_live_in_the_volume() -> None:
    (volume,) = instructions("VOLUME")

    assert image_environment()["CAIRN_DATA"] == volume
    assert all(f"media:{volume}" in service["volumes"] for service in OURS.values())


def test_named_volumes_are_declared_and_used() -> None:
    used = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
    }

    assert used == COMPOSE["volumes"].keys()


def test_services_wait_for_what_exists() -> None:
    for service in SERVICES.values():
        for other, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert "test" in SERVICES[other]["healthcheck"]
            else:
                assert SERVICES[other]["restart"] == "no"


def test_addresses_between_services_name_a_service() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    hosts = set(re.findall(r"(?:@|redis://|http://)([a-z]+):\d+", text)) - {"mail"}

    assert hosts <= SERVICES.keys()
    assert {"postgres", "redis", "web"} <= hosts


def test_the_port_is_the_same_everywhere() -> None:
    port = image_environment()["PORT"]

    assert instructions("EXPOSE") == [port]
    assert SERVICES["web"]["ports"][0].endswith(f":{port}")
    assert f":{port}/healthz" in instructions("HEALTHCHECK")[0]


def test_every_service_has_a_health_check_or_ends() -> None:
    assert all(
        "test" in service["healthcheck"] or service["restart"] == "no"
        for service in SERVICES.values()
    )
