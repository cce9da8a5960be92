"""The absolute addresses that stand in signed documents, and so may never change."""

from __future__ import annotations

import uuid
from functools import cache

from django.conf import settings
from django.urls import reverse

from accounts.models import Organization
from catalog.models import Achievement, AchievementVersion
from credentials.models import Credential, Endorsement, SigningKey, StatusList, Transcript
from credentials.vc import did


def absolute(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def issuer_profile(organization: Organization) -> str:
    if organization.is_platform:
        return settings.BASE_URL
    return absolute(reverse("credentials:issuer", args=[organization.slug]))


def issuer_did(organization: Organization) -> str:
    """The ``did:web`` of an awarding organization: its document lies beside its profile.

    That of the platform is the site's own, with its document under ``/.well-known/``.
    """
    return did.from_url(issuer_profile(organization))


def platform_did() -> str:
    return did.from_url(settings.BASE_URL)


def key_id(key: SigningKey) -> str:
    return f"{issuer_did(key.organization)}#{key.fragment}"


def jwk_id(key: SigningKey) -> str:
    """What the JWTs of a P-256 key name it by."""
    return did.jwk_id(key_id(key))


def achievement(item: Achievement) -> str:
    return absolute(reverse("credentials:achievement", args=[item.public_id]))


def badge(version: AchievementVersion) -> str:
    """The picture of this version: later ones may look different."""
    numbered = [version.achievement.public_id, version.number]
    return absolute(reverse("credentials:achievement_badge", args=numbered))


def credential(item: Credential) -> str:
    return absolute(item.get_absolute_url())


def endorsement(item: Endorsement) -> str:
    return absolute(item.get_absolute_url())


def transcript(item: Transcript) -> str:
    return absolute(item.get_absolute_url())


@cache
def around_credential() -> tuple[str, str]:
    """What stands before and after the id in the paths of credentials, for who writes many.

    Django takes longer for one path than a batch takes for all else that it writes of a credential.
    """
    some = uuid.UUID(int=0)
    before, _, after = reverse("credentials:credential", args=[some]).partition(str(some))
    return before, after


def status_list(item: StatusList) -> str:
    return absolute(reverse("credentials:status_list", args=[item.public_id]))


def suspension_list(item: StatusList) -> str:
    return absolute(reverse("credentials:suspension_list", args=[item.public_id]))
