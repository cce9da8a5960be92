"""In which rules a course or a track is named: whom it concerns when that is retired."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from catalog.models import AchievementVersion, Course, Prerequisite, RuleNode, Track


@dataclass(frozen=True)
class Named:
    """A version whose rule names it. ``is_current``: no newer one is published."""

    version: AchievementVersion
    is_current: bool
    by_credential: bool
    """It asks for the credential, so nothing that counts as the course will do."""

    @property
    def is_draft(self) -> bool:
        return self.version.published_at is None


def named_in(item: Course | Track) -> list[Named]:
    """The rules of others, drafts and all published versions, by achievement and number."""
    leaves = RuleNode.objects.filter(_names(item))
    if isinstance(item, Course):
        leaves = leaves.exclude(version__achievement__course=item)
    by_version: dict[int, bool] = {}
    for version_id, course_id in leaves.values_list("version", "course"):
        by_version[version_id] = by_version.get(version_id, False) or course_id is None
    versions = AchievementVersion.objects.filter(pk__in=by_version).select_related(
        "achievement__track", "achievement__course", "achievement__awarding_body"
    )
    current = set(AchievementVersion.objects.current().filter(pk__in=by_version).values_list("pk"))
    return [
        Named(version, (version.pk,) in current, by_version[version.pk])
        for version in versions.order_by("achievement", "number")
    ]


def asked_beforehand_by(item: Course | Track) -> list[Course]:
    """The courses that ask for it of whoever joins them."""
    nodes = Prerequisite.objects.filter(_names(item))
    return list(Course.objects.filter(pk__in=nodes.values("of_course")).order_by("title"))


def _names(item: Course | Track) -> Q:
    if isinstance(item, Course):
        return Q(course=item) | Q(achievement__course=item)
    return Q(achievement__track=item)
