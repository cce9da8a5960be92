"""The inbox: every query starts at its owner, who finds only their own."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from notifications import actions, links
from notifications.forms import PreferencesForm
from notifications.models import ESSENTIAL, Kind

PAGE_SIZE = 25


@require_safe
def inbox(request: AuthenticatedRequest) -> HttpResponse:
    # The unread ones first, however old.
    mine = request.user.messages.defer("text").order_by(
        Case(When(read_at=None, then=Value(0)), default=Value(1)), "-created_at", "-pk"
    )
    page = Paginator(mine, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "notifications/inbox.html", {"page": page})


@require_safe
def message(request: AuthenticatedRequest, public_id: uuid.UUID) -> HttpResponse:
    message = get_object_or_404(request.user.messages, public_id=public_id)
    if request.method == "GET" and message.read_at is None:
        actions.mark_read(message=message, at=timezone.now())
    return render(request, "notifications/message.html", {"message": message})


@require_http_methods(["GET", "HEAD", "POST"])
def read_all(request: AuthenticatedRequest) -> HttpResponse:
    # Sent while signed out it comes back as a GET after signing in: that only leads to the inbox.
    if request.method == "POST":
        actions.mark_all_read(user=request.user, at=timezone.now())
        messages.success(request, _("All messages are marked as read."))
    return redirect("notifications:inbox")


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: AuthenticatedRequest) -> HttpResponse:
    """How each kind of message is to come."""
    wanted = dict(request.user.message_preferences.values_list("kind", "delivery"))
    form = PreferencesForm(request.POST or None, wanted=wanted)
    if request.method == "POST" and form.is_valid():
        actions.choose(user=request.user, deliveries=form.cleaned_data)
        messages.success(request, _("Your choices are saved."))
        return redirect("notifications:settings")
    context = {"form": form, "essential": [kind for kind in Kind if kind in ESSENTIAL]}
    return render(request, "notifications/settings.html", context)


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop one kind of mail: mail programs post here for their owner (RFC 8058).

    The token is the authority. A GET changes nothing: scanners of mail follow every link.
    """
    page = "notifications/unsubscribe.html"
    try:
        user, what = links.read_token(token)
    except links.UnknownToken:
        return render(request, page, {"is_unknown": True}, status=404)
    if request.method == "POST":
        actions.stop(user=user, what=what)
    context = {
        "is_done": request.method == "POST",
        "token": token,
        "label": "" if what == links.DIGEST else Kind(what).label,
    }
    return render(request, page, context)
