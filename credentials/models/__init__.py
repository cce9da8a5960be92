"""What was earned: judgements due, awards, keys, status lists and signed credentials."""

from __future__ import annotations

from credentials.models.awards import Award, AwardEvidence, JudgementRequest
from credentials.models.credentials import Credential
from credentials.models.heartbeat import Heartbeat
from credentials.models.keys import SigningKey
from credentials.models.status_lists import StatusList

__all__ = [
    "Award",
    "AwardEvidence",
    "Credential",
    "Heartbeat",
    "JudgementRequest",
    "SigningKey",
    "StatusList",
]
