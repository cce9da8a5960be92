"""Pages about what was earned, and the documents behind them."""

from __future__ import annotations

from credentials.views.carrying import achievement_badge, badge_png, badge_svg, card, certificate
from credentials.views.issuers import (
    achievement,
    did_document,
    issuer,
    status_list,
    suspension_list,
)
from credentials.views.pages import credential, download, mine, prepare_jwt, visibility
from credentials.views.verify import verify

__all__ = [
    "achievement",
    "achievement_badge",
    "badge_png",
    "badge_svg",
    "card",
    "certificate",
    "credential",
    "did_document",
    "download",
    "issuer",
    "mine",
    "prepare_jwt",
    "status_list",
    "suspension_list",
    "verify",
    "visibility",
]
