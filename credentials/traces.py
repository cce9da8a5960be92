"""Why an award was made, written down so that it can be judged again from that alone.

A trace is canonical JSON: keys sorted, no white space, ASCII. It holds the rule as rows, the moment
and, for each leaf that the rule rests on, the fact that satisfied it. Its digest is SHA-256.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from catalog import rules
from catalog.judging import Fact, Support
from credentials.models import Award, AwardTrace
from credentials.rulebook import Rule

EVALUATOR = 1
"""Counts the changes of what rules mean (``docs/rules.md``); a trace names the one it is of."""

EVIDENCE = ("award_id", "node_number", "enrollment_id", "supporting_award_id", "recognition_id")
"""The columns of ``AwardEvidence`` that ``evidence_rows`` gives values for."""


def evidence_rows(award: Award, support: Support) -> list[tuple[object, ...]]:
    """One for each leaf that is satisfied."""
    return [
        (
            award.pk,
            number,
            fact.pk if fact.kind == "completion" else None,
            fact.pk if fact.kind == "award" else None,
            fact.pk if fact.kind == "recognition" else None,
        )
        for number, fact in sorted(support.leaves.items())
    ]


TRACE = ("award_id", "evaluator", "document", "digest")
"""The columns of ``AwardTrace`` that ``trace_row`` gives values for."""


def trace_row(award: Award, rule: Rule, support: Support) -> tuple[object, ...]:
    document = canonical(
        {
            "evaluator": EVALUATOR,
            "award": str(award.public_id),
            "learner": award.learner_id,
            "achievement": award.achievement_id,
            "version": award.version_id,
            "number": award.number,
            "decided_at": award.decided_at.astimezone(datetime.UTC).isoformat(),
            "rule": [said(columns) for columns in rules.in_columns(rule.tree)],
            "evidence": [
                {"leaf": number, **said(fact.__dict__)}
                for number, fact in sorted(support.leaves.items())
            ],
        }
    )
    return award.pk, EVALUATOR, document, digest_of(document)


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest_of(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()


def said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Only what says something, in types that JSON has."""
    return {
        name: _plain(value)
        for name, value in values.items()
        if value is not None and value is not False and value != ""
    }


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return f"{value.normalize():f}"
        case datetime.datetime():
            return value.astimezone(datetime.UTC).isoformat()
        case tuple():
            return list(value)
        case str():
            return str(value)
        case _:
            return value


def facts_of(trace: AwardTrace) -> dict[int, Fact]:
    """The facts that the trace names, by leaf."""
    found = {}
    for item in json.loads(trace.document)["evidence"]:
        found[item["leaf"]] = Fact(
            pk=item["pk"],
            at=datetime.datetime.fromisoformat(item["at"]),
            grade=Decimal(item["grade"]) if "grade" in item else None,
            minutes=item.get("minutes", 0),
            ects=item.get("ects", 0),
            kind=item["kind"],
            issuer_id=item.get("issuer_id"),
            until=datetime.datetime.fromisoformat(item["until"]) if "until" in item else None,
            level=item.get("level", 0),
            item=tuple(item["item"]) if "item" in item else None,
        )
    return found
