"""Who is shown a credential, and what everyone else is told."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify

from accounts.models import User
from catalog.models import Achievement
from credentials.models import Credential
from credentials.views.responses import document, wants_document

Crumb = dict[str, str]


def gone(request: HttpRequest, *, template: str = "credentials/erased.html") -> HttpResponse:
    """Its holder had it forgotten: the page says so, and nothing of who or what it was."""
    if wants_document(request):
        said = {"title": "Gone", "status": HTTPStatus.GONE, "detail": "Its holder had it erased."}
        response = document(said, content_type="application/problem+json")
        response.status_code = HTTPStatus.GONE
        return response
    return render(request, template, status=HTTPStatus.GONE)


def visible(request: HttpRequest, public_id: uuid.UUID) -> Credential:
    """The credential, unless its holder keeps it to themselves; then it does not seem to exist."""
    found = get_object_or_404(Credential.objects.with_page_relations(), public_id=public_id)
    is_holder = isinstance(request.user, User) and found.award.learner_id == request.user.pk
    if found.visibility == Credential.Visibility.OFF and not is_holder:
        raise Http404
    return found


def published_achievement(public_id: uuid.UUID) -> Achievement:
    """What somebody can be awarded, or could be, with what awards it."""
    return get_object_or_404(
        Achievement.objects.filter(versions__published_at__isnull=False)
        .select_related("awarding_body", "course", "track")
        .distinct(),
        public_id=public_id,
    )


def crumbs_from(achievement: Achievement, *steps: Crumb) -> list[Crumb]:
    """From the page of its course or track, if it has one for everybody, to this one."""
    subject = achievement.course or achievement.track
    assert subject is not None
    above: Crumb = {"label": subject.title}
    if subject.is_public:
        above["url"] = subject.get_absolute_url()
    return [above, *steps]


def as_download(response: HttpResponse, credential: Credential, *, suffix: str) -> HttpResponse:
    """Under a name that says what it is, in characters that every system can store."""
    name = slugify(credential.award.version.name) or "credential"
    response["Content-Disposition"] = f'attachment; filename="{name}.{suffix}"'
    return response
