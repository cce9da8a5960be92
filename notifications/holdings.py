"""What notifications hold about a person."""

from __future__ import annotations

from accounts import personal_data
from accounts.personal_data import Holding
from notifications.models import Message, Preference


def register() -> None:
    personal_data.register(
        Holding(
            model=Message,
            whose="recipient",
            about="what you were told, and whether it was mailed",
            hidden=frozenset({"key", "last_failure", "failures", "due_at"}),
        ),
        Holding(model=Preference, whose="user", about="which messages you want by mail"),
    )
