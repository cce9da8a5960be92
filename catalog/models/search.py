"""What a search index has still to learn of the catalog."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SearchChange(models.Model):
    """Written with the change itself; every host's index reads on from where it stopped.

    No course means that all may have changed.
    """

    # No foreign key: the row outlives a course that is deleted.
    course_id = models.PositiveBigIntegerField(null=True, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"course {self.course_id}" if self.course_id else "all courses"
