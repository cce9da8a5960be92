from __future__ import annotations

from enrollment.admin import enrollments, exemptions, orders

__all__ = ["enrollments", "exemptions", "orders"]
