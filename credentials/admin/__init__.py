from __future__ import annotations

from credentials.admin import awards, halts

__all__ = ["awards", "halts"]
