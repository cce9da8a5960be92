"""Check documents of our own store as any others, but at the pace of their few known forms.

What is stored was written by ``json.dumps`` from documents of few shapes. Of each shape the first
is checked step by step, and leaves its form behind: a template, and where its values stand in the
text. A later one of that form is not taken apart: its values are read from the text and put into
the template, and the text that this gives must be the stored one to the last byte. So its canonical
form is that of the template, and the signature is checked over that.
"""

from __future__ import annotations

import datetime
import json
import re
from functools import cached_property
from typing import Any

from credentials.vc import proofs, reading, shapes, template
from credentials.vc.dates import check_dates
from credentials.vc.forms import check_form
from credentials.vc.reports import Check, Report, Resolver, Stop
from credentials.vc.statuses import StatusBits, check_status
from lib.lru import Lru

_PROOF = b', "proof": '
_ACHIEVEMENT = re.compile(rb'"achievement": \{"id": "([^"]*)"')
KEPT = 512
FORMS_OF_ONE = 8
"""Of one achievement: its versions, with a grade or without, with an end or without."""


def verify_own(
    content: bytes, *, resolver: Resolver, bits: StatusBits, at: datetime.datetime
) -> Report:
    """As ``verify``, of what was signed by ``data_integrity.sign``."""
    found = _match(content)
    report = _ReadLater(content) if found else Report()
    try:
        if found:
            form, secured = found
        else:
            report.document = reading.parse(reading.as_text(content))
            form = check_form(report.document)
            secured = proofs.Embedded(template.shared(report.document), by_template=True)
        report.checks.append(form)
        report.checks.append(secured.check_issuer(resolver))
        report.checks.append(secured.check_proof(resolver, at))
        report.checks.append(check_status(secured.document, resolver, at, bits=bits))
        report.checks.append(check_dates(secured.document, at))
    except Stop as stop:
        report.verdict = stop.verdict
        report.checks.append(stop.check)
    if report.is_valid and not found and report.document:
        _learn(content, report.document, report.checks[0])
    return report


class _ReadLater(Report):
    """Of what equals the text of a template: it is JSON, and no name stands in it twice.

    So whoever asks for the verdict alone need not wait until all of it is read.
    """

    def __init__(self, content: bytes) -> None:
        super().__init__()
        # In place of the property.
        del self.document
        self._content = content

    @cached_property
    def document(self) -> dict[str, Any]:  # type: ignore[override]
        document: dict[str, Any] = json.loads(self._content)
        return document


class _Form:
    def __init__(self, document: dict[str, Any], check: Check) -> None:
        """Raises ``Unprovable`` for a document that no template fits."""
        self.check = check
        unsecured = template.shared(document)
        del unsecured["proof"]
        self._template, values = template.find(unsecured)
        self._places = self._template.places()
        markers = [f"value {number}" for number in range(len(values))]
        self._numbers = {marker: number for number, marker in enumerate(markers)}
        marked = shapes.marked(unsecured, iter(markers))
        # What the checks look at; all else is covered by the signature alone.
        looked_at = ("@context", "issuer", "credentialStatus", "validFrom", "validUntil")
        self._looked_at = {term: marked[term] for term in looked_at if term in marked}

    def read(self, text: bytes) -> tuple[bytes, dict[str, Any]] | None:
        """Canonical form and what is looked at, if the text is of this form."""
        values = self._places.read(text)
        if values is None:
            return None
        try:
            rendered = self._template.render(values)
        except shapes.Unprovable:
            return None
        if rendered.text != text:
            return None
        return rendered.n_quads, self._filled(self._looked_at, values)

    def _filled(self, part: Any, values: list[str]) -> Any:
        if type(part) is dict:
            return {term: self._filled(item, values) for term, item in part.items()}
        if type(part) is list:
            return [self._filled(item, values) for item in part]
        number = self._numbers.get(part) if type(part) is str else None
        return part if number is None else values[number]


_forms: Lru[tuple[_Form, ...]] = Lru(KEPT)


def _name(content: bytes) -> bytes:
    found = _ACHIEVEMENT.search(content)
    return found[1] if found else b""


def _match(content: bytes) -> tuple[Check, proofs.Embedded] | None:
    cut = content.rfind(_PROOF)
    for form in _forms.get(_name(content)) or ():
        found = form.read(content[:cut] + b"}")
        if found:
            n_quads, document = found
            document["proof"] = json.loads(content[cut + len(_PROOF) : -1])
            return form.check, proofs.Embedded(document, n_quads=n_quads)
    return None


def _learn(content: bytes, document: dict[str, Any], check: Check) -> None:
    try:
        form = _Form(document, check)
    except shapes.Unprovable:
        return
    known = _forms.get(_name(content)) or ()
    _forms.put(_name(content), (form, *known)[:FORMS_OF_ONE])
