"""What people ask for: a copy of their data, and to be forgotten."""

from __future__ import annotations

from accounts.actions.erasing import StillAdministers, erase_due, request_erasure
from accounts.actions.exporting import delete_expired, make_due, request_export

__all__ = [
    "StillAdministers",
    "delete_expired",
    "erase_due",
    "make_due",
    "request_erasure",
    "request_export",
]
