"""What counts as what: a retired course lives on in the rules that name it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from catalog.models.courses import Course


class Equivalence(models.Model):
    """``course`` counts as ``counts_as``, where it was completed on ``since`` (UTC) or later.

    Rules that name ``counts_as`` stay as they are, published versions too: what satisfies a leaf
    has changed, not the rule. Followed through: what counts as X counts as what X counts as.
    """

    course = models.ForeignKey(Course, models.PROTECT, related_name="counting_as")
    counts_as = models.ForeignKey(Course, models.PROTECT, related_name="equivalents")
    since = models.DateField()
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["counts_as", "since"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "counts_as"], name="equivalence_once"),
            models.CheckConstraint(
                condition=~Q(course=F("counts_as")), name="equivalence_of_two_courses"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="equivalence_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.course} counts as {self.counts_as} from {self.since} on"


class RuleBook(models.Model):
    """One row with a stamp that changes with the rules in force, and with what satisfies them.

    Workers keep rules in memory for one stamp. It is random: no restored backup brings one back.
    """

    stamp = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pk=1), name="rule_book_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.stamp}"
