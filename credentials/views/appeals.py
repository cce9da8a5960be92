"""Asking for an award that the rule, or a curator, has not given."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from credentials import actions
from credentials.forms import AppealForm
from credentials.models import Appeal, Award
from credentials.views.shown import crumbs_from, published_achievement


@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: AuthenticatedRequest, public_id: uuid.UUID) -> HttpResponse:
    achievement = published_achievement(public_id)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.appeal(
            learner=request.user,
            achievement=achievement,
            text=form.cleaned_data["text"],
            at=timezone.now(),
        )
        messages.success(request, _("Your appeal is with those who award it."))
        return redirect("credentials:appeal", public_id)
    asked = list(Appeal.objects.filter(learner=request.user, achievement=achievement))
    return render(
        request,
        "credentials/appeal.html",
        {
            "achievement": achievement,
            "subject": achievement.course or achievement.track,
            "crumbs": crumbs_from(
                achievement,
                {"label": _("Why"), "url": reverse("credentials:why", args=[public_id])},
                {"label": _("Appeal")},
            ),
            "asked": asked,
            "is_open": any(one.answered_at is None for one in asked),
            "is_held": Award.objects.standing()
            .filter(learner=request.user, achievement=achievement)
            .exists(),
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )
