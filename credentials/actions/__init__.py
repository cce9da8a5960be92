"""Everything that changes what a learner has earned."""

from __future__ import annotations

from credentials.actions.at_once import judge_and_issue_due
from credentials.actions.by_hand import (
    CannotDecide,
    answer_appeal,
    appeal,
    grant,
    lift_refusal,
    refuse,
)
from credentials.actions.endorse import (
    publish_endorsement,
    revoke_endorsement,
    sign_due_endorsements,
)
from credentials.actions.foresee import ask_for_preview, foresee_due
from credentials.actions.halt import AlreadyHalted, halt, lift
from credentials.actions.issue import issue_due
from credentials.actions.judge import judge_due
from credentials.actions.judgement_requests import request_judgement
from credentials.actions.jwts import due_jwts, request_jwt, sign_due_jwts
from credentials.actions.learner_dids import NotProved, challenge, forget_did, prove_did
from credentials.actions.reconcile_requests import request_reconciling, take_reconcile_request
from credentials.actions.reissue import StillActive, distrust, reissue_signed_by
from credentials.actions.replay import replay_revocations
from credentials.actions.revoke import ReasonMissing, falling_with, revoke
from credentials.actions.share import set_visibility
from credentials.actions.status_lists import sign_due as sign_due_status_lists
from credentials.actions.suspend import reinstate, suspend
from credentials.actions.transcripts import (
    CannotMakeTranscript,
    delete_transcript,
    request_transcript,
    share_transcript,
    sign_due_transcripts,
)

__all__ = [
    "AlreadyHalted",
    "CannotDecide",
    "CannotMakeTranscript",
    "NotProved",
    "ReasonMissing",
    "StillActive",
    "answer_appeal",
    "appeal",
    "ask_for_preview",
    "challenge",
    "delete_transcript",
    "distrust",
    "due_jwts",
    "falling_with",
    "foresee_due",
    "forget_did",
    "grant",
    "halt",
    "issue_due",
    "judge_and_issue_due",
    "judge_due",
    "lift",
    "lift_refusal",
    "prove_did",
    "publish_endorsement",
    "refuse",
    "reinstate",
    "reissue_signed_by",
    "replay_revocations",
    "request_judgement",
    "request_jwt",
    "request_reconciling",
    "request_transcript",
    "revoke",
    "revoke_endorsement",
    "set_visibility",
    "share_transcript",
    "sign_due_endorsements",
    "sign_due_jwts",
    "sign_due_status_lists",
    "sign_due_transcripts",
    "suspend",
    "take_reconcile_request",
]
