"""Addresses in mails: absolute, and those that act without signing in carry a signature."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import User
from notifications.models import ESSENTIAL, Kind

DIGEST = "digest"
"""In the place of a kind: all that comes once a day."""

# Without an end: an old mail must still be able to stop those that follow it.
_signer = Signer(salt="notifications.unsubscribe")


class UnknownToken(Exception):
    pass


def absolute(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def token(*, user: User, what: str) -> str:
    """Proof that its bearer reads this person's mail; ``what`` is a kind or ``DIGEST``."""
    return _signer.sign(f"{user.public_id}.{what}")


def read_token(value: str) -> tuple[User, str]:
    """The person and the kind (or ``DIGEST``) of a token that was made here."""
    # A broken signature and a person who is gone are one thing to whoever asks.
    try:
        public_id, _, what = _signer.unsign(value).partition(".")
        user = User.objects.get(public_id=public_id)
    except (BadSignature, User.DoesNotExist) as error:
        raise UnknownToken from error
    if what != DIGEST and what not in set(Kind) - ESSENTIAL:
        raise UnknownToken
    return user, what


def unsubscribe_url(*, user: User, what: str) -> str:
    return absolute(reverse("notifications:unsubscribe", args=[token(user=user, what=what)]))
