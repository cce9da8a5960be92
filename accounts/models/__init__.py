"""Who: people, the organizations they belong to, and the programs that act for those."""

from __future__ import annotations

from accounts.models.people import (
    ERASED_DOMAIN,
    GUARDS,
    ApiClient,
    Membership,
    Organization,
    OrganizationQuerySet,
    User,
    UserManager,
)
from accounts.models.requests import DataExport, Erasure

__all__ = [
    "ERASED_DOMAIN",
    "GUARDS",
    "ApiClient",
    "DataExport",
    "Erasure",
    "Membership",
    "Organization",
    "OrganizationQuerySet",
    "User",
    "UserManager",
]
