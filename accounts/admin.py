"""People, organizations and programs: for the people who run the installation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.forms import UserChangeForm as DjangoUserChangeForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone
from oauth2_provider.generators import generate_client_secret

from accounts import actions
from accounts.admin_access import PartInline, SuperuserAdmin
from accounts.admin_forms import SlugForm
from accounts.models import ApiClient, Membership, Organization, User


class MembershipInline(PartInline):
    model = Membership
    autocomplete_fields = ("organization",)


class UserAddForm(BaseUserCreationForm[User]):
    class Meta:
        model = User
        fields = ("email", "credential_name")
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class UserChangeForm(DjangoUserChangeForm[User]):
    class Meta:
        model = User
        fields = "__all__"
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


@admin.register(User)
class UserAdmin(SuperuserAdmin[User], DjangoUserAdmin[User]):
    add_form = UserAddForm
    form = UserChangeForm
    change_form_template = "admin/accounts/user_change_form.html"
    ordering = ("email",)
    list_display = ("email", "credential_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "memberships__role")
    search_fields = ("email", "credential_name")
    readonly_fields = ("public_id", "last_login", "date_joined")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "password", "credential_name", "language", "public_id")}),
        (
            "Access",
            {
                "fields": ("is_active", "is_staff", "is_superuser"),
                "description": "A curator is staff and has a membership as curator below.",
            },
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "credential_name", "password1", "password2")}),)
    inlines = (MembershipInline,)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is not None and obj.erased_at is not None:
            # Nothing is left to be changed, and no password to be reset.
            return ((None, {"fields": ("email", "public_id", "erased_at")}), *self.fieldsets[1:])
        return super().get_fieldsets(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People are deactivated or erased: what others did with them refers to their row."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        is_gone = obj is not None and obj.erased_at is not None
        return not is_gone and super().has_change_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        return [
            self.object_path("erase", self.erase_view),
            self.object_path("data", self.data_view),
            *super().get_urls(),
        ]

    def erase_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For whoever asks by letter, or can no longer sign in."""
        return self._asked_for(
            request,
            object_id,
            title="Erase this person",
            explanation="All that is held about them is erased, within minutes and for good. Only "
            "do this when they have asked for it and you know that it was they who asked.",
            act=actions.request_erasure,
        )

    def data_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._asked_for(
            request,
            object_id,
            title="Make a copy of their data",
            explanation="They get a message, and download it themselves.",
            act=actions.request_export,
        )

    def _asked_for(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        title: str,
        explanation: str,
        act: Callable[..., Any],
    ) -> HttpResponse:
        person = self.object_or_404(request, object_id)
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        form = forms.Form(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            by = {"by": request.user} if act is actions.request_erasure else {}
            try:
                act(user=person, at=timezone.now(), **by)
            except actions.StillAdministers:
                messages.error(request, "Take away their rights as superuser first.")
            else:
                self.log_change(request, person, f"{title}: asked for.")
                messages.success(request, f"{title}: a worker does it now.")
            return redirect(self.object_url(person))
        return self.ask_why(
            request, person, title=title, button=title, explanation=explanation, form=form
        )


class OrganizationForm(SlugForm):
    named_by = "name"

    url = forms.URLField(
        label="Website",
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=AdminURLFieldWidget,
    )

    class Meta:
        model = Organization
        fields = "__all__"

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()


@admin.register(Organization)
class OrganizationAdmin(SuperuserAdmin[Organization]):
    form = OrganizationForm
    list_display = ("name", "country", "is_provider", "is_awarding_body", "is_employer")
    list_filter = ("is_provider", "is_awarding_body", "is_employer", "country")
    search_fields = ("name", "slug", "external_id")
    inlines = (MembershipInline,)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Organization | None = None
    ) -> tuple[str, ...]:
        # The issuer's DID in every signed credential is made of the slug.
        return ("slug", "public_id") if obj else ("public_id",)

    def get_inlines(self, request: HttpRequest, obj: Organization | None) -> list[Any]:
        return [OrganizationMembersInline]


class OrganizationMembersInline(PartInline):
    model = Membership
    autocomplete_fields = ("user",)


@admin.register(Membership)
class MembershipAdmin(SuperuserAdmin[Membership]):
    list_display = ("user", "organization", "role")
    list_filter = ("role", "organization")
    list_select_related = ("user", "organization")
    search_fields = ("user__email", "user__credential_name", "organization__name")
    autocomplete_fields = ("user", "organization")


class ApiClientForm(forms.ModelForm[ApiClient]):
    class Meta:
        model = ApiClient
        fields = ("name", "organization")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "organization"):
            if name in self.fields:
                self.fields[name].required = True


class ApiClientAdmin(SuperuserAdmin[ApiClient]):
    """Clients of the HR interface. The secret is stored hashed, and shown when it is made."""

    form = ApiClientForm
    change_form_template = "admin/accounts/apiclient_change_form.html"
    list_display = ("name", "organization", "client_id", "created")
    list_select_related = ("organization",)
    search_fields = ("name", "client_id", "organization__name")
    autocomplete_fields = ("organization",)
    readonly_fields = ("client_id", "created")
    fields = ("name", "organization", "client_id", "created")
    # Its own page would be the library's, which this site does not have.
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiClient]:
        """Without the apps that registered themselves, of which there may be many."""
        entered = ApiClient.RegistrationSource.MANUAL
        return super().get_queryset(request).filter(registration_source=entered)

    def get_urls(self) -> list[URLPattern]:
        return [self.object_path("secret", self.new_secret_view), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: ApiClient, form: Any, change: bool) -> None:
        if not change:
            obj.client_type = ApiClient.CLIENT_CONFIDENTIAL
            obj.authorization_grant_type = ApiClient.GRANT_CLIENT_CREDENTIALS
            secret = generate_client_secret()  # type: ignore[no-untyped-call]
            obj.client_secret = secret
            request._new_secret = secret  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: ApiClient, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._show_secret(request, obj, request._new_secret)  # type: ignore[attr-defined]

    def new_secret_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Replace the secret; tokens given already run out within the hour."""
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        client = self.object_or_404(request, object_id)
        secret = generate_client_secret()  # type: ignore[no-untyped-call]
        client.client_secret = secret
        client.save(update_fields=["client_secret"])
        self.log_change(request, client, "Made a new secret.")
        return self._show_secret(request, client, secret)

    def _show_secret(self, request: HttpRequest, client: ApiClient, secret: str) -> HttpResponse:
        return TemplateResponse(
            request,
            "admin/accounts/apiclient_secret.html",
            {
                **self.admin_site.each_context(request),
                "title": "The client's secret",
                "opts": self.opts,
                "client": client,
                "secret": secret,
            },
        )


class EmailAddressAdmin(SuperuserAdmin[EmailAddress]):
    list_display = ("email", "user", "primary", "verified")
    list_filter = ("primary", "verified")
    list_select_related = ("user",)
    search_fields = ("email", "user__email", "user__credential_name")
    autocomplete_fields = ("user",)


@admin.register(LogEntry)
class LogEntryAdmin(SuperuserAdmin[LogEntry]):
    """Who did what, when and why, over all organizations."""

    is_read_only = True
    date_hierarchy = "action_time"
    list_display = ("action_time", "user", "content_type", "object_repr", "what")
    list_filter = ("action_flag", ("content_type", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "change_message", "user__email")
    fields = ("action_time", "user", "content_type", "object_id", "object_repr", "what")
    readonly_fields = fields

    @admin.display(description="what and why")
    def what(self, entry: LogEntry) -> str:
        return entry.get_change_message()
