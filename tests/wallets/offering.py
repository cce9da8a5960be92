"""A credential that its learner offers to a wallet: its page, and taking it back."""

from __future__ import annotations

from django.utils import timezone

from credentials import actions
from tests.factories import UserFactory


def page_of(credential) -> str:
    return f"{credential.get_absolute_url()}/wallet"


def revoke(credential) -> None:
    actions.revoke(award=credential.award, reason="A mistake.", by=UserFactory(), at=timezone.now())
