"""``scripts/cairn-verify``: the verifier as a program, by the same code as the website's.

It needs neither a database nor settings, and tells nobody which credential it looks at: issuers
are asked for their keys and lists only, and with ``--offline`` nobody is asked at all.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from credentials.resolving import NoWeb, Web, WebResolver
from credentials.vc import carriers, jwt, reading
from credentials.vc.forms import issuer_id, subjects
from credentials.vc.pages import check_names
from credentials.vc.recipients import name_of
from credentials.vc.reports import Resolver, Stop, Unreachable
from credentials.vc.verify import (
    UNDECIDED,
    Check,
    Outcome,
    Report,
    Verdict,
    check_recipient,
    verify,
)

VALID, NOT_VALID, MISUSED, NOT_DECIDED = range(4)
EPILOG = """\
exit status:
  0  valid
  1  not valid: changed, forged, revoked, suspended, expired, not valid yet, another person's
  2  used wrongly, or a file cannot be read
  3  not decided: the issuer is not known, or somebody did not answer
"""
SIGNS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.UNKNOWN: "?", Outcome.SKIPPED: "–"}


class Unusable(Exception):
    """An argument; the message says why."""


class Given:
    """Answers from the files that were given, and asks others for the rest."""

    def __init__(
        self, dids: dict[str, dict[str, Any]], lists: dict[str, Any], others: Resolver
    ) -> None:
        self._dids, self._lists, self._others = dids, lists, others

    def did_document(self, did: str) -> dict[str, Any] | None:
        return self._dids.get(did) or self._others.did_document(did)

    def status_list(self, url: str) -> dict[str, Any] | str | None:
        return self._lists.get(url) or self._others.status_list(url)

    def key(self, url: str) -> dict[str, Any] | None:
        return self._others.key(url)


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        report = _report(asked)
    except Unusable as error:
        sys.stderr.write(f"cairn-verify: {error}\n")
        return MISUSED
    sys.stdout.write(_as_json(report) if asked.json else _in_words(report))
    if report.is_valid:
        return VALID
    return NOT_DECIDED if report.verdict in UNDECIDED else NOT_VALID


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cairn-verify",
        description="Verify an Open Badge 3.0 or another verifiable credential (VC 2.0, 1.1).",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("source", help="a file (JSON, JWT, PNG, SVG, PDF), an https address, or - to read it here")
    add("--json", action="store_true", help="answer in JSON")
    add("--offline", action="store_true", help="ask nobody")
    add("--recipient", default="", metavar="WHO", help="compare whose it is: an e-mail or a DID")
    add("--did", action="append", default=[], metavar="FILE", help="an issuer's DID document")
    add("--status-list", action="append", default=[], metavar="FILE", help="an issuer's list")
    add(
        *("--know", "-k"),
        action="append",
        default=[],
        metavar="DID",
        help="an issuer that you know; those whose --did you give are known, too",
    )
    return parser


def _report(asked: argparse.Namespace) -> Report:
    web = NoWeb() if asked.offline else Web()
    dids = {_name_in(document, path): document for path, document in _documents(asked.did)}
    known = {*asked.know, *dids}
    resolver = Given(dids, dict(map(_list_in, asked.status_list)), WebResolver(web))
    try:
        content = _content(asked.source, web)
    except Unreachable as error:
        return Report(Verdict.UNREACHABLE, [Check("form", Outcome.UNKNOWN, error.words)])
    try:
        carried = carriers.unwrap(content)
    except carriers.NotCarried as error:
        return Report(Verdict.INVALID, [Check("form", Outcome.FAILED, error.words)])
    now = datetime.datetime.now(datetime.UTC)
    report = verify(carried.content, resolver=resolver, at=now, knows=known.__contains__)
    if asked.recipient:
        check_recipient(report, asked.recipient)
    if carried.page and report.document and report.is_signed:
        check = check_names(report.document, carried.page)
        report.checks.append(check)
        if check.outcome == Outcome.FAILED:
            report.verdict = Verdict.INVALID
    return report


def _content(source: str, web: Web) -> bytes:
    if source.startswith("https://"):
        return web.document(source)
    if source == "-":
        return sys.stdin.buffer.read(carriers.MAX_BYTES + 1)
    return _read(source)


def _read(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(carriers.MAX_BYTES + 1)
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from error


def _documents(paths: list[str]) -> list[tuple[str, dict[str, Any]]]:
    return [(path, _parsed(path, _text(path))) for path in paths]


def _list_in(path: str) -> tuple[str, dict[str, Any] | str]:
    """A list, as JSON or as a JWT, under its own name."""
    text = _text(path)
    if not reading.is_jwt(text):
        document = _parsed(path, text)
        return _name_in(document, path), document
    try:
        payload = jwt.read(text)[1]
    except jwt.Unreadable as error:
        raise Unusable(f"{path}: {error}") from error
    return _name_in(_parsed(path, payload), path), text


def _text(path: str) -> str:
    try:
        return reading.as_text(_read(path))
    except Stop as stop:
        raise Unusable(f"{path}: {stop}") from stop


def _parsed(path: str, text: str) -> dict[str, Any]:
    try:
        return reading.parse(text)
    except Stop as stop:
        raise Unusable(f"{path}: {stop}") from stop


def _name_in(document: dict[str, Any], path: str) -> str:
    if not isinstance(document.get("id"), str):
        raise Unusable(f"{path}: it has no id.")
    return str(document["id"])


def _as_json(report: Report) -> str:
    said = {
        "verdict": report.verdict,
        "checks": [
            {"name": check.name, "outcome": check.outcome, "words": check.words}
            for check in report.in_full()
        ],
        "credential": report.document,
    }
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def _in_words(report: Report) -> str:
    lines = [f"{report.verdict.replace('_', ' ').upper()}"]
    if report.document is not None and report.outcome_of("form") == Outcome.PASSED:
        lines += [f"  {term}: {_plain(value)}" for term, value in _said(report.document) if value]
    lines += [
        f"{SIGNS[check.outcome]} {check.name}, {check.outcome}: {_plain(check.words)}"
        for check in report.in_full()
    ]
    return "\n".join(lines) + "\n"


def _said(document: dict[str, Any]) -> list[tuple[str, str]]:
    subject = subjects(document)[0]
    achievement = subject.get("achievement")
    name = achievement.get("name") if isinstance(achievement, dict) else document.get("name")
    return [
        ("Earned by", name_of(subject)),
        ("Earned", name if isinstance(name, str) else ""),
        ("Issuer", issuer_id(document)),
    ]


def _plain(text: str) -> str:
    """What is written in a credential must not move the cursor."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:400])


if __name__ == "__main__":
    sys.exit(main())
