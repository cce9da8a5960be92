"""The badges of others that apps have brought to their holder."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedRequest
from credentials.badges import examine
from credentials.views.responses import CREDENTIAL_TYPE, JWT_TYPE
from wallets.models import BroughtBadge


def _own(request: AuthenticatedRequest, public_id: uuid.UUID) -> BroughtBadge:
    return get_object_or_404(request.user.brought_badges, public_id=public_id)


@require_safe
def badge(request: AuthenticatedRequest, public_id: uuid.UUID) -> HttpResponse:
    """Verified again whenever it is looked at."""
    shown = _own(request, public_id)
    report = examine(shown.source)
    return render(request, "wallets/badge.html", {"badge": shown, "report": report})


@require_safe
def download(request: AuthenticatedRequest, public_id: uuid.UUID) -> HttpResponse:
    shown = _own(request, public_id)
    kind, suffix = (JWT_TYPE, "jwt") if shown.is_jwt else (CREDENTIAL_TYPE, "json")
    return HttpResponse(
        shown.source,
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="badge.{suffix}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_POST
def remove(request: AuthenticatedRequest, public_id: uuid.UUID) -> HttpResponse:
    gone = _own(request, public_id)
    gone.delete()
    messages.success(request, _("“%(name)s” is no longer kept here.") % {"name": gone.name})
    return redirect("credentials:mine")
