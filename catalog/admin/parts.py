"""Pages of their own for the parts of a course."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, ClassVar

from django.http import HttpRequest

from accounts.admin_access import CuratorAdmin
from catalog.admin.formsets import is_used_by_learners
from catalog.models import Course, Status


class PartAdmin(CuratorAdmin[Any]):
    """A page of its own for a part of a course; made and found on the page above it."""

    is_hidden = True
    course_path: ClassVar[str]
    """From the part to its course: "unit.course"."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def course_of(self, obj: Any) -> Course:
        course: Course = attrgetter(self.course_path)(obj)
        return course

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or self.course_of(obj).status == Status.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or not is_used_by_learners(obj))
