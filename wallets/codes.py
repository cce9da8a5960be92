"""Secrets of wallets: drawn here, told once, and kept as digests."""

from __future__ import annotations

import base64
import hashlib
import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

TRANSACTION_CODE_DIGITS = 6


def draw() -> str:
    """256 bits, in characters that may stand in an address."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """How a secret is found again. Without salt: nobody guesses 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def code_of(address_token: str) -> str:
    """The pre-authorized code of the offer at this address.

    It is made anew from the address whenever a wallet fetches the offer, so that no row holds it.
    """
    made = salted_hmac("wallets.offer", address_token, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def draw_transaction_code() -> str:
    return f"{secrets.randbelow(10**TRANSACTION_CODE_DIGITS):0{TRANSACTION_CODE_DIGITS}}"


def transaction_code_digest(transaction_code: str, *, code_digest: str) -> str:
    """Keyed: whoever reads the table alone cannot try out a million codes."""
    said = f"{code_digest}:{transaction_code}"
    return salted_hmac("wallets.transaction-code", said, algorithm="sha256").hexdigest()


def is_same(one: str, other: str) -> bool:
    """In a time that says nothing of where they differ."""
    return constant_time_compare(one, other)
