"""Who may see and do what in the admin: memberships decide, not permissions given by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.admin_links import WithinReach
from accounts.models import Membership, Organization, User
from accounts.visibility import SEEN_BY, Facts

M = TypeVar("M", bound=models.Model)


def curated_ids(request: HttpRequest) -> frozenset[int]:
    """The organizations that the signed-in person curates; read once per request.

    Whoever curates an organization's catalog also keeps the records of its learners.
    """
    cached: frozenset[int] | None = getattr(request, "_curated_ids", None)
    if cached is None:
        cached = frozenset(
            Membership.objects.filter(
                user=request.user.pk, role__in=SEEN_BY[Facts.RECORDS]
            ).values_list("organization_id", flat=True)
        )
        request._curated_ids = cached  # type: ignore[attr-defined]
    return cached


def is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_superuser", False))


def may_curate(request: HttpRequest) -> bool:
    return is_superuser(request) or bool(
        request.user.is_active and getattr(request.user, "is_staff", False) and curated_ids(request)
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


class AuditedAdmin(admin.ModelAdmin[M]):
    """Buttons on the page of one object, each of which leaves a line in its history."""

    # Without actions Django's list page brings an inline style, which the policy refuses.
    actions_on_bottom = True
    show_full_result_count = False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["adminform"] = WithinReach(context["adminform"], request)
        context["inline_admin_formsets"] = [
            WithinReach(part, request) for part in context["inline_admin_formsets"]
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def object_path(self, name: str, view: Callable[..., HttpResponseBase]) -> URLPattern:
        """An address below the object's: ``<id>/name/``, named ``<app>_<model>_name``."""
        return path(
            f"<path:object_id>/{name}/",
            self.admin_site.admin_view(view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_{name}",
        )

    def object_or_404(self, request: HttpRequest, object_id: str) -> M:
        """The object, if this person may work on it."""
        found: M | None = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return found

    def object_url(self, item: models.Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[item.pk])

    def ask_why(
        self,
        request: HttpRequest,
        item: M,
        *,
        title: str,
        button: str,
        explanation: str,
        form: forms.Form,
        falling: list[Any] | None = None,
        template: str = "admin/ask_why.html",
        **more: Any,
    ) -> TemplateResponse:
        """The page between a button and what cannot be taken back.

        ``template`` may be one that extends it, and shows ``more``.
        """
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "original": item,
            "form": form,
            "button": button,
            "explanation": explanation,
            "falling": falling,
            **more,
        }
        return TemplateResponse(request, template, context)


class CuratorAdmin(AuditedAdmin[M]):
    """Rows that belong to organizations: their curators and superusers work on them."""

    organization_lookups: ClassVar[tuple[str, ...]] = ()
    """Paths from the model to organizations; curating any one of them is enough."""
    is_read_only: ClassVar[bool] = False
    is_hidden: ClassVar[bool] = False
    """Reached from another page, not from the index."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[M]:
        queryset = super().get_queryset(request)
        if is_superuser(request):
            return queryset
        own = models.Q(pk__in=[])
        for lookup in self.organization_lookups:
            own |= models.Q(**{f"{lookup}__in": curated_ids(request)})
        return queryset.filter(own)

    def owns(self, request: HttpRequest, item: models.Model | None) -> bool:
        """Whether this person works for an organization of the object, or for any at all."""
        if not may_curate(request):
            return False
        if item is None or is_superuser(request):
            return True
        return any(
            _organization_id(item, lookup) in curated_ids(request)
            for lookup in self.organization_lookups
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_curate(request)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return {} if self.is_hidden else super().get_model_perms(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.owns(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not self.is_read_only and self.owns(request, None)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return not self.is_read_only and self.owns(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return not self.is_read_only and self.owns(request, obj)

    def require_change(self, request: HttpRequest, item: M) -> None:
        if not self.has_change_permission(request, item):
            raise PermissionDenied

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.related_model is Organization and isinstance(request.user, User):
            kwargs["queryset"] = Organization.objects.curated_by(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        """Write only what was edited: a status or counter changed meanwhile must survive."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        obj.save(update_fields=changed_fields(form))


class SuperuserAdmin(AuditedAdmin[M]):
    """What only the people who run the installation see."""

    is_read_only: ClassVar[bool] = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request) and not self.is_read_only

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return is_superuser(request) and not self.is_read_only

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return is_superuser(request) and not self.is_read_only


class PartOfAnother:
    """Of inlines in another object's page: whoever may change that object may change its rows."""

    extra = 0
    admin_site: admin.AdminSite
    parent_model: type[models.Model]

    def _parent_admin(self) -> admin.ModelAdmin[Any]:
        return self.admin_site.get_model_admin(self.parent_model)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent_admin().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent_admin().has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent_admin().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent_admin().has_change_permission(request, obj)


class PartInline(PartOfAnother, admin.TabularInline[Any, Any]):
    """A row each."""


class StackedPartInline(PartOfAnother, admin.StackedInline[Any, Any]):
    """A block each, where a row would be wider than the screen."""


def changed_fields(form: Any) -> list[str]:
    """The columns that a form has written, with those that Django keeps itself."""
    columns = {field.name: field for field in form.instance._meta.concrete_fields}
    written = {*form.changed_data, *getattr(form, "also_writes", ())}
    return [
        name
        for name, field in columns.items()
        if (name in written and not field.primary_key) or getattr(field, "auto_now", False)
    ]


def _organization_id(item: models.Model, lookup: str) -> int | None:
    found: Any = item
    *path_to, last = lookup.split("__")
    for name in path_to:
        found = getattr(found, name)
        if found is None:
            return None
    organization_id: int | None = getattr(found, f"{last}_id")
    return organization_id
