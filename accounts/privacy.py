"""A person's own data: to take along, and to have erased."""

from __future__ import annotations

import uuid

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions, personal_data
from accounts.forms import EraseForm
from accounts.http import AuthenticatedRequest

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
def data(request: AuthenticatedRequest) -> HttpResponse:
    """Ask for a copy of all that is held, and download it."""
    if request.method == "POST":
        actions.request_export(user=request.user, at=timezone.now())
        messages.success(request, _("Your copy is being made. You will get a message."))
        return redirect("accounts:data")
    exports = request.user.data_exports
    context = {
        "waiting": exports.filter(made_at=None).first(),
        "ready": exports.ready(at=timezone.now()),
    }
    return render(request, "accounts/data.html", context)


@require_safe
def download(request: AuthenticatedRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Only its owner's, and only until it expires; read in pieces."""
    ready = request.user.data_exports.ready(at=timezone.now())
    export = get_object_or_404(ready, public_id=public_id)
    response = FileResponse(
        export.file.open(),
        as_attachment=True,
        filename=f"cairn-{export.requested_at:%Y-%m-%d}.zip",
        content_type="application/zip",
    )
    response["Cache-Control"] = "private, no-store"
    return response


@get_or_post
def erase(request: AuthenticatedRequest) -> HttpResponse:
    """What goes, what stays and why; then, after a confirmation, no way back."""
    user = request.user
    form = EraseForm(request.POST or None, user=user)
    status = 422 if form.is_bound else 200
    if request.method == "POST":
        # As for signing in: nobody tries out passwords in a session that was left open.
        if not ratelimit.consume(request, action="reauthenticate", user=user):
            form.add_error(None, _("Too many attempts. Try again in some minutes."))
            status = 429
        elif form.is_valid():
            try:
                actions.request_erasure(user=user, by=user, at=timezone.now())
            except actions.StillAdministers:
                form.add_error(None, _("Give the administration of this site to somebody first."))
            else:
                logout(request)
                return redirect("accounts:erased")
    stays = [one.stays for one in personal_data.holdings() if one.stays]
    return render(request, "accounts/erase.html", {"form": form, "stays": stays}, status=status)


@login_not_required
@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/erased.html")
