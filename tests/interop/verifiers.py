"""Verifiers that are not ours, behind one shape; both work offline on what they are handed."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openvc.did.base import DidDocument, parse_did_document
from openvc.errors import OpenvcError
from openvc.verify import VerificationPolicy, verify_credential

from credentials.vc import pinned

FOLDER = Path(__file__).parent
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    accepted: bool
    reason: str = ""


def why_node_is_missing() -> str:
    """Empty when the verifier for Node can run."""
    if shutil.which("node") is None:
        return "node is not on the path"
    if not (FOLDER / "node_modules").is_dir():
        return "its libraries are missing: npm ci --prefix tests/interop"
    return ""


def verify_with_node(
    credential: Document,
    *,
    did_documents: Iterable[Document],
    status_lists: Iterable[Document] = (),
    at: datetime.datetime,
) -> Answer:
    """Digital Bazaar's ``@digitalbazaar/vc``, with its own JSON-LD and RDFC-1.0."""
    known = {document["id"]: document for document in (*did_documents, *status_lists)}
    documents = {address: pinned.load(address) for address in pinned.PINNED} | known
    said = subprocess.run(
        ["node", "verify.mjs"],
        cwd=FOLDER,
        input=json.dumps({"credential": credential, "now": at.isoformat(), "documents": documents}),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return Answer(**json.loads(said.stdout))


def canonize_with_node(documents: Iterable[Document]) -> list[str]:
    """The same libraries' JSON-LD and RDFC-1.0 alone, for many documents at once."""
    contexts = {address: pinned.load(address) for address in pinned.PINNED}
    said = subprocess.run(
        ["node", "canonize.mjs"],
        cwd=FOLDER,
        input=json.dumps({"documents": list(documents), "contexts": contexts}),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    canonical: list[str] = json.loads(said.stdout)
    return canonical


def verify_with_python(
    credential: Document,
    *,
    did_documents: Iterable[Document],
    status_lists: Iterable[Document] = (),
    at: datetime.datetime,
) -> Answer:
    """``openvc-core``: PyLD's own canonicalization, not pyoxigraph's."""
    resolver = _Known({document["id"]: document for document in did_documents})
    lists = {document["id"]: document for document in status_lists}
    contexts = {address: pinned.load(address) for address in pinned.PINNED}

    def status_list(address: str) -> dict[str, Any]:
        # A list counts only when its own proof holds; it has no status itself.
        return verify_credential(
            dict(lists[address]),
            policy=VerificationPolicy(require_status=False, now=at),
            resolver=resolver,
            extra_contexts=contexts,
        ).credential

    try:
        verify_credential(
            dict(credential),
            policy=VerificationPolicy(now=at, require_status_issuer_binding=True),
            resolver=resolver,
            resolve_status_list=status_list,
            extra_contexts=contexts,
        )
    except OpenvcError as error:
        return Answer(accepted=False, reason=f"{type(error).__name__}: {error}")
    return Answer(accepted=True)


@dataclass(frozen=True)
class _Known:
    """Resolves the DIDs that it was given documents for."""

    documents: Mapping[str, Document]

    def supports(self, did: str) -> bool:
        return did in self.documents

    def resolve(self, did: str) -> DidDocument:
        return parse_did_document(dict(self.documents[did]))
