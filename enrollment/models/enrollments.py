"""Who takes what: a learner in a run, from asking to completed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from accounts.models import User
from catalog.models import CourseRun
from lib.db_guards import Guard


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    def live(self) -> EnrollmentQuerySet:
        return self.filter(status__in=Enrollment.LIVE)

    def current(self) -> EnrollmentQuerySet:
        """At most one for a learner in a run: not what was completed and is taken again."""
        return self.live().filter(taken_again_at=None)

    def active(self) -> EnrollmentQuerySet:
        return self.filter(status=Enrollment.Status.ACTIVE)

    def completed(self) -> EnrollmentQuerySet:
        return self.filter(status=Enrollment.Status.COMPLETED)

    def taking_part(self) -> EnrollmentQuerySet:
        """Who takes a run or has completed it, each once: by what is under way, else the last."""
        some = Q(status__in=[Enrollment.Status.ACTIVE, Enrollment.Status.COMPLETED])
        later = Enrollment.objects.filter(
            some, learner=OuterRef("learner"), run=OuterRef("run"), pk__gt=OuterRef("pk")
        )
        return self.filter(some, Q(taken_again_at=None) | ~Exists(later))

    def with_completion_before(self) -> EnrollmentQuerySet:
        """Add ``completed_before_at``: when who has taken the run again had completed it last."""
        before = Enrollment.objects.completed().filter(
            learner=OuterRef("learner"),
            run=OuterRef("run"),
            pk__lt=OuterRef("pk"),
            taken_again_at__isnull=False,
        )
        last = before.order_by("-completed_at").values("completed_at")[:1]
        return self.annotate(completed_before_at=Subquery(last))

    def waitlisted(self) -> EnrollmentQuerySet:
        """In order of arrival."""
        return self.filter(status=Enrollment.Status.WAITLISTED).order_by("waitlist_place")

    def untold(self) -> EnrollmentQuerySet:
        """Those whose learner has not been told of their status yet."""
        return self.exclude(told_status=F("status"))

    def of_people_at(self, organization_id: int) -> EnrollmentQuerySet:
        """What an employer may see: the enrollments of its own employees."""
        return self.filter(
            learner__memberships__organization=organization_id,
            learner__memberships__role="employee",
        )


class Enrollment(models.Model):
    """One learner in one run. Who comes back after leaving, or completing, gets another row.

    ``edition`` and ``min_grade`` are those of the course at the moment of joining: what has to be
    done stays what it was.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested"  # a curator decides; no seat yet
        WAITLISTED = "waitlisted"
        OFFERED = "offered"  # a seat is held until the offer ends
        ACTIVE = "active"
        COMPLETED = "completed"
        WITHDRAWN = "withdrawn"  # by the learner
        LAPSED = "lapsed"  # an offer that nobody took, a request that was refused
        FAILED = "failed"

    class CompletedBy(models.TextChoices):
        UNITS = "units"
        CHALLENGE = "challenge"
        HAND = "hand"

    LIVE: ClassVar = (
        Status.REQUESTED,
        Status.WAITLISTED,
        Status.OFFERED,
        Status.ACTIVE,
        Status.COMPLETED,
    )
    WITH_SEAT: ClassVar = (Status.OFFERED, Status.ACTIVE)
    """They count among the seats taken, and so does a completion that ``keeps_seat``."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(User, models.PROTECT, related_name="enrollments")
    run = models.ForeignKey(CourseRun, models.PROTECT, related_name="enrollments")
    status = models.CharField(max_length=12, choices=Status.choices)
    told_status = models.CharField(max_length=12, blank=True, editable=False)
    edition = models.PositiveIntegerField(default=1)
    min_grade = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    had_seat = models.BooleanField(
        default=True,
        db_default=True,
        editable=False,
        help_text="Has been active: who only asked or waited has learned nothing here.",
    )
    waitlist_place = models.PositiveIntegerField(null=True, blank=True)
    offer_ends_at = models.DateTimeField(null=True, blank=True)
    enrolled_at = models.DateTimeField()
    due_on = models.DateField(
        null=True, blank=True, help_text="The learner’s own last day, later than the run’s."
    )
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.CharField(max_length=12, choices=CompletedBy.choices, blank=True)
    taken_again_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When the learner, having completed it, began it anew. This completion stands.",
    )
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="When it ended without success, and its seat went on."
    )
    grade = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="Percent."
    )

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-enrolled_at"]
        indexes: ClassVar = [
            # The API reads completions in this order, a page after a known row.
            models.Index(fields=["completed_at", "id"], name="enrollment_by_completion"),
            models.Index(
                fields=["offer_ends_at"], condition=Q(status="offered"), name="enrollment_offers"
            ),
            # Whoever asks for a place late is led to what has become of it.
            models.Index(
                fields=["learner", "run"],
                condition=Q(withdrawn_at__isnull=False),
                name="enrollment_ended",
            ),
            models.Index(
                fields=["id"], condition=~Q(told_status=F("status")), name="enrollment_untold"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["learner", "run"],
                condition=Q(
                    status__in=["requested", "waitlisted", "offered", "active", "completed"],
                    taken_again_at=None,
                ),
                name="enrollment_one_live_per_run",
            ),
            models.CheckConstraint(
                condition=Q(taken_again_at=None) | Q(status="completed"),
                name="enrollment_taken_again_once_completed",
            ),
            models.UniqueConstraint(
                fields=["run", "waitlist_place"],
                condition=Q(waitlist_place__isnull=False),
                name="enrollment_waitlist_place_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "requested",
                        "waitlisted",
                        "offered",
                        "active",
                        "completed",
                        "withdrawn",
                        "lapsed",
                        "failed",
                    ]
                ),
                name="enrollment_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="completed", completed_at__isnull=False)
                & Q(completed_by__in=["units", "challenge", "hand"])
                | (~Q(status="completed") & Q(completed_at=None, completed_by="")),
                name="enrollment_completed_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="waitlisted") | Q(waitlist_place__isnull=False),
                name="enrollment_waitlisted_has_a_place",
            ),
            models.CheckConstraint(
                condition=Q(status="offered", offer_ends_at__isnull=False)
                | (~Q(status="offered") & Q(offer_ends_at=None)),
                name="enrollment_offer_ends",
            ),
            models.CheckConstraint(
                condition=Q(grade=None) | Q(grade__gte=0, grade__lte=100),
                name="enrollment_grade_0_to_100",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.run.course}"

    @property
    def is_completed(self) -> bool:
        return self.status == self.Status.COMPLETED

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE

    @property
    def is_waitlisted(self) -> bool:
        return self.status == self.Status.WAITLISTED

    @property
    def is_offered(self) -> bool:
        return self.status == self.Status.OFFERED

    @property
    def is_requested(self) -> bool:
        return self.status == self.Status.REQUESTED

    @property
    def keeps_seat(self) -> bool:
        """Of what is completed: it was not left before, and its seat has not gone to another row.

        So what holds a seat is among what ``enrollment_one_live_per_run`` allows one of: a person
        has one seat of a run at most.
        """
        return self.withdrawn_at is None and self.taken_again_at is None

    @property
    def is_live(self) -> bool:
        return self.status in self.LIVE


class Correction(models.Model):
    """What the platform had recorded has been changed: by whom, when and why.

    By somebody, but for what results change that came late.
    """

    class Kind(models.TextChoices):
        COMPLETED = "completed", "completed by hand"
        REOPENED = "reopened"
        FAILED = "failed"
        NO_SHOW = "no_show", "did not come"
        EXTENDED = "extended"
        GRADED = "graded", "grade corrected"
        REFUSED = "refused", "request refused"
        QUIZ_TIME = "quiz_time", "more time in quizzes"
        RESULTS = "results", "by other results"

    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="corrections")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    undoes = models.DateTimeField(
        null=True, blank=True, help_text="The completion that no longer stands."
    )
    grade_before = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    extra_percent = models.PositiveSmallIntegerField(
        "more time in quizzes, in percent", null=True, blank=True
    )

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_a_reason"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "completed",
                        "reopened",
                        "failed",
                        "no_show",
                        "extended",
                        "graded",
                        "refused",
                        "quiz_time",
                        "results",
                    ]
                ),
                name="correction_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(kind="results"), name="correction_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(kind="quiz_time", extra_percent__isnull=False, extra_percent__lte=300)
                | ~Q(kind="quiz_time") & Q(extra_percent=None),
                name="correction_of_quiz_time_says_how_much",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"


GUARDS = [
    # Only with a row that says who undid it; evidence that comes late may show that it was earlier.
    Guard(
        name="enrollment_completed_stays_completed",
        table="enrollment_enrollment",
        on="UPDATE",
        forbidden="OLD.completed_at IS NOT NULL AND (NEW.completed_at IS NULL"
        " OR NEW.completed_at > OLD.completed_at OR NEW.status <> OLD.status)"
        " AND NOT EXISTS (SELECT 1 FROM enrollment_correction c"
        " WHERE c.enrollment_id = OLD.id AND c.undoes = OLD.completed_at)",
    ),
    Guard(
        name="correction_is_never_changed",
        table="enrollment_correction",
        on="UPDATE",
        # The reason may name the learner: it goes when the learner is erased.
        forbidden="NEW.reason <> OLD.reason AND NOT (NEW.reason = '(erased)' AND EXISTS"
        " (SELECT 1 FROM enrollment_enrollment e JOIN accounts_user u ON u.id = e.learner_id"
        " WHERE e.id = OLD.enrollment_id AND u.erased_at IS NOT NULL))"
        " OR NEW.by_id <> OLD.by_id OR NEW.at <> OLD.at"
        " OR NEW.kind <> OLD.kind OR NEW.enrollment_id <> OLD.enrollment_id"
        " OR NEW.extra_percent <> OLD.extra_percent",
    ),
]
