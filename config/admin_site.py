"""The curators' site, put in the place of Django's own."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import import_string


class CairnAdminConfig(AdminConfig):
    default_site = "config.curation.CairnAdminSite"

    def ready(self) -> None:
        super().ready()
        # Needs the models, which are not loaded yet where this module is imported.
        import_string("config.library_screens.replace_library_screens")(admin.site)
