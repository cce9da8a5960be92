"""What learners bring along from elsewhere, until somebody has decided what it counts as."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from credentials.models.recognitions import Recognition
from credentials.vc.verify import Verdict
from lib.db_guards import Guard
from lib.private_storage import PrivateStorage


class PriorLearningClaimQuerySet(models.QuerySet["PriorLearningClaim"]):
    def reviewable_by(self, user: User) -> PriorLearningClaimQuerySet:
        """Those for the organizations that this person curates, but for their own."""
        curated = Organization.objects.curated_by(user).values("pk")
        return self.filter(organization__in=curated).exclude(learner=user)

    def waiting(self) -> PriorLearningClaimQuerySet:
        return self.filter(status=PriorLearningClaim.Status.SUBMITTED)


class PriorLearningClaim(models.Model):
    """A learner asks an organization to recognize an Open Badge of another issuer, or other proof.

    ``decided_at``, ``decided_by`` and ``reason`` are those of the present status. Only a learner
    withdraws what is not decided; what was granted is withdrawn with its recognition.
    """

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("To be decided")
        GRANTED = "granted", _("Recognized")
        REFUSED = "refused", _("Not recognized")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(User, models.CASCADE, related_name="prior_learning_claims")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="prior_learning_claims"
    )
    statement = models.TextField(
        max_length=5000, blank=True, help_text="What was learned, where, and what it may count as."
    )
    badge = models.TextField(blank=True, help_text="The Open Badge as it was given: JSON or a JWT.")
    badge_key = models.CharField(
        max_length=64, blank=True, help_text="The same for the same badge, in whatever form."
    )
    verdict = models.CharField(
        max_length=16, blank=True, help_text="What the verifier said when it was submitted."
    )
    submitted_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SUBMITTED)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    recognition = models.OneToOneField(
        Recognition, models.PROTECT, null=True, blank=True, related_name="claim"
    )

    objects = PriorLearningClaimQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-submitted_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(badge="", badge_key="", verdict="") & ~Q(statement="")
                | ~Q(badge="")
                & Q(
                    badge_key__regex=r"^[0-9a-f]{64}$",
                    verdict__in=[Verdict.VALID.value, Verdict.UNKNOWN_ISSUER.value],
                ),
                name="prior_learning_shown_and_not_refuted",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="submitted",
                    decided_at=None,
                    decided_by=None,
                    reason="",
                    recognition=None,
                )
                | Q(status="refused", decided_at__isnull=False, recognition=None)
                & ~Q(reason="")
                & ~Q(decided_by=F("learner"))
                | Q(
                    status__in=["granted", "withdrawn"],
                    decided_at__isnull=False,
                    recognition__isnull=False,
                )
                & ~Q(reason="")
                & ~Q(decided_by=F("learner"))
                | Q(
                    status="withdrawn",
                    decided_at__isnull=False,
                    decided_by=F("learner"),
                    reason="",
                    recognition=None,
                ),
                name="prior_learning_decided_by_another_with_a_reason",
            ),
            # Until it is refused or taken back, it is nobody else's and for nobody else.
            models.UniqueConstraint(
                fields=["badge_key"],
                condition=Q(status__in=["submitted", "granted"]) & ~Q(badge_key=""),
                name="prior_learning_badge_claimed_once",
            ),
            models.UniqueConstraint(
                fields=["badge_key", "organization"],
                condition=(~Q(status="withdrawn") | Q(recognition__isnull=False))
                & ~Q(badge_key=""),
                name="prior_learning_badge_decided_once_by_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.organization}"

    def get_absolute_url(self) -> str:
        return reverse("credentials:claim", args=[self.public_id])

    @property
    def is_badge(self) -> bool:
        return bool(self.badge)

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.SUBMITTED

    @property
    def is_granted(self) -> bool:
        return self.status == self.Status.GRANTED


def stored_name(instance: PriorLearningFile, filename: str) -> str:
    """Random, and nothing of the learner's own name for the file."""
    name = uuid.uuid4().hex
    return f"prior_learning/{name[:2]}/{name}"


class PriorLearningFileQuerySet(models.QuerySet["PriorLearningFile"]):
    def readable_by(self, user: User) -> PriorLearningFileQuerySet:
        """The learner's own, and those of whom they may decide about."""
        reviewable = PriorLearningClaim.objects.reviewable_by(user).values("pk")
        return self.filter(Q(claim__learner=user) | Q(claim__in=reviewable))


class PriorLearningFile(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(PriorLearningClaim, models.CASCADE, related_name="files")
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100, help_text="Told from its content.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=PrivateStorage(), upload_to=stored_name)

    objects = PriorLearningFileQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(size__gt=0) & ~Q(name="") & Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="prior_learning_file_is_described",
            ),
        ]

    def __str__(self) -> str:
        return self.name


GUARDS = [
    Guard(
        name="prior_learning_claim_keeps_what_was_claimed",
        table="credentials_priorlearningclaim",
        on="UPDATE",
        forbidden="NEW.learner_id <> OLD.learner_id OR NEW.organization_id <> OLD.organization_id"
        " OR NEW.statement <> OLD.statement OR NEW.badge <> OLD.badge"
        " OR NEW.badge_key <> OLD.badge_key OR NEW.verdict <> OLD.verdict",
    ),
    Guard(
        name="prior_learning_claim_is_decided_once",
        table="credentials_priorlearningclaim",
        on="UPDATE",
        forbidden="OLD.status IN ('refused', 'withdrawn')"
        " OR (OLD.status = 'granted' AND (NEW.status <> 'withdrawn'"
        " OR NEW.recognition_id IS NULL OR NEW.recognition_id <> OLD.recognition_id))",
    ),
    *(
        Guard(
            name=f"prior_learning_claim_recognized_of_its_learner_{event.lower()}",
            table="credentials_priorlearningclaim",
            on=event,
            forbidden="NEW.recognition_id IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM credentials_recognition r"
            " WHERE r.id = NEW.recognition_id AND r.learner_id = NEW.learner_id)",
        )
        for event in ("INSERT", "UPDATE")
    ),
    Guard(
        name="prior_learning_file_only_while_waiting",
        table="credentials_priorlearningfile",
        on="INSERT",
        forbidden="(SELECT c.status FROM credentials_priorlearningclaim c"
        " WHERE c.id = NEW.claim_id) <> 'submitted'",
    ),
    Guard(
        name="prior_learning_file_never_changes",
        table="credentials_priorlearningfile",
        on="UPDATE",
        forbidden="1 = 1",
    ),
]
