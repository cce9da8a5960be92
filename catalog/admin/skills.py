from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin_access import SuperuserAdmin, may_curate
from catalog.models import Occupation, Skill
from catalog.models.concepts import Concept, ConceptQuerySet

C = TypeVar("C", bound=Concept)


class ConceptAdmin(SuperuserAdmin[C]):
    """Frameworks are shared: curators choose from them, and do not change them."""

    list_per_page = 50
    # Nothing is searched by these names: they switch the search on, and matching() does it.
    search_fields = ("search_text",)
    search_help_text = "Words of the label or of a synonym, or a whole URI; the best match first."
    readonly_fields = ("on_the_site",)

    def get_readonly_fields(self, request: HttpRequest, obj: C | None = None) -> Any:
        # A concept is its URI: another URI is another concept.
        return [*self.readonly_fields, *(["uri"] if obj else [])]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[C], search_term: str
    ) -> tuple[QuerySet[C], bool]:
        assert isinstance(queryset, ConceptQuerySet)
        if getattr(request.resolver_match, "url_name", "") == "autocomplete":
            # What the framework has given up is not to be chosen anew.
            queryset = queryset.in_use()
        if "://" in search_term:
            return queryset.filter(uri=search_term.strip()), False
        return queryset.matching(search_term), False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_curate(request)

    def has_view_permission(self, request: HttpRequest, obj: C | None = None) -> bool:
        return may_curate(request)

    @admin.display(description="page")
    def on_the_site(self, concept: Concept) -> SafeString | str:
        if not concept.pk:
            return "after saving"
        url: str = concept.get_absolute_url()  # type: ignore[attr-defined]
        return format_html('<a href="{}">{}</a>', url, url)


@admin.register(Skill)
class SkillAdmin(ConceptAdmin[Skill]):
    list_display = ("label", "kind", "uri", "retired_at")
    list_filter = ("kind", ("retired_at", admin.EmptyFieldListFilter))
    fields = ("label", "alt_labels", "description", "kind", "uri", "retired_at", "on_the_site")


@admin.register(Occupation)
class OccupationAdmin(ConceptAdmin[Occupation]):
    list_display = ("label", "isco08", "uri", "retired_at")
    list_filter = (("retired_at", admin.EmptyFieldListFilter),)
    fields = (
        "label",
        "alt_labels",
        "description",
        "isco08",
        "uri",
        "retired_at",
        "needs",
        "on_the_site",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Occupation | None = None) -> Any:
        return [*super().get_readonly_fields(request, obj), "needs"]

    @admin.display(description="needs")
    def needs(self, occupation: Occupation) -> str:
        counts = [
            f"{occupation.occupation_skills.filter(relation=relation).count()} {relation}"
            for relation in ("essential", "optional")
        ]
        return f"{' and '.join(counts)} skills"
