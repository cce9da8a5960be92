"""Who signs: awarding organizations by their identifiers, and the platform itself."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction

from accounts.models import Organization
from credentials import addresses
from lib.slugs import unique_slug


def of_did(identifier: str) -> Organization | None:
    """The organization of this installation that signs under this DID."""
    if identifier == addresses.platform_did():
        return Organization.objects.filter(is_platform=True).first()
    slug = unquote(identifier.rsplit(":", 1)[-1])
    found = Organization.objects.filter(slug=slug, is_awarding_body=True).first()
    return found if found and addresses.issuer_did(found) == identifier else None


def platform() -> Organization:
    """The site as an issuer, made at the first need under the name of its host.

    It signs what belongs to no awarding body alone, such as a learner's transcript.
    """
    host = urlsplit(settings.BASE_URL).netloc
    with transaction.atomic():
        made, _ = Organization.objects.get_or_create(
            is_platform=True,
            defaults={"name": host, "slug": unique_slug(Organization, host), "url": ""},
        )
    return made
