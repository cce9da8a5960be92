"""What was earned: judgements due, awards, keys, status lists and signed credentials."""

from __future__ import annotations

from credentials.models.appeals import Appeal
from credentials.models.awards import Award, AwardEvidence, AwardTrace, JudgementRequest
from credentials.models.credentials import Credential, CredentialJwt
from credentials.models.endorsements import Endorsement
from credentials.models.halts import Halt
from credentials.models.heartbeat import Heartbeat
from credentials.models.journal import JournalPosition
from credentials.models.keys import SigningKey
from credentials.models.learner_dids import LearnerDid
from credentials.models.previews import RulePreview
from credentials.models.prior_learning import PriorLearningClaim, PriorLearningFile
from credentials.models.pursuits import Pursuit, Refusal
from credentials.models.recognitions import Recognition
from credentials.models.reconciling import Drift, ReconcileRequest, ReconcileRun
from credentials.models.seen import ViewCount
from credentials.models.status_lists import LostPlace, StatusList
from credentials.models.transcripts import Transcript, TranscriptEntry

__all__ = [
    "Appeal",
    "Award",
    "AwardEvidence",
    "AwardTrace",
    "Credential",
    "CredentialJwt",
    "Drift",
    "Endorsement",
    "Halt",
    "Heartbeat",
    "JournalPosition",
    "JudgementRequest",
    "LearnerDid",
    "LostPlace",
    "PriorLearningClaim",
    "PriorLearningFile",
    "Pursuit",
    "Recognition",
    "ReconcileRequest",
    "ReconcileRun",
    "Refusal",
    "RulePreview",
    "SigningKey",
    "StatusList",
    "Transcript",
    "TranscriptEntry",
    "ViewCount",
]
