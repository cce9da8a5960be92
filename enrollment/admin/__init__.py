from __future__ import annotations

from enrollment.admin import enrollments, exemptions, measured, orders

__all__ = ["enrollments", "exemptions", "measured", "orders"]
