"""Who may call what: a token's scope, and the organization that its client acts for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    # The framework's views load this module as the default permission.
    from rest_framework.views import APIView


class InsufficientScope(PermissionDenied):
    default_code = "insufficient_scope"

    def __init__(self, scopes: str) -> None:
        super().__init__(
            f"The token lacks the scope {scopes}. Get one with scope={scopes}; "
            "if that is refused, ask for the scope to be given to your API client."
        )
        self.auth_header = f'Bearer realm="Cairn API", error="insufficient_scope", scope="{scopes}"'


class NoOrganization(PermissionDenied):
    default_code = "no_organization"
    default_detail = (
        "Your API client acts for no organization. "
        "Ask an administrator of this site to enter the client's organization."
    )


class HasScope(BasePermission):
    """The view's ``required_scopes``, all of them. A view that declares none answers nobody."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        token: Any = request.auth
        if token is None:
            return False
        required: Sequence[str] = getattr(view, "required_scopes", ())
        if not required:
            return False
        if not token.allow_scopes(required):
            raise InsufficientScope(" ".join(required))
        if token.application is None or token.application.organization is None:
            raise NoOrganization
        return True
