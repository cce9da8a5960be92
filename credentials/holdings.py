"""What credentials hold about a learner, and what becomes of it when they are erased."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from accounts import personal_data
from accounts.personal_data import GONE, Attachments, Holding, Rows, delete
from credentials.actions.transcripts import forget_transcripts
from credentials.models import (
    Appeal,
    Award,
    AwardEvidence,
    AwardTrace,
    Credential,
    CredentialJwt,
    Drift,
    Endorsement,
    Halt,
    JudgementRequest,
    LearnerDid,
    PriorLearningClaim,
    PriorLearningFile,
    Pursuit,
    Recognition,
    Refusal,
    RulePreview,
    Transcript,
    TranscriptEntry,
    ViewCount,
)

CHUNK = 64 * 1024


def documents(rows: Rows) -> Attachments:
    for row in rows.iterator(chunk_size=100):
        yield f"credentials/{row.public_id}.json", [bytes(row.document)]


def transcripts(rows: Rows) -> Attachments:
    for row in rows.exclude(document=b"").iterator(chunk_size=10):
        yield f"transcripts/{row.public_id}.json", [bytes(row.document)]


def claimed_files(rows: Rows) -> Attachments:
    for row in rows.iterator(chunk_size=100):
        name = row.name.replace("/", "_").replace("\\", "_")
        yield f"prior_learning/{row.public_id}-{name}", _chunks(row)


def _chunks(row: PriorLearningFile) -> Iterator[bytes]:
    with row.file.open() as file:
        yield from file.chunks(CHUNK)


def forget_holders(rows: Rows, *, at: datetime.datetime) -> None:
    """The signed bytes name the learner, so they go. The place in the status list is theirs.

    The holder's own file goes on verifying by its signature, and is not revoked.
    """
    rows.exclude(revocation_reason="").update(revocation_reason=GONE)
    rows.exclude(suspension_reason="").update(suspension_reason=GONE)
    rows.update(document=b"", recipient_name="", erased_at=at)


def forget_awards(rows: Rows, *, at: datetime.datetime) -> None:
    """What was not signed yet never will be: there is nobody to sign it for."""
    rows.update(last_failure="")
    rows.exclude(revocation_reason="").update(revocation_reason=GONE)
    rows.exclude(grant_reason="").update(grant_reason=GONE)
    rows.filter(issued_at=None, revoked_at=None).update(
        revoked_at=at, revocation_reason=GONE, revocation_cause=Award.Cause.DECISION
    )


def keep_evidence(rows: Rows, *, at: datetime.datetime) -> None:
    """It says by number which rows an award rests on, and names nobody."""


def forget_decisions(rows: Rows, *, at: datetime.datetime) -> None:
    rows.update(reason=GONE)


def forget_recognitions(rows: Rows, *, at: datetime.datetime) -> None:
    rows.exclude(withdrawn_at=None).update(withdrawal_reason=GONE)
    rows.update(reason=GONE)


def forget_refusals(rows: Rows, *, at: datetime.datetime) -> None:
    rows.exclude(lift_reason="").update(lift_reason=GONE)
    forget_decisions(rows, at=at)


def register() -> None:
    personal_data.register(
        Holding(
            model=LearnerDid,
            whose="learner",
            about="the identifier that you have shown to be yours",
        ),
        Holding(
            model=TranscriptEntry,
            whose="transcript__learner",
            about="which credentials are in which of your transcripts",
            also={
                "transcript": "transcript__public_id",
                "credential": "credential__public_id",
            },
        ),
        Holding(
            model=Transcript,
            whose="learner",
            about="your transcripts; as they were signed, they are in the folder files",
            hidden=frozenset({"document", "token"}),
            attachments=transcripts,
            erase=forget_transcripts,
            stays=_("The address of each transcript, which says that it is gone."),
        ),
        Holding(
            model=ViewCount,
            whose="credential__award__learner",
            about="how often others opened the pages of your credentials",
            also={"credential": "credential__public_id"},
        ),
        Holding(
            model=Credential,
            whose="award__learner",
            about="your credentials; as they were signed, they are in the folder files",
            hidden=frozenset({"document"}),
            also={"credential": "award__version__name"},
            attachments=documents,
            erase=forget_holders,
            stays=_(
                "The address and number of each credential, without your name and without what was"
                " signed. The file that you have downloaded goes on verifying; its page says that"
                " it is gone."
            ),
        ),
        Holding(
            model=CredentialJwt,
            whose="credential__award__learner",
            about="when you asked for a credential as a JWT",
            hidden=frozenset({"token"}),
            also={"credential": "credential__public_id"},
            erase=delete,
        ),
        Holding(
            model=AwardEvidence,
            whose="award__learner",
            about="what your awards rest on",
            also={
                "award": "award__public_id",
                "enrollment": "enrollment__public_id",
                "supporting_award": "supporting_award__public_id",
            },
            erase=keep_evidence,
        ),
        Holding(
            model=Award,
            whose="learner",
            about="what you were awarded",
            hidden=frozenset({"due_at", "failures", "last_failure"}),
            also={"credential": "version__name"},
            erase=forget_awards,
            stays=_("That an award was made and when, so that numbers and audits stay true."),
        ),
        Holding(
            model=AwardTrace,
            whose="award__learner",
            about="how each award was decided",
            also={"award": "award__public_id"},
            erase=keep_evidence,
        ),
        Holding(
            model=PriorLearningFile,
            whose="claim__learner",
            about="the files by which you showed prior learning; they are in the folder files",
            hidden=frozenset({"file"}),
            also={"claim": "claim__public_id"},
            attachments=claimed_files,
        ),
        Holding(
            model=PriorLearningClaim,
            whose="learner",
            about="the prior learning that you asked to be recognized",
            also={"organization": "organization__name"},
        ),
        Holding(
            model=Recognition,
            whose="learner",
            about="prior learning that was recognized",
            also={
                "course": "course__title",
                "skill": "skill__label",
                "organization": "organization__name",
            },
            erase=forget_recognitions,
        ),
        Holding(
            model=Refusal,
            whose="learner",
            about="credentials that a curator has refused",
            also={"achievement": "achievement__public_id"},
            erase=forget_refusals,
        ),
        Holding(
            model=Appeal,
            whose="learner",
            about="what you have asked for against a decision, and the answers",
            also={"achievement": "achievement__public_id"},
            erase=delete,
        ),
        Holding(
            model=Pursuit,
            whose="learner",
            about="the tracks that you follow, and by which version of their rules",
            also={"version": "version__name"},
        ),
        Holding(
            model=JudgementRequest,
            whose="learner",
            about="when your awards were to be judged",
        ),
        Holding(
            model=Drift,
            whose="learner",
            about="where your awards and their rules were found not to agree",
            hidden=frozenset({"run"}),
            also={"award": "award__public_id", "credential": "achievement__public_id"},
        ),
    )
    personal_data.register_actor(Award, "revoked_by", why="who revoked an award, and when")
    personal_data.register_actor(
        Credential, "suspended_by", why="who suspended a credential, and when"
    )
    personal_data.register_actor(
        Endorsement, "published_by", why="who published an endorsement, and when"
    )
    personal_data.register_actor(Endorsement, "revoked_by", why="who took one back, and why")
    personal_data.register_actor(Award, "granted_by", why="who made an award by hand, and why")
    personal_data.register_actor(Appeal, "answered_by", why="who answered an appeal")
    personal_data.register_actor(Halt, "by", why="who stopped a credential from being issued")
    personal_data.register_actor(Halt, "lifted_by", why="who let it be issued again")
    personal_data.register_actor(Recognition, "by", why="who recognized prior learning, and why")
    personal_data.register_actor(
        PriorLearningClaim, "decided_by", why="who decided about prior learning, and why"
    )
    personal_data.register_actor(
        RulePreview, "asked_by", why="who asked what publishing a rule would do"
    )
    personal_data.register_actor(Refusal, "by", why="who refused an award, and why")
    personal_data.register_actor(Refusal, "lifted_by", why="who lifted a refusal")
