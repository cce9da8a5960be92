"""The learner decides who may see the page."""

from __future__ import annotations

from credentials.models import Credential


def set_visibility(*, credential: Credential, visibility: Credential.Visibility) -> None:
    Credential.objects.filter(pk=credential.pk).update(visibility=visibility)
