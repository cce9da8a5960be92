"""The site that curators work on: who gets in, and what its first page shows."""

from __future__ import annotations

from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views.decorators.cache import never_cache

from accounts.admin_access import may_curate
from accounts.models import User
from catalog.models import Course, Status, Track
from credentials.models import (
    Appeal,
    Award,
    Drift,
    Halt,
    PriorLearningClaim,
    ReconcileRequest,
    ReconcileRun,
)


class CairnAdminSite(admin.AdminSite):
    site_header = "Cairn"
    site_title = "Cairn"
    index_title = "Curate"
    index_template = "admin/curate.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff without an organization to curate would find empty pages."""
        return may_curate(request)

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send people to the one sign-in page, which limits how often one may try."""
        target = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
            target = reverse("admin:index", current_app=self.name)
        if not request.user.is_authenticated:
            return redirect_to_login(target, reverse("account_login"))
        if not self.has_permission(request):
            return _refuse(request)
        return HttpResponseRedirect(target)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            # Signing in again would not help somebody who is signed in.
            if request.user.is_authenticated and not self.has_permission(request):
                return _refuse(request)
            response: HttpResponse = guarded(request, *args, **kwargs)
            return response

        return update_wrapper(inner, guarded)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, {**_work_due(request), **(extra_context or {})})


def _refuse(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "admin/no_access.html", status=403)


def _work_due(request: HttpRequest) -> dict[str, Any]:
    """What waits for a person, or for a worker: of those that the curator may see."""
    if not may_curate(request):
        return {}
    awards = admin.site.get_model_admin(Award).get_queryset(request)
    waiting = awards.filter(issued_at=None, revoked_at=None)
    publishing = [(model._meta, _publishing(request, model)) for model in (Course, Track)]
    return {
        "halts": admin.site.get_model_admin(Halt).shown_first(request),  # type: ignore[attr-defined]
        "publishing": publishing,
        "is_any_in_review": any(of["in_review"] for _, of in publishing),
        "claims_waiting": _claims_waiting(request),
        "appeals": admin.site.get_model_admin(Appeal)
        .get_queryset(request)
        .filter(answered_at=None)
        .count(),
        "awards_due": waiting.filter(failures=0, due_at__lte=now()).count(),
        "awards_failed": waiting.filter(failures__gt=0).count(),
        **_agreement(request),
    }


def _publishing(request: HttpRequest, model: type[Course | Track]) -> dict[str, Any]:
    """How many wait for a review, and how many for their time alone, with the first of them."""
    found = admin.site.get_model_admin(model).get_queryset(request)
    return found.aggregate(
        in_review=Count("pk", filter=Q(status=Status.REVIEW, publish_at=None)),
        scheduled=Count("publish_at"),
        first=Min("publish_at"),
    )


DRIFTS_SHOWN = 10


def _agreement(request: HttpRequest) -> dict[str, Any]:
    """Whether the awards agreed with their rules when all was last judged anew."""
    run = ReconcileRun.objects.first()
    drifts = admin.site.get_model_admin(Drift).get_queryset(request).filter(run=run)
    drifts = drifts.select_related(
        "learner", "award__version", "achievement__course", "achievement__track"
    )
    return {
        "reconciled": run,
        "reconcile_at": settings.RECONCILE_AT,
        "reconcile_request": ReconcileRequest.objects.waiting(at=now()).first(),
        "drifts": drifts[:DRIFTS_SHOWN],
        "drifts_count": drifts.count() if run else 0,
    }


def _claims_waiting(request: HttpRequest) -> int:
    if not isinstance(request.user, User):
        return 0
    return PriorLearningClaim.objects.waiting().reviewable_by(request.user).count()
