"""Why a learner has a credential, or not yet; and the version that they are on the way by."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedRequest
from credentials.actions import pursue as pursuing
from credentials.explaining import explain
from credentials.models import Credential, Pursuit
from credentials.views.shown import crumbs_from, published_achievement


@require_safe
def why(request: AuthenticatedRequest, public_id: uuid.UUID) -> HttpResponse:
    achievement = published_achievement(public_id)
    found = explain(learner=request.user, achievement=achievement, at=timezone.now())
    return render(
        request,
        "credentials/why.html",
        {
            "achievement": achievement,
            "subject": achievement.course or achievement.track,
            "crumbs": crumbs_from(achievement, {"label": _("Why")}),
            "why": found,
            "credential": Credential.objects.filter(award=found.award).first(),
            "follows": Pursuit.objects.filter(
                learner=request.user, achievement=achievement, is_chosen=True
            ).exists(),
        },
    )


@require_POST
def pursue(request: AuthenticatedRequest, public_id: uuid.UUID) -> HttpResponse:
    achievement = published_achievement(public_id)
    learner, now = request.user, timezone.now()
    match request.POST.get("do"):
        case "follow":
            pursuing.follow(learner=learner, achievement=achievement, at=now)
            messages.success(request, _("You follow it now."))
        case "unfollow":
            pursuing.unfollow(learner=learner, achievement=achievement)
            messages.success(request, _("You no longer follow it."))
        case "move":
            pursuing.move_to_newest(learner=learner, achievement=achievement, at=now)
            messages.success(request, _("The newest version counts for you now."))
    return redirect("credentials:why", public_id)
