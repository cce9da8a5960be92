from __future__ import annotations

from credentials.admin import awards, by_hand, drifts, endorsements, halts

__all__ = ["awards", "by_hand", "drifts", "endorsements", "halts"]
