"""Courses: their units in order, their skills, and the runs in which they are offered."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization
from catalog.models.elements import Assessment, OutcomeLevel, Participation, Supervision
from catalog.models.publishing import Publishable, PublishableQuerySet
from catalog.models.skills import Skill


class CourseQuerySet(PublishableQuerySet["Course"]):
    def with_workload(self) -> CourseQuerySet:
        """Add ``minutes``: the sum of the units' minutes."""
        return self.annotate(minutes=models.Sum("units__minutes", default=0))


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
    skills = models.ManyToManyField(Skill, through="CourseSkill", related_name="courses")

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
                condition=Q(ects=None) | Q(ects__gte=Decimal("0.1"), ects__lte=60),
                name="course_ects_0_1_to_60",
            ),
            models.CheckConstraint(
                condition=Q(assessment__in=["", *Assessment.values])
                & Q(participation__in=["", *Participation.values])
                & Q(supervision__in=["", *Supervision.values]),
                name="course_elements_known",
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


class Unit(models.Model):
    """One step inside a course."""

    class Kind(models.TextChoices):
        LESSON = "lesson"
        QUIZ = "quiz"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, models.CASCADE, related_name="units")
    external_id = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.LESSON)
    title = models.CharField(max_length=200)
    minutes = models.PositiveIntegerField(default=0)
    body = models.TextField(blank=True, help_text="Markdown.")
    pass_percent = models.PositiveSmallIntegerField(
        default=80, help_text="A quiz is passed from this share of right answers on."
    )

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "position"], name="unit_position_once"),
            models.UniqueConstraint(
                fields=["course", "external_id"],
                condition=~Q(external_id=""),
                name="unit_external_id_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["lesson", "quiz"]), name="unit_kind_known"
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
    seats = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: as many as come.")
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
                condition=Q(is_external=False) | Q(seats_taken=0),
                name="run_external_takes_nobody",
            ),
        ]

    def __str__(self) -> str:
        if self.title:
            return self.title
        if self.is_external:
            return "At the provider"
        return "At your own pace" if self.is_self_paced else f"Starts {self.starts_on}"

    @property
    def seats_left(self) -> int | None:
        return None if self.seats is None else self.seats - self.seats_taken

    def is_open_on(self, day: datetime.date) -> bool:
        return (
            (self.enrollment_opens_on is None or self.enrollment_opens_on <= day)
            and (self.enrollment_closes_on is None or day <= self.enrollment_closes_on)
            and (self.ends_on is None or day <= self.ends_on)
        )
