"""Work that learners hand in, and how it is marked."""

from __future__ import annotations

import uuid
from decimal import Decimal
from pathlib import PurePath
from typing import ClassVar

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Membership, User
from accounts.visibility import SEEN_BY, Facts
from catalog.models import Criterion, Unit
from enrollment.models.enrollments import Enrollment
from lib.db_guards import Guard
from lib.private_storage import PrivateStorage

LAST_MARKER = 3
"""Two markers and one who decides between them; what comes after these is a correction."""

REVIEWING_ROLES = SEEN_BY[Facts.WORK]


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def reviewable_by(self, user: User) -> SubmissionQuerySet:
        """Others' work in the courses of the organizations for which this person reviews."""
        organizations = user.memberships.filter(role__in=REVIEWING_ROLES).values("organization")
        return self.filter(unit__course__provider__in=organizations).exclude(
            enrollment__learner=user
        )

    def correctable_by(self, user: User) -> SubmissionQuerySet:
        """Graded work whose grade this person may correct."""
        curated = user.memberships.filter(role=Membership.Role.CURATOR).values("organization")
        return self.reviewable_by(user).graded().filter(unit__course__provider__in=curated)

    def waiting(self) -> SubmissionQuerySet:
        """To be marked, oldest first. Who has left the course waits no longer."""
        return self.filter(
            status=Submission.Status.SUBMITTED,
            enrollment__status__in=[Enrollment.Status.ACTIVE, Enrollment.Status.COMPLETED],
        ).order_by("submitted_at", "pk")

    def waiting_for(self, user: User) -> SubmissionQuerySet:
        """What waits for a mark that this person may give and has not given yet."""
        return self.reviewable_by(user).waiting().exclude(reviews__reviewer=user)

    def graded(self) -> SubmissionQuerySet:
        return self.filter(status=Submission.Status.GRADED)

    def with_grade(self) -> SubmissionQuerySet:
        """Add ``grade``: the percent that counts, after the last correction."""
        corrections = Review.objects.filter(submission=OuterRef("pk"), marker__gt=LAST_MARKER)
        latest = corrections.order_by("-marker").values("percent")[:1]
        return self.annotate(grade=Coalesce(Subquery(latest), F("percent")))

    def passed_once(self) -> SubmissionQuerySet:
        """Those with a grade that is or was a pass: a unit that it finished stays finished."""
        corrected = Review.objects.filter(
            submission=OuterRef("pk"),
            marker__gt=LAST_MARKER,
            percent__gte=OuterRef("pass_percent"),
        )
        return self.filter(Q(percent__gte=F("pass_percent")) | Exists(corrected))

    def with_markers(self) -> SubmissionQuerySet:
        """Add ``markers``: how many have marked it."""
        return self.annotate(markers=Count("reviews", filter=Q(reviews__marker__lte=LAST_MARKER)))


class Submission(models.Model):
    """Work handed in for an assignment. What is returned or graded never changes again."""

    class Status(models.TextChoices):
        SUBMITTED = "submitted"
        RETURNED = "returned"
        GRADED = "graded"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="submissions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    submitted_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.SUBMITTED)
    pass_percent = models.PositiveSmallIntegerField(
        help_text="What it took to pass when the work was handed in."
    )
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="Returned or graded.")

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        indexes: ClassVar = [
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(status="submitted"),
                name="submission_waiting",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrollment", "unit", "number"], name="submission_number_once"
            ),
            models.UniqueConstraint(
                fields=["enrollment", "unit"],
                condition=Q(status="submitted"),
                name="submission_one_waiting",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="submission_number_from_1"),
            models.CheckConstraint(
                condition=Q(status="submitted", percent=None, closed_at=None)
                | Q(status="returned", percent=None, closed_at__isnull=False)
                # Said apart, because a comparison with NULL does not fail a CHECK.
                | Q(
                    status="graded",
                    percent__isnull=False,
                    percent__gte=0,
                    percent__lte=100,
                    closed_at__isnull=False,
                ),
                name="submission_graded_with_a_percent",
            ),
            models.CheckConstraint(
                condition=Q(pass_percent__gte=1, pass_percent__lte=100),
                name="submission_pass_percent_1_to_100",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}, {self.number}"

    @property
    def code(self) -> str:
        """A short name that says nothing of the learner."""
        return self.public_id.hex[:8].upper()

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.SUBMITTED

    @property
    def is_returned(self) -> bool:
        return self.status == self.Status.RETURNED

    @property
    def is_graded(self) -> bool:
        return self.status == self.Status.GRADED

    @property
    def passed_with(self) -> Decimal | None:
        """The grade that counts, if it is a pass. Load the row ``with_grade()``."""
        grade: Decimal | None = vars(self)["grade"]
        return grade if grade is not None and grade >= self.pass_percent else None

    @property
    def is_passed(self) -> bool:
        return self.passed_with is not None


def stored_name(instance: SubmittedFile, filename: str) -> str:
    """Random, and nothing of the learner's own name for the file."""
    name = uuid.uuid4().hex
    return f"submissions/{name[:2]}/{name}"


class SubmittedFileQuerySet(models.QuerySet["SubmittedFile"]):
    def readable_by(self, user: User) -> SubmittedFileQuerySet:
        """The learner's own, and what they may review."""
        reviewable = Submission.objects.reviewable_by(user).values("pk")
        return self.filter(Q(submission__enrollment__learner=user) | Q(submission__in=reviewable))


class SubmittedFile(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="files")
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100, help_text="Told from its content.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=PrivateStorage(), upload_to=stored_name)

    objects = SubmittedFileQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(size__gt=0) & ~Q(name="") & Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="submitted_file_is_described",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def blind_name(self) -> str:
        """For reviewers who are not to know whose it is: a number and what it is."""
        return f"file-{self.public_id.hex[:6]}{PurePath(self.name).suffix}"


class Review(models.Model):
    """What one person made of the work. Rows are added, never changed."""

    class Decision(models.TextChoices):
        GRADE = "grade"
        RETURN = "return"

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="reviews")
    marker = models.PositiveSmallIntegerField(
        help_text="1 and 2 mark, 3 decides between them; from 4 on, corrections."
    )
    decision = models.CharField(max_length=8, choices=Decision.choices)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    comment = models.TextField(blank=True)
    reason = models.TextField(blank=True, help_text="Why a grade was corrected.")
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["marker"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "marker"], name="review_marker_once"),
            models.UniqueConstraint(
                fields=["submission", "reviewer"],
                condition=Q(marker__lte=LAST_MARKER),
                name="review_once_per_reviewer",
            ),
            models.CheckConstraint(
                condition=Q(
                    decision="grade", percent__isnull=False, percent__gte=0, percent__lte=100
                )
                | Q(decision="return", percent=None, marker__lte=LAST_MARKER),
                name="review_grades_with_a_percent",
            ),
            models.CheckConstraint(
                condition=Q(marker__gte=1, marker__lte=LAST_MARKER, reason="")
                | (Q(marker__gt=LAST_MARKER) & ~Q(reason="")),
                name="review_corrects_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.marker}"

    @property
    def is_correction(self) -> bool:
        return self.marker > LAST_MARKER


class CriterionMark(models.Model):
    """The points for one criterion, kept as it read when the work was marked."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="marks")
    criterion = models.ForeignKey(Criterion, models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=200)
    out_of = models.PositiveSmallIntegerField()
    points = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "criterion"], name="mark_once_per_criterion"),
            models.CheckConstraint(
                condition=Q(points__gte=0, points__lte=F("out_of"), out_of__gt=0),
                name="mark_points_0_to_out_of",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.points}/{self.out_of}"


GUARDS = [
    Guard(
        name="submission_closed_stays_as_it_is",
        table="enrollment_submission",
        on="UPDATE",
        forbidden="OLD.status <> 'submitted'",
    ),
    Guard(
        name="submitted_file_only_while_waiting",
        table="enrollment_submittedfile",
        on="INSERT",
        forbidden="(SELECT s.status FROM enrollment_submission s WHERE s.id = NEW.submission_id)"
        " <> 'submitted'",
    ),
    Guard(
        name="submitted_file_never_changes",
        table="enrollment_submittedfile",
        on="UPDATE",
        forbidden="1 = 1",
    ),
    Guard(
        name="review_never_of_ones_own_work",
        table="enrollment_review",
        on="INSERT",
        forbidden="NEW.reviewer_id = (SELECT e.learner_id FROM enrollment_submission s"
        " JOIN enrollment_enrollment e ON e.id = s.enrollment_id WHERE s.id = NEW.submission_id)",
    ),
    Guard(
        name="review_never_changes",
        table="enrollment_review",
        on="UPDATE",
        forbidden="1 = 1",
    ),
    Guard(
        # Its criterion may go when the rubric is revised; what was said of the work stays.
        name="mark_never_changes",
        table="enrollment_criterionmark",
        on="UPDATE",
        forbidden="NEW.points <> OLD.points OR NEW.out_of <> OLD.out_of"
        " OR NEW.title <> OLD.title OR NEW.comment <> OLD.comment"
        " OR NEW.review_id <> OLD.review_id OR NEW.criterion_id <> OLD.criterion_id",
    ),
]
