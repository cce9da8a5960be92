"""Apps: how they register, how people let them in, and how they put them out again."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from oauth2_provider.views import base as library
from oauthlib.oauth2 import WebApplicationServer  # type: ignore[import-untyped]

from accounts.http import AuthenticatedRequest
from lib import limits
from wallets import connections, registration
from wallets.endpoints import Refused, endpoint, json_body
from wallets.models import RegisteredApp


@endpoint("POST")
def register(request: HttpRequest) -> HttpResponse:
    """RFC 7591 §3. Open to all, as Open Badges 3.0 §7.1.1 asks; so it is limited."""
    if not limits.is_within(request, "app_registration"):
        raise Refused(
            "invalid_client_metadata",
            "Too many registrations. Wait an hour.",
            status=429,
            Retry_After="3600",
        )
    said = json_body(request, error="invalid_client_metadata")
    try:
        app, secret = registration.register(said, at=timezone.now())
    except registration.Invalid as error:
        raise Refused(error.error, str(error)) from None
    return JsonResponse(registration.described(app, secret=secret), status=201)


@method_decorator([login_not_required, never_cache], name="dispatch")
class Authorize(library.AuthorizationView):
    """RFC 6749 §4.1.1: asks the person, in plain words, every time."""

    server_class = WebApplicationServer
    template_name = "wallets/authorize.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.POST if request.method == "POST" else request.GET
        if not _has_parts(asked.get("redirect_uri", "")):
            # The library would fail at it.
            return self._refuse("redirect_uri is no address.")
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        return response

    def _refuse(self, words: str) -> HttpResponse:
        error = {"error": "invalid_request", "description": words}
        return render(self.request, self.template_name, {"error": error}, status=400)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # The library would let an app in without a question that was let in before.
        asked = request.GET.copy()
        asked.pop("approval_prompt", None)
        request.GET = asked  # type: ignore[assignment]
        response: HttpResponse = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        application = context.get("application")
        if application is not None:
            context["app"] = application.registered_app
            context["may"] = connections.in_words(context["scopes"])
            context["host"] = connections.host_of(context["redirect_uri"])
        return context

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().render_to_response(context, **kwargs)
        if "redirect_uri" in context:
            # Browsers hold the way back to the app to the policy of the page with the form.
            parts = urlsplit(context["redirect_uri"])
            response._csp_update = {  # type: ignore[attr-defined]
                "form-action": [f"{parts.scheme}://{parts.netloc}"]
            }
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        if form.cleaned_data["allow"]:
            RegisteredApp.objects.filter(
                application__client_id=form.cleaned_data["client_id"], first_allowed_at=None
            ).update(first_allowed_at=timezone.now())
        response: HttpResponse = super().form_valid(form)  # type: ignore[no-untyped-call]
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """The form has no field for people: it was not the page that sent it."""
        return self._refuse("Something is missing.")


def _has_parts(address: str) -> bool:
    try:
        port = urlsplit(address).port
    except ValueError:
        return False
    return port is None or port > 0


authorize = Authorize.as_view()


@require_safe
def apps(request: AuthenticatedRequest) -> HttpResponse:
    """The apps that the reader has connected."""
    found = connections.connections_of(request.user)
    return render(request, "wallets/apps.html", {"connections": found})


@require_POST
def disconnect(request: AuthenticatedRequest, public_id: uuid.UUID) -> HttpResponse:
    app = get_object_or_404(
        RegisteredApp.objects.select_related("application"), public_id=public_id
    )
    connections.disconnect(user=request.user, app=app)
    messages.success(
        request,
        _("“%(name)s” is disconnected. What it has read already, it may still have.")
        % {"name": app.application.name},
    )
    return redirect("wallets:apps")
