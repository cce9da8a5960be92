from __future__ import annotations

from credentials.admin import (
    awards,
    by_hand,
    drifts,
    endorsements,
    halts,
    previews,
    pursuits,
)

__all__ = ["awards", "by_hand", "drifts", "endorsements", "halts", "previews", "pursuits"]
