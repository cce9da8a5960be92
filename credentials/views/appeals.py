"""Asking for an award that the rule, or a curator, has not given."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from catalog.models import Achievement
from credentials import actions
from credentials.forms import AppealForm
from credentials.models import Appeal, Award


@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: AuthenticatedRequest, public_id: uuid.UUID) -> HttpResponse:
    achievement = get_object_or_404(
        Achievement.objects.filter(versions__published_at__isnull=False)
        .select_related("awarding_body", "course", "track")
        .distinct(),
        public_id=public_id,
    )
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
            "asked": asked,
            "is_open": any(one.answered_at is None for one in asked),
            "is_held": Award.objects.standing()
            .filter(learner=request.user, achievement=achievement)
            .exists(),
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )
