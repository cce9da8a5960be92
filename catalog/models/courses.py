"""Courses: their units in order, their skills, and the runs in which they are offered."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organization
from catalog.models.elements import (
    Assessment,
    GradingScale,
    OutcomeLevel,
    Participation,
    Supervision,
)
from catalog.models.publishing import Publishable, PublishableQuerySet, Status
from catalog.models.skills import Skill


class CourseQuerySet(PublishableQuerySet["Course"]):
    def with_workload(self) -> CourseQuerySet:
        """Add ``minutes``: the sum of the units' minutes.

        A subquery and no join: summed for the rows that are shown, not for all there are.
        """
        units = Unit.objects.filter(course=OuterRef("pk")).order_by().values("course")
        minutes = Subquery(units.annotate(sum=models.Sum("minutes")).values("sum"))
        return self.annotate(minutes=Coalesce(minutes, 0))

    def for_cards(self) -> CourseQuerySet:
        """With what a course's card shows (components/card_course.html), in three queries."""
        related = self.select_related("provider").prefetch_related("runs", "translations")
        return related.with_workload()


class Course(Publishable):
    provider = models.ForeignKey(Organization, models.PROTECT, related_name="courses")
    awarding_body = models.ForeignKey(Organization, models.PROTECT, related_name="awarded_courses")
    eqf_level = models.PositiveSmallIntegerField(
        "EQF level",
        null=True,
        blank=True,
        help_text="European Qualifications Framework, 1 to 8.",
    )
    ects = models.DecimalField(
        "ECTS credits",
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        help_text="One credit is 25 to 30 hours of work.",
    )
    assessment = models.CharField(max_length=24, choices=Assessment.choices, blank=True)
    participation = models.CharField(
        "form of participation", max_length=24, choices=Participation.choices, blank=True
    )
    supervision = models.CharField(
        "supervision of the assessment", max_length=24, choices=Supervision.choices, blank=True
    )
    quality_assurance = models.CharField(
        max_length=500, blank=True, help_text="Who reviews the course, how often, by what standard."
    )
    prerequisites = models.TextField(blank=True, help_text="In words, for the learner.")
    min_grade = models.DecimalField(
        "least grade",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Percent. Who has less has not completed the course, though all units are done.",
    )
    grading_scale = models.CharField(
        max_length=12, choices=GradingScale.choices, default=GradingScale.PERCENT
    )
    edition = models.PositiveIntegerField(
        default=1, editable=False, help_text="Counts the changes of its units since publishing."
    )
    skills = models.ManyToManyField(Skill, through="CourseSkill", related_name="courses")
    revises = models.OneToOneField(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="revision",
        help_text="The published course whose next state this is.",
    )

    objects = CourseQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering: ClassVar = ["title"]
        constraints: ClassVar = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(eqf_level=None) | Q(eqf_level__gte=1, eqf_level__lte=8),
                name="course_eqf_level_1_to_8",
            ),
            models.CheckConstraint(
                condition=Q(min_grade=None) | Q(min_grade__gt=0, min_grade__lte=100),
                name="course_min_grade_up_to_100",
            ),
            models.CheckConstraint(
                condition=Q(grading_scale__in=GradingScale.values), name="course_scale_known"
            ),
            models.CheckConstraint(
                condition=Q(ects=None) | Q(ects__gte=Decimal("0.1"), ects__lte=60),
                name="course_ects_0_1_to_60",
            ),
            models.CheckConstraint(
                condition=Q(assessment__in=["", *Assessment.values])
                & Q(participation__in=["", *Participation.values])
                & Q(supervision__in=["", *Supervision.values]),
                name="course_elements_known",
            ),
            models.CheckConstraint(
                condition=Q(revises=None) | Q(status__in=[Status.DRAFT, Status.REVIEW]),
                name="course_revision_is_never_published_itself",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("catalog:course", args=[self.slug])


class CourseSkill(models.Model):
    course = models.ForeignKey(Course, models.CASCADE, related_name="course_skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="course_skills")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "skill"], name="course_skill_once"),
        ]

    def __str__(self) -> str:
        return str(self.skill)


class LearningOutcome(models.Model):
    """What whoever has completed the course can do (Recommendation 2022, Annex I)."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="outcomes")
    position = models.PositiveIntegerField()
    text = models.CharField(max_length=300, help_text="Begins with a verb: “Read a balance sheet”.")
    level = models.CharField(max_length=16, choices=OutcomeLevel.choices, blank=True)
    skills = models.ManyToManyField(Skill, related_name="outcomes", blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "position"], name="outcome_position_once"),
            models.CheckConstraint(
                condition=~Q(text="") & Q(level__in=["", *OutcomeLevel.values]),
                name="outcome_has_text_and_known_level",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class UnitQuerySet(models.QuerySet["Unit"]):
    def of_edition(self, edition: int | models.F | models.OuterRef) -> UnitQuerySet:
        """The units that the course had in this edition."""
        return self.filter(
            Q(until_edition=None) | Q(until_edition__gt=edition), from_edition__lte=edition
        )


class CurrentUnits(models.Manager["Unit"]):
    def get_queryset(self) -> UnitQuerySet:
        return UnitQuerySet(self.model, using=self._db).filter(until_edition=None)


class Unit(models.Model):
    """One step inside a course.

    A unit that a published course no longer has is kept for whoever has joined before: it belongs
    to the editions from ``from_edition`` on, up to but not including ``until_edition``.
    """

    class Kind(models.TextChoices):
        LESSON = "lesson", gettext_lazy("Lesson")
        QUIZ = "quiz", gettext_lazy("Quiz")
        ASSIGNMENT = "assignment", gettext_lazy("Assignment")
        EXTERNAL = "external", gettext_lazy("External activity")
        LIVE = "live", gettext_lazy("Live session")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, models.CASCADE, related_name="units")
    external_id = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.LESSON)
    title = models.CharField(max_length=200)
    minutes = models.PositiveIntegerField(default=0)
    body = models.TextField(blank=True, help_text="Markdown.")
    pass_percent = models.PositiveSmallIntegerField(
        default=80,
        help_text="A quiz is passed from this share of right answers on, an assignment of points.",
    )
    url = models.URLField(
        "address", max_length=500, blank=True, help_text="Of an external activity or a session."
    )
    is_required = models.BooleanField(
        "required", default=True, help_text="Whether the course is completed without it."
    )
    is_challenge = models.BooleanField(
        "tests out",
        default=False,
        help_text="Not a step of the course: whoever passes it has completed the course.",
    )
    from_edition = models.PositiveIntegerField(default=1, editable=False)
    until_edition = models.PositiveIntegerField(null=True, blank=True, editable=False)

    objects = CurrentUnits.from_queryset(UnitQuerySet)()
    of_all_editions = UnitQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position"]
        base_manager_name = "of_all_editions"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["course", "position"],
                condition=Q(until_edition=None),
                name="unit_position_once",
            ),
            models.UniqueConstraint(
                fields=["course", "external_id"],
                condition=~Q(external_id="") & Q(until_edition=None),
                name="unit_external_id_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["lesson", "quiz", "assignment", "external", "live"]),
                name="unit_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(is_challenge=False)
                | Q(kind__in=["quiz", "assignment"], is_required=False),
                name="unit_challenge_is_an_optional_test",
            ),
            models.CheckConstraint(
                condition=Q(until_edition=None) | Q(until_edition__gt=F("from_edition")),
                name="unit_has_an_edition",
            ),
            models.CheckConstraint(
                condition=Q(pass_percent__gte=1, pass_percent__lte=100),
                name="unit_pass_percent_1_to_100",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_quiz(self) -> bool:
        return self.kind == self.Kind.QUIZ

    @property
    def is_assignment(self) -> bool:
        return self.kind == self.Kind.ASSIGNMENT

    @property
    def is_external(self) -> bool:
        return self.kind == self.Kind.EXTERNAL

    @property
    def is_live(self) -> bool:
        return self.kind == self.Kind.LIVE

    @property
    def is_finished_by_learner(self) -> bool:
        """Whether its learner says when it is done, and no test or instructor."""
        return self.kind in {self.Kind.LESSON, self.Kind.EXTERNAL}


def known_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(f"“{name}” is no time zone. Write one like Europe/Berlin.")


class CourseRunQuerySet(models.QuerySet["CourseRun"]):
    def open_on(self, day: datetime.date) -> CourseRunQuerySet:
        """Runs that take new learners on this day."""
        return self.filter(
            Q(enrollment_opens_on=None) | Q(enrollment_opens_on__lte=day),
            Q(enrollment_closes_on=None) | Q(enrollment_closes_on__gte=day),
            Q(ends_on=None) | Q(ends_on__gte=day),
        )

    def soonest_first(self) -> CourseRunQuerySet:
        return self.order_by(F("starts_on").asc(nulls_first=True), "pk")


class CourseRun(models.Model):
    """One offering of a course: scheduled between two dates, or at the learner's own pace."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, models.CASCADE, related_name="runs")
    external_id = models.CharField(max_length=200, unique=True, null=True, blank=True)
    title = models.CharField(max_length=120, blank=True)
    is_self_paced = models.BooleanField(default=True)
    is_cohort = models.BooleanField(
        "cohort",
        default=False,
        help_text="Its learners go together: with dates, sessions and an instructor.",
    )
    time_zone = models.CharField(
        max_length=64,
        default="UTC",
        validators=[known_time_zone],
        help_text="In which its days begin and end: Europe/Berlin, Asia/Kolkata.",
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    enrollment_opens_on = models.DateField(null=True, blank=True)
    enrollment_closes_on = models.DateField(null=True, blank=True)
    is_external = models.BooleanField(
        default=False,
        help_text="Taken at the provider: Cairn lists it, and enrolls nobody.",
    )
    external_url = models.URLField(
        "provider's address", max_length=500, blank=True, help_text="Where one enrolls."
    )
    price = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="0 is free; empty: not told.",
    )
    currency = models.CharField(max_length=3, blank=True, help_text="ISO 4217: EUR, USD.")
    accepts_invoice = models.BooleanField(
        default=True, help_text="A learner may ask for an invoice and start at once."
    )
    accepts_employer = models.BooleanField(
        default=False, help_text="An employer may pay for its people."
    )
    seats = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: as many as come.")
    needs_approval = models.BooleanField(
        default=False, help_text="A curator decides on each request before it gets a seat."
    )
    offer_hours = models.PositiveSmallIntegerField(
        default=48,
        help_text="So long a returned seat is held for whoever is next on the waitlist."
        " 0: it is theirs without asking.",
    )
    # Counters, changed only by single UPDATE statements: a COUNT under READ COMMITTED is no lock.
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    waitlist_places_given = models.PositiveIntegerField(default=0, editable=False)

    objects = CourseRunQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(seats=None) | Q(seats_taken__lte=F("seats")),
                name="run_seats_never_oversold",
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lte=F("ends_on")),
                name="run_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(is_self_paced=True) | Q(starts_on__isnull=False),
                name="run_scheduled_has_a_start",
            ),
            models.CheckConstraint(
                condition=Q(price=None)
                | Q(price=0)
                | Q(price__gt=0, currency__regex=r"^[A-Z]{3}$"),
                name="run_price_has_a_currency",
            ),
            models.CheckConstraint(
                condition=Q(external_url="") | Q(is_external=True),
                name="run_external_url_only_if_external",
            ),
            models.CheckConstraint(
                condition=Q(is_cohort=False) | Q(is_self_paced=False),
                name="run_cohort_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(offer_hours__lte=24 * 60), name="run_offer_at_most_60_days"
            ),
            models.CheckConstraint(
                condition=Q(is_external=False) | Q(seats_taken=0),
                name="run_external_takes_nobody",
            ),
        ]

    def __str__(self) -> str:
        if self.title:
            return self.title
        if self.is_external:
            return _("At the provider")
        if self.is_self_paced:
            return _("At your own pace")
        return _("Starts %(day)s") % {"day": self.starts_on}

    @property
    def seats_left(self) -> int | None:
        return None if self.seats is None else self.seats - self.seats_taken

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def is_paid(self) -> bool:
        return bool(self.price)

    def is_open_at(self, at: datetime.datetime) -> bool:
        """Whether it takes new learners at this moment, by the days of its own time zone."""
        return self.is_open_on(at.astimezone(self.zone).date())

    def is_open_on(self, day: datetime.date) -> bool:
        return (
            (self.enrollment_opens_on is None or self.enrollment_opens_on <= day)
            and (self.enrollment_closes_on is None or day <= self.enrollment_closes_on)
            and (self.ends_on is None or day <= self.ends_on)
        )


class LiveSession(models.Model):
    """When a live unit takes place in a run."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.ForeignKey(CourseRun, models.CASCADE, related_name="sessions")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=300, blank=True, help_text="A room, or how to get in.")
    url = models.URLField("address", max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="session_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.starts_at:%Y-%m-%d %H:%M} UTC"
