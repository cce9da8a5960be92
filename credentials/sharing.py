"""Where a holder may show a credential elsewhere."""

from __future__ import annotations

from urllib.parse import urlencode

from credentials import addresses
from credentials.models import Credential

ADD_TO_PROFILE = "https://www.linkedin.com/profile/add"


def add_to_profile(credential: Credential) -> str:
    """LinkedIn's form for a certification, filled in. Nothing is sent until it is followed."""
    award = credential.award
    said = {
        "startTask": "CERTIFICATION_NAME",
        "name": award.version.name,
        "organizationName": award.achievement.awarding_body.name,
        "issueYear": credential.issued_at.year,
        "issueMonth": credential.issued_at.month,
        "certUrl": addresses.credential(credential),
        "certId": credential.public_id,
    }
    if award.expires_at:
        said |= {
            "expirationYear": award.expires_at.year,
            "expirationMonth": award.expires_at.month,
        }
    return f"{ADD_TO_PROFILE}?{urlencode(said)}"
