"""What a vault is: it makes signing keys and opens them; what it opens is a ``Signer``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from credentials.models import SigningKey

Kind = SigningKey.Kind


class CannotOpenKey(Exception):
    """This process does not have what opens the key, or has another."""


class Signer(Protocol):
    """One private key. P-256 signatures are the 64 bytes of ES256 (RFC 7518 §3.4)."""

    def sign(self, data: bytes, /) -> bytes: ...


@dataclass(frozen=True, kw_only=True)
class Made:
    """A new key: its public half, and how its row finds the private one again."""

    public_key_multibase: str
    sealed_private_key: bytes = b""
    device_label: str = ""


class Vault(Protocol):
    def make(self, kind: str, *, organization_id: int, fragment: str) -> Made: ...

    def open(self, key: SigningKey) -> Signer:
        """Raises ``CannotOpenKey``."""
        ...
