"""What an organization says for others: written, published, taken back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone

from accounts.admin_access import CuratorAdmin, ReasonForm, curated_ids, is_superuser
from accounts.models import Organization, User
from catalog.models import Achievement
from credentials import actions
from credentials.models import Endorsement
from lib.text import clean_text


class EndorsementForm(forms.ModelForm[Endorsement]):
    class Meta:
        model = Endorsement
        fields = ("endorser", "achievement", "organization", "comment")

    def clean_comment(self) -> str:
        try:
            return clean_text(self.cleaned_data["comment"], lines=True)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        achievement = self.cleaned_data.get("achievement")
        organization = self.cleaned_data.get("organization")
        if (achievement is None) == (organization is None):
            raise forms.ValidationError("Endorse a credential or an organization, and one only.")
        endorser = self.cleaned_data.get("endorser")
        own = achievement.awarding_body if achievement else organization
        if endorser and endorser == own:
            raise forms.ValidationError("An endorsement is another organization's word.")
        return cleaned


@admin.register(Endorsement)
class EndorsementAdmin(CuratorAdmin[Endorsement]):
    organization_lookups = ("endorser",)
    change_form_template = "admin/credentials/endorsement_change_form.html"
    form = EndorsementForm
    list_display = ("__str__", "published_at", "signed_at", "revoked_at")
    list_filter = (
        ("endorser", admin.RelatedOnlyFieldListFilter),
        ("published_at", admin.EmptyFieldListFilter),
        ("revoked_at", admin.EmptyFieldListFilter),
    )
    list_select_related = (
        *("endorser", "organization"),
        *("achievement__course", "achievement__track"),
    )
    fields = ("endorser", "achievement", "organization", "comment")

    def get_fields(self, request: HttpRequest, obj: Endorsement | None = None) -> Any:
        audit = (
            *("published_at", "published_by", "signed_at", "failure"),
            *("revoked_at", "revoked_by", "revocation_reason", "public_id"),
        )
        return (*self.fields, *audit) if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Endorsement | None = None) -> Any:
        return [name for name in self.get_fields(request, obj) if name not in self.fields]

    def get_urls(self) -> list[URLPattern]:
        return [
            self.object_path("publish", self.publish_view),
            self.object_path("revoke", self.revoke_view),
            *super().get_urls(),
        ]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        awarding = Organization.objects.filter(is_awarding_body=True)
        match db_field.name:
            case "endorser":
                # Signed with its key, under the identifier that only awarding bodies have.
                kwargs["queryset"] = (
                    awarding
                    if is_superuser(request)
                    else awarding.filter(pk__in=curated_ids(request))
                )
            case "organization":
                kwargs["queryset"] = awarding
            case "achievement":
                kwargs["queryset"] = (
                    Achievement.objects.filter(versions__published_at__isnull=False)
                    .distinct()
                    .select_related("course", "track")
                )
        # Not CuratorAdmin's, which offers one's own organizations only.
        return super(CuratorAdmin, self).formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Endorsement | None = None) -> bool:
        is_fixed = obj is not None and obj.published_at is not None
        return not is_fixed and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Endorsement | None = None) -> bool:
        return obj is not None and self.has_change_permission(request, obj)

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endorsement = self.object_or_404(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self.require_change(request, endorsement)
        assert isinstance(request.user, User)
        with transaction.atomic():
            actions.publish_endorsement(endorsement=endorsement, by=request.user, at=timezone.now())
            self.log_change(request, endorsement, "Published.")
        messages.success(request, f"{endorsement}: published. A worker signs it now.")
        return redirect(self.object_url(endorsement))

    def revoke_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endorsement = self.object_or_404(request, object_id)
        is_in_force = endorsement.published_at and not endorsement.revoked_at
        if not is_in_force or not isinstance(request.user, User):
            raise PermissionDenied
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            with transaction.atomic():
                actions.revoke_endorsement(
                    endorsement=endorsement, by=request.user, reason=reason, at=timezone.now()
                )
                self.log_change(request, endorsement, f"Revoked. Why: {reason}")
            messages.success(request, f"{endorsement}: taken back.")
            return redirect(self.object_url(endorsement))
        return self.ask_why(
            request,
            endorsement,
            title="Take this endorsement back",
            button="Revoke",
            explanation=f"“{endorsement}” is revoked for good: this cannot be undone. Credentials "
            "that carry it stay valid, and say to whoever verifies them that it was taken back.",
            form=form,
        )
