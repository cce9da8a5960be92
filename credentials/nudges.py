"""The tasks that workers are woken for. By name: tasks import the actions, not the reverse."""

from __future__ import annotations

JUDGE = "credentials.tasks.judge"
ISSUE = "credentials.tasks.issue"
RECONCILE = "credentials.tasks.reconcile_as_requested"
FORESEE = "credentials.tasks.foresee"
SIGN_JWTS = "credentials.tasks.sign_jwts"
SIGN_ENDORSEMENTS = "credentials.tasks.sign_endorsements"
SIGN_TRANSCRIPTS = "credentials.tasks.sign_transcripts"
SIGN_STATUS_LISTS = "credentials.tasks.sign_status_lists"
