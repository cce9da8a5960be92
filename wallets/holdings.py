"""What wallets hold about a learner."""

from __future__ import annotations

from accounts import personal_data
from accounts.personal_data import Attachments, Holding, Rows
from wallets.models import BroughtBadge, Delivery, Offer


def badges(rows: Rows) -> Attachments:
    for row in rows.iterator(chunk_size=100):
        suffix = "jwt" if row.is_jwt else "json"
        yield f"badges_of_others/{row.public_id}.{suffix}", [row.source.encode()]


def register() -> None:
    personal_data.register(
        Holding(
            model=Delivery,
            whose="offer__credential__award__learner",
            about="which credentials a wallet has fetched, and what it said of them",
            hidden=frozenset({"public_id"}),
            also={"credential": "offer__credential__public_id"},
        ),
        Holding(
            model=Offer,
            whose="credential__award__learner",
            about="when you had a credential offered to a wallet",
            hidden=frozenset({"code_digest", "transaction_code_digest", "token_digest"}),
            also={"credential": "credential__public_id"},
        ),
        Holding(
            model=BroughtBadge,
            whose="learner",
            about="Open Badges of others that an app has brought; they are in the folder files",
            hidden=frozenset({"source", "key"}),
            attachments=badges,
        ),
    )
