"""The decisions: who is to be judged, who has met which rule, and what it rested on."""

from __future__ import annotations

import datetime
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import User
from catalog.models import Achievement, AchievementVersion
from credentials.models.halts import Halt
from credentials.models.recognitions import Recognition
from enrollment.models import Enrollment
from lib.db_guards import Guard


class JudgementRequest(models.Model):
    """This learner's evidence has changed and is to be judged. Gone once that is done.

    Written in the transaction that changes the evidence, so neither can be lost alone.
    """

    learner = models.ForeignKey(User, models.CASCADE, related_name="judgement_requests")
    requested_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"learner {self.learner_id}"


class AwardQuerySet(models.QuerySet["Award"]):
    def standing(self) -> AwardQuerySet:
        """Awards that count as evidence."""
        return self.filter(revoked_at=None)

    def due(self, *, at: datetime.datetime) -> AwardQuerySet:
        """Awards whose credential is to be signed now."""
        waiting = self.filter(issued_at=None, revoked_at=None, due_at__lte=at)
        gone = User.objects.filter(pk=OuterRef("learner"), erased_at__isnull=False)
        return waiting.filter(~self._is_halted(), ~Exists(gone))

    def resting_alone_on(self, enrollment: Enrollment) -> AwardQuerySet:
        """Those that stand on this completion and nothing else: they state its grade."""
        evidence = AwardEvidence.objects.filter(award=OuterRef("pk"))
        return (
            self.standing()
            .filter(Exists(evidence.filter(enrollment=enrollment)))
            .exclude(Exists(evidence.exclude(enrollment=enrollment)))
        )

    def with_halts(self) -> AwardQuerySet:
        """Each with ``is_halted``: whether nothing is issued for its achievement at present."""
        return self.annotate(is_halted=self._is_halted())

    @staticmethod
    def _is_halted() -> Exists:
        return Exists(Halt.objects.in_force().of(OuterRef("achievement")))


class Award(models.Model):
    """A learner has met an achievement version's rule. ``issued_at`` empty: work is due."""

    class Cause(models.TextChoices):
        DECISION = "decision", "somebody decided so"
        EVIDENCE = "evidence", "what it rested on was taken back"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Its numbers are unique, so there is an index that begins with it.
    learner = models.ForeignKey(User, models.PROTECT, db_index=False, related_name="awards")
    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="awards")
    version = models.ForeignKey(AchievementVersion, models.PROTECT, related_name="awards")
    number = models.PositiveIntegerField(
        default=1, help_text="Counts this learner's awards of this achievement."
    )
    grade = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    decided_at = models.DateTimeField()
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="It stops counting then; empty: it never does."
    )
    renews = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="renewed_by"
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who awarded it by hand; empty: the rule was met.",
    )
    grant_reason = models.CharField(max_length=500, blank=True)
    due_at = models.DateTimeField(help_text="Not to be issued before; moved on by failures.")
    failures = models.PositiveIntegerField(default=0)
    last_failure = models.TextField(blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    revocation_reason = models.CharField(max_length=500, blank=True)
    revocation_cause = models.CharField(
        max_length=8,
        choices=Cause.choices,
        blank=True,
        help_text="Only what fell with its evidence is awarded anew once the rule is met again.",
    )

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-decided_at", "-pk"]
        indexes: ClassVar = [
            models.Index(
                # In the order in which they are taken: many are due at the same moment.
                fields=["due_at", "id"],
                condition=Q(issued_at=None, revoked_at=None),
                name="award_due",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["learner", "achievement", "number"], name="award_number_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="award_number_from_1"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revocation_reason="", revocation_cause="")
                | (Q(revoked_at__isnull=False) & ~Q(revocation_reason=""))
                & Q(revocation_cause__in=["decision", "evidence"]),
                name="award_revoked_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(granted_by=None, grant_reason="")
                | (Q(granted_by__isnull=False) & ~Q(grant_reason="")),
                name="award_by_hand_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("decided_at")),
                name="award_expires_after_it_was_decided",
            ),
            models.CheckConstraint(
                condition=Q(number=1, renews=None) | Q(number__gt=1),
                name="award_renews_an_earlier_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version.name} for {self.learner}"


class AwardEvidence(models.Model):
    """One leaf of the rule, by its number, and the fact that it was satisfied by."""

    award = models.ForeignKey(Award, models.CASCADE, related_name="evidence")
    node_number = models.PositiveIntegerField()
    enrollment = models.ForeignKey(
        Enrollment, models.PROTECT, null=True, blank=True, related_name="evidence_for"
    )
    supporting_award = models.ForeignKey(
        Award, models.PROTECT, null=True, blank=True, related_name="evidence_for"
    )
    recognition = models.ForeignKey(
        Recognition, models.PROTECT, null=True, blank=True, related_name="evidence_for"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(enrollment=None, supporting_award__isnull=False, recognition=None)
                | Q(enrollment__isnull=False, supporting_award=None, recognition=None)
                | Q(enrollment=None, supporting_award=None, recognition__isnull=False),
                name="evidence_is_one_thing",
            ),
            models.UniqueConstraint(fields=["award", "node_number"], name="evidence_leaf_once"),
        ]

    def __str__(self) -> str:
        return str(self.enrollment or self.supporting_award or self.recognition)


class AwardTrace(models.Model):
    """Why the award was made, in full: the rule, its evidence, and a digest of both.

    ``document`` is canonical JSON (``credentials.traces``), written once; ``digest`` is its
    SHA-256 in hexadecimal.
    """

    award = models.OneToOneField(Award, models.CASCADE, related_name="trace")
    evaluator = models.PositiveSmallIntegerField()
    document = models.TextField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"award {self.award_id}: {self.digest[:12]}"


GUARDS = [
    Guard(
        name="award_revoked_stays_revoked",
        table="credentials_award",
        on="UPDATE",
        forbidden="OLD.revoked_at IS NOT NULL AND"
        " (NEW.revoked_at IS NULL OR NEW.revoked_at <> OLD.revoked_at)",
    ),
    Guard(
        name="award_keeps_what_it_was_judged_by",
        table="credentials_award",
        on="UPDATE",
        forbidden="NEW.learner_id <> OLD.learner_id OR NEW.version_id <> OLD.version_id"
        " OR NEW.achievement_id <> OLD.achievement_id OR NEW.number <> OLD.number",
    ),
    Guard(
        name="award_trace_never_changes",
        table="credentials_awardtrace",
        on="UPDATE",
        forbidden="NEW.document <> OLD.document OR NEW.digest <> OLD.digest"
        " OR NEW.evaluator <> OLD.evaluator OR NEW.award_id <> OLD.award_id",
    ),
    Guard(
        name="award_version_published_and_its_own",
        table="credentials_award",
        on="INSERT",
        forbidden="NOT EXISTS (SELECT 1 FROM catalog_achievementversion v"
        " WHERE v.id = NEW.version_id AND v.achievement_id = NEW.achievement_id"
        " AND v.published_at IS NOT NULL)",
    ),
]
