"""The learner's own identifier: shown to be theirs, or taken away."""

from __future__ import annotations

import json

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from credentials import actions
from credentials.forms import DidForm
from credentials.models import LearnerDid
from credentials.saying import translated


@require_http_methods(["GET", "HEAD", "POST"])
def learner_did(request: AuthenticatedRequest) -> HttpResponse:
    form = DidForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            kept = actions.prove_did(
                learner=request.user, token=form.cleaned_data["proof"], at=timezone.now()
            )
        except actions.NotProved as error:
            form.add_error("proof", translated(error.words))
        else:
            messages.success(
                request, _("Credentials from now on name you by %(did)s.") % {"did": kept}
            )
            return redirect("credentials:learner_did")
    payload = {"aud": settings.BASE_URL, "nonce": actions.challenge(request.user)}
    return render(
        request,
        "credentials/learner_did.html",
        {
            "form": form,
            "kept": LearnerDid.objects.filter(learner=request.user).first(),
            "payload": json.dumps(payload, indent=2),
        },
        status=422 if form.errors else 200,
    )


@require_POST
def forget_did(request: AuthenticatedRequest) -> HttpResponse:
    actions.forget_did(learner=request.user)
    messages.success(request, _("Credentials from now on do not name your DID."))
    return redirect("credentials:learner_did")
