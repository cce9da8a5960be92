"""What can be earned: written by publishing, so only to be read."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.admin_access import CuratorAdmin
from catalog import rules
from catalog.models import Achievement, AchievementVersion


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
        "eqf_level",
        "language",
        "skill_labels",
        "published_at",
        "public_id",
    )
    readonly_fields = ("rule", "skill_labels")

    @admin.display
    def rule(self, version: AchievementVersion) -> str:
        tree = rules.load(version)
        if tree is None:
            return "none yet"
        return rules.sentence(tree, names=rules.leaf_names(tree))

    @admin.display(description="skills")
    def skill_labels(self, version: AchievementVersion) -> str:
        return ", ".join(str(skill) for skill in version.skills.all())
