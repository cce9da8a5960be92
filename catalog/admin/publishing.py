"""What the pages of courses and tracks have in common: publishing, and retiring."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.admin_access import CuratorAdmin, ReasonForm
from catalog import actions, drafting
from catalog.models import AchievementVersion, Course, RuleNode, Status, Track
from catalog.rules import InvalidRule

P = TypeVar("P", Course, Track)


class PublishableAdmin(CuratorAdmin[P]):
    change_form_template = "admin/catalog/publishable_change_form.html"
    date_hierarchy = "published_at"
    # The address is known outside from then on, and who awards stands in what was signed.
    fixed_once_published: ClassVar[tuple[str, ...]] = ("slug",)

    def publish(self, item: P) -> AchievementVersion:
        raise NotImplementedError

    def wording_in_force(self, item: P) -> actions.Wording:
        """What somebody has chosen to write, in the draft or in what is published."""
        return drafting.wording_of(drafting.shown_version(item), item=item)

    def get_urls(self) -> list[URLPattern]:
        return [
            self.object_path("publish", self.publish_view),
            self.object_path("retire", self.retire_view),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: P | None = None) -> list[str]:
        fixed: list[str] = ["status", "published_at", "versions"]
        return [*fixed, *self.fixed_once_published] if obj and obj.published_at else fixed

    def has_delete_permission(self, request: HttpRequest, obj: P | None = None) -> bool:
        may: bool = super().has_delete_permission(request, obj)  # type: ignore[arg-type]
        return may and (obj is None or obj.status == Status.DRAFT)

    def get_view_on_site_url(self, obj: P | None = None) -> str | None:
        return obj.get_absolute_url() if obj and obj.status == Status.PUBLISHED else None

    @admin.display(description="published versions")
    def versions(self, item: P) -> SafeString | str:
        try:
            achievement = item.achievement
        except type(item).achievement.RelatedObjectDoesNotExist:
            return "none yet"
        rows = achievement.versions.published().order_by("-number")
        return (
            format_html_join(
                "",
                '<div><a href="{}">Version {}: {}</a>, published {}</div>',
                (
                    (
                        reverse("admin:catalog_achievementversion_change", args=[version.pk]),
                        version.number,
                        version.name,
                        f"{version.published_at:%Y-%m-%d %H:%M} UTC",
                    )
                    for version in rows
                ),
            )
            or "none yet"
        )

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        item = self.object_or_404(request, object_id)
        self.require_change(request, item)
        try:
            with transaction.atomic():
                version = self.publish(item)
                self.log_change(request, item, f"Published as version {version.number}.")
        except (actions.CannotPublish, InvalidRule) as problem:
            messages.error(request, f"Not published. {problem}")
        else:
            messages.success(request, f"“{item}” is published as version {version.number}.")
        return redirect(self.object_url(item))

    def retire_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = self.object_or_404(request, object_id)
        self.require_change(request, item)
        if item.status != Status.PUBLISHED:
            raise PermissionDenied
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            with transaction.atomic():
                actions.retire(item=item)
                self.log_change(request, item, f"Retired. Why: {form.cleaned_data['reason']}")
            messages.success(request, f"“{item}” is retired.")
            return redirect(self.object_url(item))
        return self.ask_why(
            request,
            item,
            title=f"Retire “{item}”",
            button="Retire",
            explanation="It leaves the catalog and takes no new learners. What was earned by it "
            "stands. The reason is kept in its history.",
            form=form,
        )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A draft takes its own draft credential along, unless a rule names it."""
        found = super().get_deleted_objects(objs, request)
        if all(item.status == Status.DRAFT and not _is_named(item) for item in objs):
            names, counts, _, _ = found
            return names, counts, set(), []
        return found

    def delete_model(self, request: HttpRequest, obj: P) -> None:
        drafting.discard(item=obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for item in queryset:
            drafting.discard(item=item)


def _is_named(item: Course | Track) -> bool:
    if isinstance(item, Track):
        return RuleNode.objects.filter(achievement__track=item).exists()
    others = RuleNode.objects.exclude(version__achievement__course=item)
    return others.filter(Q(course=item) | Q(achievement__course=item)).exists()
