"""Transcripts of a learner's credentials."""

from __future__ import annotations

import json

from credentials import actions
from credentials.models import Credential
from tests.factories import TUESDAY


def of(learner):
    return list(Credential.objects.held_by(learner).order_by("pk"))


def named(learner, name):
    return Credential.objects.held_by(learner).get(award__version__name=name)


def made(learner, *, credentials=None, visibility="link"):
    asked = actions.request_transcript(
        learner=learner, credentials=credentials or of(learner), name="All of it", at=TUESDAY
    )
    actions.share_transcript(transcript=asked, visibility=visibility)
    actions.sign_due_transcripts(at=TUESDAY)
    asked.refresh_from_db()
    return asked


def document_of(transcript):
    return json.loads(bytes(transcript.document))
