"""Small things that English sentences need."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """1 award, 2 awards: of nouns that take an s."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
