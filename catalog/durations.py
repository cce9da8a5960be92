"""Workloads in words."""

from __future__ import annotations


def in_words(minutes: int) -> str:
    """``45 min``, ``2 h``, ``2 h 30 min``; the spaces inside do not break."""
    hours, rest = divmod(max(minutes, 0), 60)
    parts = [f"{hours}\u00a0h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest}\u00a0min")
    return "\u00a0".join(parts)
