"""Telling the indexes of all hosts what has changed, in the transaction that changes it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils import timezone

from catalog.models import SearchChange

KEPT = datetime.timedelta(days=7)
"""An index that was not used for longer than this is built anew."""


def courses_changed(course_ids: Iterable[int]) -> None:
    at = timezone.now()
    SearchChange.objects.bulk_create(
        [SearchChange(course_id=course_id, at=at) for course_id in course_ids], batch_size=1000
    )


def everything_changed() -> None:
    SearchChange.objects.create(course_id=None, at=timezone.now())


def forget_old() -> None:
    SearchChange.objects.filter(at__lt=timezone.now() - 2 * KEPT).delete()
