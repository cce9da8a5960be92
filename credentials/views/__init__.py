"""Pages about what was earned, and the documents behind them."""

from __future__ import annotations

from credentials.views.achievements import (
    achievement,
    achievement_ctdl,
    endorsement,
    register,
)
from credentials.views.appeals import appeal
from credentials.views.carrying import (
    achievement_badge,
    badge_png,
    badge_svg,
    card,
    certificate,
    elm,
)
from credentials.views.explaining import pursue, why
from credentials.views.issuers import (
    did_document,
    issuer,
    platform_did_document,
    status_list,
    suspension_list,
)
from credentials.views.learner_dids import forget_did, learner_did
from credentials.views.offline import offline_verifier
from credentials.views.pages import credential, download, mine, prepare_jwt, visibility
from credentials.views.prior_learning import (
    claim,
    claim_badge,
    claim_file,
    claim_with_evidence,
    prior_learning,
    take_back,
)
from credentials.views.recognizing import recognize, recognizing
from credentials.views.transcripts import (
    choose_for_transcript,
    delete_transcript,
    new_transcript,
    transcript,
    transcript_json,
    transcript_jwt,
    transcript_visibility,
)
from credentials.views.verify import verify

__all__ = [
    "achievement",
    "achievement_badge",
    "achievement_ctdl",
    "appeal",
    "badge_png",
    "badge_svg",
    "card",
    "certificate",
    "choose_for_transcript",
    "claim",
    "claim_badge",
    "claim_file",
    "claim_with_evidence",
    "credential",
    "delete_transcript",
    "did_document",
    "download",
    "elm",
    "endorsement",
    "forget_did",
    "issuer",
    "learner_did",
    "mine",
    "new_transcript",
    "offline_verifier",
    "platform_did_document",
    "prepare_jwt",
    "prior_learning",
    "pursue",
    "recognize",
    "recognizing",
    "register",
    "status_list",
    "suspension_list",
    "take_back",
    "transcript",
    "transcript_json",
    "transcript_jwt",
    "transcript_visibility",
    "verify",
    "visibility",
    "why",
]
