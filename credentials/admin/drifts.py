"""Where awards and their rules were found not to agree, to be read."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin_access import CuratorAdmin
from credentials.models import Drift


@admin.register(Drift)
class DriftAdmin(CuratorAdmin[Drift]):
    is_read_only = True
    # The first page leads here when there is something to see.
    is_hidden = True
    organization_lookups = ("achievement__awarding_body",)
    list_display = ("learner", "achievement", "kind", "reason", "award", "run")
    list_filter = ("kind", ("run", admin.RelatedOnlyFieldListFilter))
    list_select_related = (
        "learner",
        "achievement__course",
        "achievement__track",
        "award__version",
        "award__learner",
        "run",
    )
