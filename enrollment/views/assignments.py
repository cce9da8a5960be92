"""An assignment from the learner's side, and the files of all who may read them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from catalog.models import Unit, assignment_of
from enrollment import actions, handed_in
from enrollment.actions import assignments
from enrollment.assignment_forms import HandInForm
from enrollment.models import Enrollment, SubmittedFile
from enrollment.views.common import (
    may_learn,
    my_unit,
    not_active,
    render_unit,
    require_post_or_return,
    unit_url,
)
from lib.body_limits import takes_bodies_up_to
from lib.private_storage import as_download


def render_assignment(
    request: AuthenticatedRequest,
    enrollment: Enrollment,
    unit: Unit,
    *,
    form: HandInForm | None = None,
    status: int = 200,
) -> HttpResponse:
    assignment = assignment_of(unit)
    context = handed_in.of_learner(enrollment, unit)
    context["max_megabytes"] = settings.MAX_UPLOAD_BYTES // 1024**2
    if context["may_hand_in"]:
        context["hand_in_form"] = form or HandInForm(assignment=assignment)
    return render_unit(request, enrollment, unit, status=status, assignment=assignment, **context)


@takes_bodies_up_to("MAX_HAND_IN_BYTES")
@require_post_or_return
def hand_in(
    request: AuthenticatedRequest, enrollment_id: uuid.UUID, unit_id: uuid.UUID
) -> HttpResponse:
    enrollment, unit = my_unit(request, enrollment_id, unit_id, kinds=[Unit.Kind.ASSIGNMENT])
    if request.method != "POST":
        return redirect(unit_url(enrollment, unit))
    if not may_learn(enrollment):
        return not_active(request, enrollment)
    form = HandInForm(request.POST, request.FILES, assignment=assignment_of(unit))
    if not form.is_valid():
        return render_assignment(request, enrollment, unit, form=form, status=422)
    try:
        assignments.hand_in(
            enrollment=enrollment,
            unit=unit,
            text=form.text,
            files=form.files_checked,
            at=timezone.now(),
        )
    except actions.NotActive:
        return not_active(request, enrollment)
    except assignments.AlreadyHandedIn:
        messages.info(request, _("You have handed this in already."))
    else:
        messages.success(request, _("Handed in. Somebody will read and mark it."))
    return redirect(unit_url(enrollment, unit))


@require_safe
def file(request: AuthenticatedRequest, file_id: uuid.UUID) -> FileResponse:
    """A file that was handed in: to be saved, never shown, whatever it holds."""
    files = SubmittedFile.objects.select_related("submission__enrollment", "submission__unit")
    found = get_object_or_404(files.readable_by(request.user), public_id=file_id)
    submission = found.submission
    is_own = submission.enrollment.learner_id == request.user.pk
    is_blind = not is_own and assignment_of(submission.unit).is_blind
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    name = found.blind_name if is_blind else found.name
    return as_download(content, name=name, content_type=found.content_type)
