"""Everything that changes what a learner has earned."""

from __future__ import annotations

from credentials.actions.issue import issue_due
from credentials.actions.judge import judge_due, request_judgement
from credentials.actions.revoke import ReasonMissing, falling_with, revoke
from credentials.actions.share import set_visibility
from credentials.actions.status_lists import sign_due as sign_due_status_lists

__all__ = [
    "ReasonMissing",
    "falling_with",
    "issue_due",
    "judge_due",
    "request_judgement",
    "revoke",
    "set_visibility",
    "sign_due_status_lists",
]
