"""Pages about what was earned, and the documents behind them."""

from __future__ import annotations

from credentials.views.issuers import achievement, did_document, issuer, status_list
from credentials.views.pages import credential, download, mine, visibility
from credentials.views.verify import verify

__all__ = [
    "achievement",
    "credential",
    "did_document",
    "download",
    "issuer",
    "mine",
    "status_list",
    "verify",
    "visibility",
]
