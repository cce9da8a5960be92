"""What wallets hold about a learner."""

from __future__ import annotations

from accounts import personal_data
from accounts.personal_data import Holding
from wallets.models import Delivery, Offer


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
    )
