"""The command-line verifier: by files alone, without a database, without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from credentials import cairn_verify
from credentials.vc import baking
from tests.credentials.vc import others, samples

ROOT = Path(__file__).resolve().parents[2]
PICTURE = baking.PNG_SIGNATURE + baking._chunk(b"IHDR", bytes(13))


@pytest.fixture
def files(tmp_path) -> Path:
    """A credential, its issuer's DID document, and a list on which it is not, and is."""
    for name, document in {
        "credential.json": samples.signed(),
        "changed.json": samples.with_one_letter_changed(samples.signed()),
        "did.json": samples.did_document(),
        "list.json": samples.signed_list(),
        "revoked.json": samples.signed_list(revoked=[samples.INDEX]),
        "expired.json": others.signed(others.unsigned(validUntil="2025-03-04T23:59:59Z")),
        "nameless.json": {},
    }.items():
        (tmp_path / name).write_text(json.dumps(document))
    (tmp_path / "badge.png").write_bytes(
        baking.bake_png(PICTURE, json.dumps(samples.signed()).encode())
    )
    (tmp_path / "broken.json").write_text("{")
    return tmp_path


@pytest.fixture
def run(files, capsys, monkeypatch):
    """The exit status, and what was said."""
    monkeypatch.chdir(files)

    def answer(*arguments: str) -> tuple[int, str]:
        status = cairn_verify.main([*arguments, "--offline"])
        said = capsys.readouterr()
        return status, said.out + said.err

    return answer


BY_FILES = ("--did", "did.json", "--status-list", "list.json")


@pytest.mark.parametrize("source", ["credential.json", "badge.png"])
def test_by_files_alone_it_is_valid(run, source):
    status, said = run(source, *BY_FILES)

    assert (status, said.splitlines()[0]) == (0, "VALID")
    assert "Earned by: Đặng Thị Ünal" in said


@pytest.mark.parametrize(
    ("arguments", "status", "verdict"),
    [
        (("changed.json", *BY_FILES), 1, "INVALID"),
        (("credential.json", "--did", "did.json", "--status-list", "revoked.json"), 1, "REVOKED"),
        (("credential.json", *BY_FILES, "--recipient", "eve@mail.example"), 1, "OTHER RECIPIENT"),
        (("credential.json", *BY_FILES, "--recipient", "mai@mail.example"), 0, "VALID"),
        (("credential.json", "--did", "did.json"), 3, "UNREACHABLE"),
        (("credential.json", "--status-list", "list.json"), 3, "UNKNOWN ISSUER"),
        (("credential.json",), 3, "UNKNOWN ISSUER"),
        (("https://issuer.example/badge",), 3, "UNREACHABLE"),
        (("broken.json",), 1, "INVALID"),
    ],
)
def test_the_exit_status_says_the_verdict(run, arguments, status, verdict):
    found, said = run(*arguments)

    assert (found, said.splitlines()[0]) == (status, verdict)


@pytest.mark.parametrize(
    "arguments",
    [
        ("none.json",),
        ("credential.json", "--did", "none.json"),
        ("credential.json", "--did", "broken.json"),
        ("credential.json", "--did", "nameless.json"),
        ("credential.json", "--status-list", "broken.json"),
    ],
)
def test_what_cannot_be_read_is_a_misuse(run, arguments):
    status, said = run(*arguments)

    assert (status, said.startswith("cairn-verify: ")) == (2, True)


def test_a_list_that_is_a_jwt_is_taken(run, files):
    token = others.token(
        samples.signed_list(), algorithm="EdDSA", key=samples.KEY, claims={}, kid=samples.KEY_ID
    )
    (files / "list.jwt").write_text(token)

    status, _ = run("credential.json", "--did", "did.json", "--status-list", "list.jwt")

    assert status == 0


def test_an_answer_in_json_has_every_check(run):
    status, said = run("credential.json", *BY_FILES, "--json")

    answer = json.loads(said)
    assert (status, answer["verdict"]) == (0, "valid")
    assert [check["name"] for check in answer["checks"]] == [
        *("form", "issuer", "proof", "status", "dates"),
    ]
    assert answer["credential"] == samples.signed()


def test_of_an_unknown_issuer_s_credential_it_says_that_it_has_expired(run):
    status, said = run("expired.json")

    assert (status, said.splitlines()[0]) == (3, "UNKNOWN ISSUER")
    assert "dates, failed: It expired on 04 March 2025." in said


def test_what_stands_in_a_credential_moves_no_cursor(run, files):
    document = others.generic(name="\x1b[2Jx")
    (files / "escape.json").write_text(json.dumps(document))

    assert "\x1b" not in run("escape.json")[1]


def test_the_script_needs_no_settings_and_no_database(files):
    done = subprocess.run(
        [ROOT / "scripts" / "cairn-verify", "-", "--offline", *BY_FILES],
        cwd=files,
        input=(files / "credential.json").read_bytes(),
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stdout.decode().splitlines()[0]) == (0, "VALID"), done.stderr


def test_the_program_loads_no_django():
    code = "import credentials.cairn_verify, sys; print([n for n in sys.modules if 'django' in n])"

    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )

    assert said.stdout.strip() == "[]"
