"""What a quiz asks, and how it is taken."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.courses import Unit


class Quiz(models.Model):
    """How a quiz is taken. A unit without this row follows the defaults."""

    class Counts(models.TextChoices):
        BEST = "best", _("The best attempt")
        LAST = "last", _("The last attempt")

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="quiz")
    max_attempts = models.PositiveSmallIntegerField(
        "most attempts", null=True, blank=True, help_text="Empty: as many as they like."
    )
    time_limit = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Minutes from the start of an attempt. Empty: none."
    )
    wait_minutes = models.PositiveIntegerField(
        default=0, help_text="Between two attempts: 1440 is a day."
    )
    counts = models.CharField(
        "what counts", max_length=4, choices=Counts.choices, default=Counts.BEST
    )
    gives_partial_credit = models.BooleanField(
        "partial credit",
        default=True,
        help_text="An answer that is right in part earns that part. Otherwise it earns nothing.",
    )
    shuffles_questions = models.BooleanField(default=False)
    shuffles_choices = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "quizzes"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(max_attempts=None) | Q(max_attempts__gte=1),
                name="quiz_attempts_from_1",
                violation_error_message="Allow at least one attempt.",
            ),
            models.CheckConstraint(
                condition=Q(time_limit=None) | Q(time_limit__gte=1),
                name="quiz_time_from_1_minute",
                violation_error_message="Give at least one minute.",
            ),
            models.CheckConstraint(
                condition=Q(counts__in=["best", "last"]), name="quiz_counts_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit)

    @property
    def is_limited(self) -> bool:
        """Whether beginning an attempt costs something, so that nobody does it by looking."""
        return bool(self.max_attempts or self.time_limit or self.wait_minutes)


def quiz_of(unit: Unit) -> Quiz:
    """The unit's settings: its own, or the defaults."""
    return Quiz.objects.filter(unit=unit).first() or Quiz(unit=unit)


class QuestionPool(models.Model):
    """Questions of which each attempt draws some; those that name it belong to it."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="pools")
    name = models.CharField(max_length=60)
    draws = models.PositiveSmallIntegerField(help_text="So many of its questions are asked.")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "name"], name="pool_name_once"),
            models.CheckConstraint(
                condition=Q(draws__gte=1) & ~Q(name=""),
                name="pool_draws_from_1",
                violation_error_message="Draw at least one question.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    class Kind(models.TextChoices):
        SINGLE = "single", _("One answer")
        MULTIPLE = "multiple", _("All that apply")
        NUMERIC = "numeric", _("A number")
        TEXT = "text", _("A short text")
        ORDERING = "ordering", _("Putting in order")
        MATCHING = "matching", _("Finding pairs")

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="questions")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.SINGLE)
    text = models.TextField()
    explanation = models.TextField(blank=True, help_text="Shown after answering: why it is so.")
    # Fifteen digits are what SQLite keeps of a number.
    answer = models.DecimalField(
        max_digits=15, decimal_places=6, null=True, blank=True, help_text="The right number."
    )
    tolerance = models.DecimalField(
        max_digits=15,
        decimal_places=6,
        default=0,
        help_text="How far off an answer may be: with 0.5, all from 9.5 to 10.5 is right for 10.",
    )
    pool = models.CharField(
        max_length=60,
        blank=True,
        help_text="Name of the pool from which it is drawn. Empty: it is always asked.",
    )

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "position"], name="question_position_once"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["single", "multiple", "numeric", "text", "ordering", "matching"]
                ),
                name="question_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(tolerance__gte=0),
                name="question_tolerance_from_0",
                violation_error_message="A tolerance is 0 or more.",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Choice(models.Model):
    """What a question's answer is made of.

    A choice that is right or wrong; a text that is accepted; a step, in its right place; or a
    pair, of ``text`` and its ``match`` (without ``text``, a ``match`` that fits nothing).
    """

    question = models.ForeignKey(Question, models.CASCADE, related_name="choices")
    position = models.PositiveIntegerField()
    text = models.CharField(max_length=500, blank=True)
    match = models.CharField("belongs to", max_length=500, blank=True)
    is_correct = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "position"], name="choice_position_once"),
            models.CheckConstraint(
                condition=~Q(text="", match=""),
                name="choice_has_text_or_match",
                violation_error_message="Enter a text.",
            ),
        ]

    def __str__(self) -> str:
        return self.text or self.match
