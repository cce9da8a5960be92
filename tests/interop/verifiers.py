"""Verifiers that are not ours, behind one shape; all work offline on what they are handed."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier
from openvc.did.base import DidDocument, parse_did_document
from openvc.errors import OpenvcError
from openvc.verify import VerificationPolicy, verify_credential

from credentials.vc import did, pinned

FOLDER = Path(__file__).parent
SCHEMAS = FOLDER.parent / "credentials" / "vc" / "schemas"
SCHEMA_AT = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json"
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
    asked = {"credential": credential, "now": at.isoformat(), "documents": documents}
    return Answer(**_run("verify.mjs", asked))


def verify_with_core(
    credential: Document,
    *,
    did_documents: Iterable[Document],
    status_lists: Iterable[Document] = (),
) -> Answer:
    """The Digital Credentials Consortium's verifier, with the official schemas; as of today."""
    documents = {
        pinned.CLR: pinned.load(pinned.CLR),
        **{f"{SCHEMA_AT}/{path.name}": json.loads(path.read_text()) for path in _schemas()},
        **_at_their_addresses(did_documents, status_lists),
    }
    return Answer(**_run("core.mjs", {"credential": credential, "documents": documents}))


def _schemas() -> Iterable[Path]:
    return SCHEMAS.glob("ob_v3p0_*.json")


def _at_their_addresses(
    did_documents: Iterable[Document], status_lists: Iterable[Document]
) -> dict[str, Document]:
    """As they are fetched."""
    return {did.to_url(document["id"]): document for document in did_documents} | {
        document["id"]: document for document in status_lists
    }


def verify_jwt_with_node(token: str, *, did_document: Document, at: datetime.datetime) -> Answer:
    """``did-jwt``, which tries all keys that may make assertions."""
    asked = {"token": token, "didDocument": did_document, "now": at.isoformat()}
    return Answer(**_run("jwt.mjs", asked))


def _run(script: str, asked: Any) -> Any:
    said = subprocess.run(
        ["node", script],
        cwd=FOLDER,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(said.stdout)


def verify_with_badge_library(
    credential: Document | str,
    *,
    did_documents: Iterable[Document],
    status_lists: Iterable[Document] = (),
) -> Answer:
    """``openbadgeslib``, of a document or a JWT, as of today.

    It verifies no status list but those that are JWTs, so the bits of ours are all it looks at.
    """
    documents = _at_their_addresses(did_documents, status_lists)

    def download(address: str) -> bytes:
        return json.dumps(documents[address]).encode()

    verifier = OB3Verifier if isinstance(credential, str) else OB3LdpVerifier
    try:
        issuer = next(iter(did_documents))["id"]
        verifier.for_issuer_did(issuer, download=download).verify(
            credential, check_status=True, verify_status_list=False, download=download
        )
    except OB3VerificationError as error:
        return Answer(accepted=False, reason=str(error))
    return Answer(accepted=True)


def canonize_with_node(documents: Iterable[Document]) -> list[str]:
    """The same libraries' JSON-LD and RDFC-1.0 alone, for many documents at once."""
    contexts = {address: pinned.load(address) for address in pinned.PINNED}
    asked = {"documents": list(documents), "contexts": contexts}
    canonical: list[str] = _run("canonize.mjs", asked)
    return canonical


def verify_with_python(
    credential: Document,
    *,
    did_documents: Iterable[Document],
    status_lists: Iterable[Document] = (),
    at: datetime.datetime,
) -> Answer:
    """``openvc-core``: PyLD's own canonicalization, not pyoxigraph's.

    It wants every document to be what compacting it again would give. So it takes no transcripts,
    as CLR's context types ``association`` and ``identifier`` in a way that never comes back, and
    nothing that carries an endorsement, as the context of that is lost on the way.
    """
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
