"""Rows of the files as values that fit the models, or what to change in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from catalog.esco.files import LINKS, OCCUPATIONS, SKILLS, Release, Row
from catalog.models import OccupationSkill, Skill
from catalog.models.concepts import ESCO_PREFIX
from lib.text import clean_text

MAX_LABEL = 200
MAX_TEXT = 20_000
RELATIONS = frozenset(OccupationSkill.Relation.values)
KINDS = {"skill/competence": Skill.Kind.SKILL, "knowledge": Skill.Kind.KNOWLEDGE}
COLLECTIONS = {"language": Skill.Kind.LANGUAGE, "transversal": Skill.Kind.TRANSVERSAL}

_ID = {
    kind: re.compile(rf"{kind}/[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}")
    for kind in ("skill", "occupation")
}

Values = dict[str, Any]


def skills(release: Release) -> Iterator[Values]:
    """In the order of the file, for links name them by number."""
    uris: set[str] = set()
    for row in release.rows(SKILLS):
        yield _concept(row, "skill", uris) | {"kind": _kind(row)}


def occupations(release: Release) -> Iterator[Values]:
    uris: set[str] = set()
    for row in release.rows(OCCUPATIONS):
        isco = row.cells["isco08"].strip()
        if isco and not re.fullmatch("[0-9]{4}", isco):
            raise row.refuse(f"isco08: {_said(isco)} is not four digits")
        yield _concept(row, "occupation", uris) | {"isco08": isco}


def links(release: Release, *, occupations: int, skills: int) -> Iterator[tuple[int, int, str]]:
    """Row of the occupation, row of the skill, relation; every pair once."""
    seen: set[int] = set()
    for row in release.rows(LINKS):
        occupation = _row_number(row, "occupation_row", occupations)
        skill = _row_number(row, "skill_row", skills)
        relation = row.cells["relation"].strip()
        if relation not in RELATIONS:
            raise row.refuse(f"relation: must be essential or optional, not {_said(relation)}")
        pair = occupation * skills + skill
        if pair in seen:
            raise row.refuse("this occupation and this skill stand there already; keep one row")
        seen.add(pair)
        yield occupation, skill, relation


def _concept(row: Row, kind: str, uris: set[str]) -> Values:
    uri = _uri(row, kind)
    if uri in uris:
        raise row.refuse(f"id: {_said(uri)} stands there already; keep one row")
    uris.add(uri)
    label = _name(row, "label", row.cells["label"])
    if not label:
        raise row.refuse("label: is empty; every concept needs one")
    values: Values = {"uri": uri, "label": label, "alt_labels": _synonyms(row, label)}
    # A file without descriptions leaves those that are there.
    if "description" in row.cells:
        values["description"] = _description(row)
    return values


def _uri(row: Row, kind: str) -> str:
    found = row.cells["id"].strip().removeprefix(ESCO_PREFIX)
    if not _ID[kind].fullmatch(found):
        raise row.refuse(f"id: must be {kind}/ and a UUID in lower case, not {_said(found)}")
    return ESCO_PREFIX + found


def _name(row: Row, column: str, text: str) -> str:
    try:
        name = clean_text(" ".join(text.split()))
    except ValueError as error:
        raise row.refuse(f"{column}: {error}") from error
    if len(name) > MAX_LABEL:
        raise row.refuse(f"{column}: {_said(name)} has {len(name)} characters; {MAX_LABEL} fit")
    return name


def _synonyms(row: Row, label: str) -> str:
    """One on each line, each once, without the label; ESCO repeats both."""
    names = (_name(row, "alt_labels", name) for name in row.cells["alt_labels"].split("|"))
    unlike = {label.casefold(): "", "": ""}
    for name in names:
        unlike.setdefault(name.casefold(), name)
    joined = "\n".join(name for name in unlike.values() if name)
    if len(joined) > MAX_TEXT:
        raise row.refuse(f"alt_labels: has {len(joined)} characters; {MAX_TEXT} fit")
    return joined


def _description(row: Row) -> str:
    # ESCO's own has control characters, left from some conversion, that say nothing.
    kept = "".join(
        one
        for one in row.cells["description"]
        if one in "\n\r\t" or unicodedata.category(one) != "Cc"
    )
    try:
        text = clean_text(kept, lines=True)
    except ValueError as error:
        raise row.refuse(f"description: {error}") from error
    if len(text) > MAX_TEXT:
        raise row.refuse(f"description: has {len(text)} characters; {MAX_TEXT} fit")
    return text


def _kind(row: Row) -> str:
    for collection in row.cells["collections"].split("|"):
        if kind := COLLECTIONS.get(collection.strip()):
            return kind
    # A handful, of DigComp, have no type: they are competences.
    skill_type = row.cells["skill_type"].strip()
    if skill_type and skill_type not in KINDS:
        known = " or ".join(KINDS)
        raise row.refuse(f"skill_type: must be {known}, not {_said(skill_type)}")
    return KINDS.get(skill_type, Skill.Kind.SKILL)


def _row_number(row: Row, column: str, count: int) -> int:
    text = row.cells[column].strip()
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) >= count:
        last = f"a row number from 0 to {count - 1}" if count else "a row number; there are none"
        raise row.refuse(f"{column}: must be {last}, not {_said(text)}")
    return int(text)


def _said(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
