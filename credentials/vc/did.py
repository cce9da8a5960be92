"""``did:web`` identifiers and their documents (DID Core 1.0, did:web method specification)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from credentials.vc import pinned


@dataclass(frozen=True, kw_only=True)
class Key:
    """A verification method: its absolute id and its public half.

    A key that was retired stays; one that others may have (``is_compromised``) stays listed, but
    vouches for nothing any more.
    """

    id: str
    public_key_multibase: str
    is_compromised: bool = False


def from_url(url: str) -> str:
    """The DID whose document lies at ``url`` + ``/did.json``; a port is percent-encoded."""
    host, *path = url.split("://", 1)[1].split("/")
    return ":".join(["did:web", quote(host, safe=""), *path])


def to_url(did: str) -> str:
    """Where the document of a ``did:web`` lies. Raises ``ValueError`` for other methods."""
    if not did.startswith("did:web:"):
        raise ValueError("not a did:web")
    host, *path = did.removeprefix("did:web:").split(":")
    return f"https://{unquote(host)}/{'/'.join(path or ['.well-known'])}/did.json"


def document(did: str, keys: Iterable[Key]) -> dict[str, Any]:
    """The DID document. Retired keys stay in it, so that what they signed goes on verifying."""
    keys = list(keys)
    methods = [
        {
            "id": key.id,
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": key.public_key_multibase,
        }
        for key in keys
    ]
    return {
        "@context": [pinned.DID_V1, pinned.MULTIKEY_V1],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [key.id for key in keys if not key.is_compromised],
    }
