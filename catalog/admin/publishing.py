"""What the pages of courses and tracks have in common: review, publishing, retiring."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.admin_access import CuratorAdmin, ReasonForm, curated_ids
from accounts.http import AuthenticatedRequest
from catalog import actions, drafting, named, reviewing
from catalog.admin.markdown import MarkdownTextarea
from catalog.models import Course, RuleNode, Status, Track
from catalog.rules import InvalidRule

P = TypeVar("P", Course, Track)


class ScheduleForm(forms.Form):
    publish_at = forms.DateTimeField(
        label="Publish at",
        required=False,
        help_text="Time in UTC. Empty: it is not published by itself.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_publish_at(self) -> datetime.datetime | None:
        at: datetime.datetime | None = self.cleaned_data["publish_at"]
        if at and at <= timezone.now():
            raise forms.ValidationError("This time has passed. Choose a later one, or publish now.")
        return at


class PublishableAdmin(CuratorAdmin[P]):
    change_form_template = "admin/catalog/publishable_change_form.html"
    date_hierarchy = "published_at"
    # The address is known outside from then on, and who awards stands in what was signed.
    fixed_once_published: ClassVar[tuple[str, ...]] = ("slug",)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in {"description", "prerequisites"}:
            kwargs["widget"] = MarkdownTextarea(rows=16 if db_field.name == "description" else 5)
        if db_field.name == "summary":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        return [
            self.object_path("submit", self.submit_view),
            self.object_path("give-back", self.give_back_view),
            self.object_path("schedule", self.schedule_view),
            self.object_path("publish", self.publish_view),
            self.object_path("retire", self.retire_view),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: P | None = None) -> list[str]:
        fixed: list[str] = ["stage", "published_at", "versions"]
        return [*fixed, *self.fixed_once_published] if obj and obj.published_at else fixed

    def has_delete_permission(self, request: HttpRequest, obj: P | None = None) -> bool:
        may: bool = super().has_delete_permission(request, obj)  # type: ignore[arg-type]
        return may and (obj is None or obj.status == Status.DRAFT)

    def get_view_on_site_url(self, obj: P | None = None) -> str | None:
        return obj.get_absolute_url() if obj and obj.status == Status.PUBLISHED else None

    @admin.display(description="published", ordering="published_at")
    def published_on(self, item: P) -> str:
        return f"{item.published_at:%Y-%m-%d}" if item.published_at else ""

    @admin.display(description="status")
    def stage(self, item: P) -> str:
        """Where it stands, since when, and by whom."""
        said = str(item.get_status_display()).capitalize()
        if item.status == Status.REVIEW:
            said = f"In review: handed in by {item.submitted_by or 'somebody who left'}"
            said += f" on {item.submitted_at:%Y-%m-%d %H:%M} UTC"
        if item.publish_at:
            what = "; its draft is to be published" if item.is_published else "; to be published"
            said += f"{what} on {item.publish_at:%Y-%m-%d %H:%M} UTC"
        return said

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

    def _step(
        self, request: HttpRequest, object_id: str, step: Callable[[P], str], *, failed: str
    ) -> HttpResponse:
        """A button's work on the object: ``step`` does it and says what has happened."""
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        item = self.object_or_404(request, object_id)
        self.require_change(request, item)
        try:
            with transaction.atomic():
                done = step(item)
        except (actions.CannotPublish, InvalidRule, reviewing.NotReady) as problem:
            messages.error(request, f"{failed} {problem}")
        else:
            messages.success(request, done)
        still_there = self.model._default_manager.filter(pk=item.pk).exists()
        return redirect(self.object_url(item if still_there else self.stands_for(item)))

    def stands_for(self, item: P) -> P:
        """The object that is published when this one is."""
        return item

    def submit_view(self, request: AuthenticatedRequest, object_id: str) -> HttpResponse:
        def step(item: P) -> str:
            reviewing.submit(item, by=request.user, at=timezone.now())
            self.log_change(request, item, "Handed in for review.")
            return "Handed in. Somebody who looks at it can publish it or give it back."

        return self._step(request, object_id, step, failed="Not handed in.")

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def step(item: P) -> str:
            now = timezone.now()
            version = reviewing.publish(item, at=now)
            if item.is_published and version.published_at != now:
                return f"Nothing has changed since version {version.number}. It stays in force."
            shown = self.stands_for(item)
            self.log_change(request, shown, f"Published as version {version.number}.")
            return f"“{shown}” is published as version {version.number}."

        return self._step(request, object_id, step, failed="Not published.")

    def give_back_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = self._in_review(request, object_id)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            with transaction.atomic():
                reviewing.give_back(item)
                self.log_change(request, item, f"Given back. Why: {form.cleaned_data['reason']}")
            messages.success(request, f"“{item}” is a draft again. Its history says why.")
            return redirect(self.object_url(item))
        return self.ask_why(
            request,
            item,
            title=f"Give back “{item}”",
            button="Give back",
            explanation="It becomes a draft again. Say what has to change; it is kept in its "
            "history.",
            form=form,
        )

    def schedule_view(self, request: AuthenticatedRequest, object_id: str) -> HttpResponse:
        item = self.object_or_404(request, object_id)
        self.require_change(request, item)
        if not reviewing.can_be_scheduled(item):
            raise PermissionDenied
        form = ScheduleForm(
            request.POST if request.method == "POST" else None,
            initial={"publish_at": item.publish_at},
        )
        if form.is_valid():
            at = form.cleaned_data["publish_at"]
            with transaction.atomic():
                reviewing.schedule(item, publish_at=at, by=request.user)
                when = f"published on {at:%Y-%m-%d %H:%M} UTC" if at else "published by hand only"
                self.log_change(request, item, f"To be {when}.")
            what = "The draft of " if item.is_published else ""
            messages.success(request, f"{what}“{item}” will be {when}.")
            return redirect(self.object_url(item))
        return self.ask_why(
            request,
            item,
            title=f"Schedule “{item}”",
            button="Schedule",
            explanation="A worker publishes it within a minute of this time"
            + (
                ", as its draft is then: the next version, which is in force from that moment. "
                "Until then the version before stays in force. Where the draft cannot be "
                "published, nothing changes, and the history says why."
                if item.is_published
                else "."
            ),
            form=form,
        )

    def _in_review(self, request: HttpRequest, object_id: str) -> P:
        item = self.object_or_404(request, object_id)
        self.require_change(request, item)
        if item.status != Status.REVIEW:
            raise PermissionDenied
        return item

    def retire_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = self.object_or_404(request, object_id)
        self.require_change(request, item)
        if item.status != Status.PUBLISHED:
            raise PermissionDenied
        form = self.retire_form(item, request.POST if request.method == "POST" else None)
        if form.is_valid():
            with transaction.atomic():
                actions.retire(item=item)
                said = self.replace(request, item, form)
                self.log_change(request, item, f"Retired. Why: {form.cleaned_data['reason']}{said}")
            messages.success(request, f"“{item}” is retired.{said}")
            return redirect(self.object_url(item))
        return self.ask_why(
            request,
            item,
            title=f"Retire “{item}”",
            button="Retire",
            explanation="It leaves the catalog and takes no new learners. "
            f"{self.after_retiring(item)} What was earned by it stands. "
            "The reason is kept in its history.",
            form=form,
            template="admin/catalog/retire.html",
            **self.concerned(request, item),
        )

    def retire_form(self, item: P, data: Any) -> ReasonForm:
        return ReasonForm(data)

    def replace(self, request: HttpRequest, item: P, form: Any) -> str:
        """Let something stand in for what is retired, and say so."""
        return ""

    def concerned(self, request: HttpRequest, item: P) -> dict[str, Any]:
        """Which rules name it, for the page that asks whether to retire it."""
        return {
            "named": named.named_in(item),
            "asked_by": named.asked_beforehand_by(item),
            "own": curated_ids(request),
        }

    def after_retiring(self, item: P) -> str:
        """What becomes of those who are under way."""
        return ""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A draft takes its own draft credential along, unless a rule names it."""
        names, counts, needed, kept = super().get_deleted_objects(objs, request)
        if all(item.status == Status.DRAFT and not _is_named(item) for item in objs):
            needed, kept = set(), []
        return _with_words(names), counts, needed, kept

    def delete_model(self, request: HttpRequest, obj: P) -> None:
        drafting.discard(item=obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for item in queryset:
            drafting.discard(item=item)


def _with_words(names: list[Any]) -> list[Any]:
    """Without the rows that only link two others: "LearningOutcome_skills object (2)"."""
    found = (_with_words(one) if isinstance(one, list) else one for one in names)
    return [one for one in found if isinstance(one, list) or " object (" not in one]


def _is_named(item: Course | Track) -> bool:
    if isinstance(item, Track):
        return RuleNode.objects.filter(achievement__track=item).exists()
    others = RuleNode.objects.exclude(version__achievement__course=item)
    return others.filter(Q(course=item) | Q(achievement__course=item)).exists()
