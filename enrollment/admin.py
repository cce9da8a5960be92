from __future__ import annotations

from django.contrib import admin

from accounts.admin_access import CuratorAdmin
from enrollment.models import Enrollment


@admin.register(Enrollment)
class EnrollmentAdmin(CuratorAdmin[Enrollment]):
    """Who learns in the curator's courses: to be read, changed only by learning."""

    is_read_only = True
    organization_lookups = ("run__course__provider", "run__course__awarding_body")
    date_hierarchy = "enrolled_at"
    list_display = ("learner", "course", "run", "status", "grade", "enrolled_at", "completed_at")
    list_filter = ("status",)
    list_select_related = ("learner", "run__course")
    search_fields = ("learner__email", "learner__credential_name", "run__course__title")
    fields = (
        "learner",
        "course",
        "run",
        "status",
        "waitlist_place",
        "grade",
        "enrolled_at",
        "completed_at",
        "withdrawn_at",
        "public_id",
    )
    readonly_fields = ("course",)

    @admin.display(ordering="run__course__title")
    def course(self, enrollment: Enrollment) -> str:
        return str(enrollment.run.course)
