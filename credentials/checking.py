"""Judges an award again by its trace alone.

It shares no code with what made the award, and asks neither the database nor the clock: whoever has
the document and its digest can check them. What the rows of this site say is compared in
``credentials.comparing``.
"""

from __future__ import annotations

import calendar
import datetime
import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

EVALUATOR = 1
LEVELS = ["", "foundation", "intermediate", "advanced", "specialized"]
KINDS = {
    "course": {"completion", "recognition"},
    "achievement": {"award"},
    "skill": {"award", "recognition"},
}
LEAF = set(KINDS)

UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

Thing = tuple[Any, ...]


def faults(document: str, digest: str) -> list[str]:
    """Why the trace does not hold up; empty when the award was rightly made."""
    if hashlib.sha256(document.encode()).hexdigest() != digest:
        return ["The digest is not that of the document."]
    try:
        trace = json.loads(document)
        if json.dumps(trace, sort_keys=True, separators=(",", ":")) != document:
            return ["The document is not in its canonical form."]
        return list(_faults(trace))
    except UNREADABLE as error:
        return [f"The document cannot be read: {error!r}."]


def _faults(trace: dict[str, Any]) -> Iterator[str]:
    if trace["evaluator"] != EVALUATOR:
        yield f"It is of evaluator {trace['evaluator']}, which this checker does not know."
        return
    nodes = {node["number"]: node for node in trace["rule"]}
    if not _is_tree(trace["rule"]):
        yield "The rule is no tree."
        return
    at = _moment(trace["decided_at"])
    met: dict[int, dict[str, Any]] = {}
    for fact in trace["evidence"]:
        leaf = nodes.get(fact["leaf"])
        if leaf is None or leaf["operator"] not in LEAF:
            yield f"There is no leaf {fact['leaf']}."
        elif fact["leaf"] in met:
            yield f"Leaf {fact['leaf']} has two facts."
        else:
            met[fact["leaf"]] = fact
            yield from _misfits(leaf, fact, at)
    if nodes[0].get("counts_once"):
        things = [_thing(nodes[number], fact) for number, fact in met.items()]
        if len(things) != len(set(things)):
            yield "One thing counts at two leaves, where each counts once."
    if not _is_satisfied(trace["rule"], met):
        yield "The evidence does not satisfy the rule."


def _is_tree(rows: list[dict[str, Any]]) -> bool:
    """Numbered from 0 on, each below a group that came before it."""
    return bool(rows) and all(
        row["number"] == place
        and ("counts_once" not in row or place == 0)
        and (
            "parent_number" not in row
            if place == 0
            else 0 <= row["parent_number"] < place
            and rows[row["parent_number"]]["operator"] not in LEAF
        )
        for place, row in enumerate(rows)
    )


def _misfits(leaf: dict[str, Any], fact: dict[str, Any], at: datetime.datetime) -> Iterator[str]:
    """In what the fact falls short of what the leaf asks for."""
    where = f"The {fact['kind']} {fact['pk']} at leaf {leaf['number']}"
    if fact["kind"] not in KINDS[leaf["operator"]]:
        yield f"{where} is not what the leaf asks for."
    if leaf["operator"] == "skill" and fact["level"] < LEVELS.index(leaf.get("level", "")):
        yield f"{where} is below the level."
    if "min_grade" in leaf and (
        "grade" not in fact or Decimal(fact["grade"]) < Decimal(leaf["min_grade"])
    ):
        yield f"{where} is below the grade."
    done_at = _moment(fact["at"])
    if "max_age_months" in leaf and done_at < _months_before(at, leaf["max_age_months"]):
        yield f"{where} is too old."
    if "issuer_id" in leaf and fact.get("issuer_id") != leaf["issuer_id"]:
        yield f"{where} is of another organization."
    if fact["kind"] == "recognition" and leaf.get("allows_prior_learning") is not True:
        yield f"{where} is prior learning, which the leaf does not accept."
    if "until" in fact and _moment(fact["until"]) <= at:
        yield f"{where} had expired."


def _thing(leaf: dict[str, Any], fact: dict[str, Any]) -> Thing:
    """What counts once."""
    if "item" in fact:
        return tuple(fact["item"])
    if leaf["operator"] == "skill":
        return fact["kind"], fact["pk"]
    return leaf["operator"], leaf[f"{leaf['operator']}_id"]


def _is_satisfied(rows: list[dict[str, Any]], met: dict[int, dict[str, Any]]) -> bool:
    """From the last node up to the first: all that is below a node comes after it."""
    # For each node that holds, the leaves that count in it.
    counting: dict[int, list[int]] = {}
    for row in reversed(rows):
        number, operator = row["number"], row["operator"]
        if operator in LEAF:
            if number in met:
                counting[number] = [number]
            continue
        children = [child["number"] for child in rows if child.get("parent_number") == number]
        holding = [child for child in children if child in counting]
        counts = [leaf for child in holding for leaf in counting[child]]
        match operator:
            case "all":
                holds = len(holding) == len(children) > 0
            case "any":
                holds = len(holding) > 0
            case "at_least":
                holds = len(holding) >= row.get("n", 0) > 0
            case "credits" | "ects":
                measure = "minutes" if operator == "credits" else "ects"
                holds = _worth(measure, counts, rows, met) >= row.get("n", 0) > 0
            case _:
                holds = False
        if holds:
            counting[number] = counts
    return 0 in counting


def _worth(
    measure: str,
    leaves: list[int],
    rows: list[dict[str, Any]],
    met: dict[int, dict[str, Any]],
) -> int:
    """Each thing once, with the most that it is worth; skills are worth nothing."""
    worth: dict[Thing, int] = {}
    for number in leaves:
        if rows[number]["operator"] != "skill":
            thing = _thing(rows[number], met[number])
            worth[thing] = max(worth.get(thing, 0), met[number][measure])
    return sum(worth.values())


def _moment(said: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(said)
    if moment.tzinfo is None:
        raise ValueError(f"{said} has no time zone")
    return moment


def _months_before(moment: datetime.datetime, months: int) -> datetime.datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    if year < datetime.MINYEAR:
        return datetime.datetime.min.replace(tzinfo=moment.tzinfo)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))
