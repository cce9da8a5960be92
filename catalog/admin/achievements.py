"""What can be earned: written by publishing, so only to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.admin_access import CuratorAdmin
from catalog import rules, versions
from catalog.models import Achievement, AchievementVersion

NAMED = (
    *("rule_nodes__course", "rule_nodes__skill", "rule_nodes__issuer"),
    *("rule_nodes__achievement__course", "rule_nodes__achievement__track"),
)


def _in_words(achievement: Achievement) -> list[AchievementVersion]:
    """The versions with ``sentence``, ``term`` and ``until``, the newest first."""
    found = list(achievement.versions.order_by("-number").prefetch_related(*NAMED))
    following = None
    for version in found:
        nodes = version.rule_nodes.all()
        tree = rules.from_rows(nodes)
        said: Any = version
        said.sentence = rules.sentence(tree, names=rules.names_from_rows(nodes)) if tree else ""
        said.term = versions.term(version.valid_months, version.renewal)
        said.until = following.published_at if following else None
        following = version
    return found


@admin.register(Achievement)
class AchievementAdmin(CuratorAdmin[Achievement]):
    is_read_only = True
    organization_lookups = ("awarding_body", "course__provider", "track__organization")
    list_display = ("title", "kind", "awarding_body")
    list_filter = ("kind", ("awarding_body", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("course", "track", "awarding_body")
    search_fields = ("course__title", "track__title")
    fields = ("kind", "course", "track", "awarding_body", "public_id", "its_versions")
    readonly_fields = ("its_versions",)
    change_form_template = "admin/catalog/achievement_change_form.html"

    def get_urls(self) -> list[URLPattern]:
        return [self.object_path("versions", self.versions_view), *super().get_urls()]

    def versions_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Every version with its rule in words, the newest first; two of them can be compared."""
        achievement = self.object_or_404(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Versions of “{achievement.course or achievement.track}”",
            "opts": self.opts,
            "original": achievement,
            "versions": _in_words(achievement),
        }
        return TemplateResponse(request, "admin/catalog/versions.html", context)

    @admin.display(description="title")
    def title(self, achievement: Achievement) -> str:
        return str(achievement.course or achievement.track)

    @admin.display(description="versions")
    def its_versions(self, achievement: Achievement) -> SafeString | str:
        return format_html_join(
            "",
            '<div><a href="{}">{}</a> {}</div>',
            (
                (
                    reverse("admin:catalog_achievementversion_change", args=[version.pk]),
                    version,
                    "" if version.published_at else "draft",
                )
                for version in achievement.versions.order_by("-number")
            ),
        )


@admin.register(AchievementVersion)
class AchievementVersionAdmin(CuratorAdmin[AchievementVersion]):
    is_read_only = True
    organization_lookups = tuple(
        f"achievement__{lookup}" for lookup in AchievementAdmin.organization_lookups
    )
    list_display = ("name", "number", "published_at", "workload_minutes")
    list_filter = (("published_at", admin.EmptyFieldListFilter),)
    search_fields = ("name",)
    fields = (
        "achievement",
        "number",
        "name",
        "description",
        "criteria",
        "rule",
        "workload_minutes",
        "term",
        "eqf_level",
        "language",
        "skill_labels",
        "published_at",
        "public_id",
    )
    readonly_fields = ("rule", "term", "skill_labels")
    change_form_template = "admin/catalog/achievementversion_change_form.html"

    def get_urls(self) -> list[URLPattern]:
        return [self.object_path("compare", self.compare_view), *super().get_urls()]

    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Where it differs from another version of the same: the one named, or that before it."""
        version = self.object_or_404(request, object_id)
        others = version.achievement.versions.exclude(pk=version.pk)
        named = request.GET.get("with", "")
        other = (
            others.filter(pk=named).first()
            if named.isdecimal()
            else others.published().filter(number__lt=version.number).order_by("number").last()
        )
        if other is None:
            raise Http404
        old, new = sorted((other, version), key=lambda one: one.number)
        context = {
            **self.admin_site.each_context(request),
            "title": f"From version {old.number} to version {new.number}",
            "opts": self.opts,
            "original": version,
            "changes": versions.what_changes(old, new),
            "nothing": "Nothing differs.",
            "back": reverse("admin:catalog_achievement_versions", args=[version.achievement_id]),
            "back_words": "All versions",
        }
        return TemplateResponse(request, "admin/catalog/compare.html", context)

    @admin.display
    def rule(self, version: AchievementVersion) -> str:
        tree = rules.load(version)
        if tree is None:
            return "none yet"
        return rules.sentence(tree, names=rules.leaf_names(tree))

    @admin.display(description="valid")
    def term(self, version: AchievementVersion) -> str:
        return versions.term(version.valid_months, version.renewal)

    @admin.display(description="skills")
    def skill_labels(self, version: AchievementVersion) -> str:
        return ", ".join(str(skill) for skill in version.skills.all())
