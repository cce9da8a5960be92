"""What publishing would do, as somebody has asked; worked out at once, or by a worker."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from catalog.models import Course, Track

LEASE = datetime.timedelta(minutes=15)
MOST_TRIES = 3


class RulePreviewQuerySet(models.QuerySet["RulePreview"]):
    def due(self, *, at: datetime.datetime) -> RulePreviewQuerySet:
        """To be worked out: asked for, and in nobody's hands."""
        is_free = Q(taken_at=None) | Q(taken_at__lte=at - LEASE)
        return self.filter(is_free, done_at=None, tries__lt=MOST_TRIES)


class RulePreview(models.Model):
    """Of a course or a track as it is written now. The row says that work is due, and keeps it.

    ``found`` is a ``credentials.preview.Preview`` in bytes. It names learners by number alone, and
    goes with the next preview of the same thing, or after a day.
    """

    course = models.ForeignKey(Course, models.CASCADE, null=True, related_name="+")
    track = models.ForeignKey(Track, models.CASCADE, null=True, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64, blank=True, help_text="Of what was to be published.")
    found = models.BinaryField(null=True)

    objects = RulePreviewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(course=None, track__isnull=False) | Q(course__isnull=False, track=None),
                name="preview_of_a_course_or_a_track",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, found=None, failure="")
                | (Q(done_at__isnull=False, found__isnull=False, failure=""))
                | (Q(done_at__isnull=False, found=None) & ~Q(failure="")),
                name="preview_found_or_failed_when_done",
            ),
        ]

    def __str__(self) -> str:
        return f"Preview of “{self.item}”"

    @property
    def item(self) -> Course | Track:
        found = self.course or self.track
        assert found is not None
        return found
