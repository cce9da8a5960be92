"""Awards with their state, retried and revoked; everything that was signed, to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.admin_access import CuratorAdmin, ReasonForm, SuperuserAdmin
from accounts.models import User
from credentials.actions import falling_with, grant, reinstate, revoke, suspend
from credentials.admin.by_hand import decide_by_hand, list_path
from credentials.admin.explaining import why_view as explain_on_a_page
from credentials.explaining import explain_award
from credentials.models import Award, Credential, JudgementRequest, SigningKey, StatusList
from lib.words import counted

STATES = {
    "revoked": Q(revoked_at__isnull=False),
    "issued": Q(revoked_at=None, issued_at__isnull=False),
    "failed": Q(revoked_at=None, issued_at=None, failures__gt=0),
    "due": Q(revoked_at=None, issued_at=None, failures=0),
}


def state_of(award: Award) -> str:
    if award.revoked_at:
        return "revoked"
    if award.issued_at:
        return "issued"
    return "failed" if award.failures else "due"


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state, state) for state in STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Award]) -> QuerySet[Award]:
        state = STATES.get(self.value() or "")
        return queryset if state is None else queryset.filter(state)


def _issued(credential: Credential) -> SafeString | str:
    """When it was, with the page, unless the learner keeps that to themselves."""
    said = f"issued {credential.issued_at:%Y-%m-%d %H:%M} UTC"
    if credential.visibility == Credential.Visibility.OFF:
        return said
    return format_html('<a href="{}">{}</a>', credential.get_absolute_url(), said)


@admin.register(Award)
class AwardAdmin(CuratorAdmin[Award]):
    is_read_only = True
    organization_lookups = ("achievement__awarding_body",)
    change_form_template = "admin/credentials/award_change_form.html"
    change_list_template = "admin/credentials/award_change_list.html"
    date_hierarchy = "decided_at"
    list_display = ("name", "learner", "state", "failures", "decided_at", "issued_at")
    list_filter = (
        StateFilter,
        ("achievement__awarding_body", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("version", "learner")
    search_fields = ("learner__email", "learner__credential_name", "version__name")
    actions = ("retry",)
    fields = (
        "learner",
        "version",
        "number",
        "grade",
        "state",
        "evidence_rows",
        "why",
        "its_credentials",
        "decided_at",
        "expires_at",
        "renews",
        "granted_by",
        "grant_reason",
        "due_at",
        "issued_at",
        "failures",
        "last_failure",
        "revoked_at",
        "revoked_by",
        "revocation_reason",
        "public_id",
    )
    readonly_fields = ("state", "evidence_rows", "why", "its_credentials")

    def get_urls(self) -> list[URLPattern]:
        return [
            list_path(self, "grant", self.grant_view),
            list_path(self, "why", self.why_view),
            self.object_path("revoke", self.revoke_view),
            self.object_path("suspend", self.suspend_view),
            self.object_path("reinstate", self.reinstate_view),
            *super().get_urls(),
        ]

    @admin.display(ordering="version__name")
    def name(self, award: Award) -> str:
        return award.version.name

    @admin.display
    def state(self, award: Award) -> str:
        return state_of(award)

    @admin.display(description="rests on")
    def evidence_rows(self, award: Award) -> SafeString | str:
        rows = award.evidence.select_related(
            *("enrollment__run__course", "supporting_award__version"),
            *("recognition__course", "recognition__skill"),
        )
        return format_html_join("", "<div>{}</div>", ((_evidence_in_words(row),) for row in rows))

    @admin.display(description="why it was awarded")
    def why(self, award: Award) -> SafeString | str:
        because = explain_award(award).because
        return format_html_join(
            "", "<div>{} <em>{}</em></div>", ((line.asked, line.by) for line in because)
        )

    @admin.display(description="credentials")
    def its_credentials(self, award: Award) -> SafeString | str:
        return format_html_join(
            "", "<div>{}</div>", ((_issued(one),) for one in award.credentials.all())
        )

    def has_curate_permission(self, request: HttpRequest) -> bool:
        return self.owns(request, None)

    @admin.action(description="Retry now", permissions=["curate"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Award]) -> None:
        failed = queryset.filter(STATES["failed"])
        with transaction.atomic():
            awards = list(failed)
            failed.update(due_at=timezone.now())
            for award in awards:
                self.log_change(request, award, "Asked to be issued again at once.")
        messages.success(
            request, f"{counted(len(awards), 'failed award')} will be tried again now."
        )

    def grant_view(self, request: HttpRequest) -> HttpResponse:
        return decide_by_hand(
            request,
            self,
            grant,
            title="Award by hand",
            button="Award",
            explanation="The learner is awarded it without its rule, and what is stacked on it "
            "follows. The credential says for everybody to read that it was awarded by hand, and "
            "the reason: write nothing in it that is not for all.",
            done="awarded by hand. Its credential is being signed.",
        )

    def why_view(self, request: HttpRequest) -> HttpResponse:
        return explain_on_a_page(request, self)

    def revoke_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        award = self.object_or_404(request, object_id)
        assert isinstance(request.user, User)
        if award.revoked_at:
            return self._too_late(request, award, "is revoked already")
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            self._revoke(request, award, by=request.user, reason=form.cleaned_data["reason"])
            return redirect(self.object_url(award))
        falling = falling_with(award)
        return self.ask_why(
            request,
            award,
            title="Revoke this award",
            button="Revoke",
            explanation=f"“{award}” and its credentials are revoked for good: this cannot be "
            "undone. The learner and whoever verifies the credential will read the reason.",
            form=form,
            falling=falling,
        )

    def suspend_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        award = self.object_or_404(request, object_id)
        by = request.user
        assert isinstance(by, User)
        if not award.credentials.standing().filter(suspended_at=None):
            return self._too_late(request, award, "has no credential to suspend")
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            with transaction.atomic():
                suspend(award=award, by=by, reason=reason, at=timezone.now())
                self.log_change(request, award, f"Suspended. Why: {reason}")
            messages.success(request, f"“{award}” is suspended.")
            return redirect(self.object_url(award))
        return self.ask_why(
            request,
            award,
            title="Suspend this credential",
            button="Suspend",
            explanation=f"The credential of “{award}” does not count until it is reinstated. The "
            "learner and whoever verifies it will read the reason.",
            form=form,
        )

    def reinstate_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        award = self.object_or_404(request, object_id)
        if not award.credentials.filter(suspended_at__isnull=False).exists():
            return self._too_late(request, award, "is not suspended")
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            with transaction.atomic():
                reinstate(award=award)
                self.log_change(request, award, f"Reinstated. Why: {form.cleaned_data['reason']}")
            messages.success(request, f"“{award}” counts again.")
            return redirect(self.object_url(award))
        return self.ask_why(
            request,
            award,
            title="Reinstate this credential",
            button="Reinstate",
            explanation=f"The credential of “{award}” counts again at once.",
            form=form,
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        award = self.get_object(request, object_id)
        standing = Credential.objects.standing().filter(award=award)
        context = {
            "can_suspend": standing.filter(suspended_at=None).exists(),
            "can_reinstate": standing.filter(suspended_at__isnull=False).exists(),
        }
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **context}
        )

    def _too_late(self, request: HttpRequest, award: Award, why: str) -> HttpResponse:
        messages.info(request, f"“{award}” {why}. Nothing was changed.")
        return redirect(self.object_url(award))

    def _revoke(self, request: HttpRequest, award: Award, *, by: User, reason: str) -> None:
        with transaction.atomic():
            fallen = revoke(award=award, by=by, reason=reason, at=timezone.now())
            self.log_change(request, award, f"Revoked. Why: {reason}")
            for above in fallen:
                self.log_change(request, above, f"Revoked with “{award}”. Why: {reason}")
        also = f", and {len(fallen)} that rested on it" if fallen else ""
        messages.success(request, f"“{award}” is revoked{also}.")


def _evidence_in_words(row: Any) -> str:
    if row.enrollment:
        course, completed_at = row.enrollment.run.course, row.enrollment.completed_at
        if completed_at is None:
            return f"{course}, whose completion was taken back"
        return f"{course}, completed {completed_at:%Y-%m-%d %H:%M} UTC"
    if row.recognition:
        recognized_at = row.recognition.recognized_at
        return f"Prior learning: {row.recognition.subject}, {recognized_at:%Y-%m-%d %H:%M} UTC"
    return f"{row.supporting_award.version.name} (award {row.supporting_award.number})"


@admin.register(Credential)
class CredentialAdmin(CuratorAdmin[Credential]):
    is_read_only = True
    organization_lookups = ("award__achievement__awarding_body",)
    date_hierarchy = "issued_at"
    list_display = ("name", "recipient_name", "issued_at", "revoked_at", "page")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("award__version",)
    search_fields = ("recipient_name", "award__learner__email", "award__version__name")
    fields = (
        "award",
        "recipient_name",
        "issued_at",
        "key",
        "status_list",
        "status_index",
        "supersedes",
        "revoked_at",
        "revocation_reason",
        "suspended_at",
        "suspended_by",
        "suspension_reason",
        "public_id",
        "page",
    )
    readonly_fields = ("page",)

    @admin.display(ordering="award__version__name")
    def name(self, credential: Credential) -> str:
        return credential.award.version.name

    @admin.display
    def page(self, credential: Credential) -> SafeString | str:
        if credential.visibility == Credential.Visibility.OFF:
            return "(only its learner sees it)"
        return format_html('<a href="{}">Page</a>', credential.get_absolute_url())

    def get_view_on_site_url(self, obj: Credential | None = None) -> str | None:
        is_shown = obj is not None and obj.visibility != Credential.Visibility.OFF
        return obj.get_absolute_url() if obj and is_shown else None


@admin.register(SigningKey)
class SigningKeyAdmin(SuperuserAdmin[SigningKey]):
    """The public halves. The sealed private halves never leave the database by this way."""

    is_read_only = True
    list_display = ("organization", "fragment", "kind", "created_at", "retired_at")
    list_select_related = ("organization",)
    fields = (
        "organization",
        "kind",
        "fragment",
        "public_key_multibase",
        "device_label",
        "created_at",
        "retired_at",
        "distrusted_at",
    )


@admin.register(StatusList)
class StatusListAdmin(SuperuserAdmin[StatusList]):
    is_read_only = True
    list_display = ("organization", "number", "places_taken", "is_signed", "signed_at")
    list_select_related = ("organization",)
    fields = (
        "organization",
        "number",
        "places_taken",
        "changes",
        "signed_changes",
        "signed_at",
        "suspension_changes",
        "signed_suspension_changes",
        "suspensions_signed_at",
    )

    @admin.display(boolean=True, description="up to date")
    def is_signed(self, status_list: StatusList) -> bool:
        return (
            status_list.changes == status_list.signed_changes
            and status_list.suspension_changes == status_list.signed_suspension_changes
        )


@admin.register(JudgementRequest)
class JudgementRequestAdmin(SuperuserAdmin[JudgementRequest]):
    is_read_only = True
    list_display = ("learner", "requested_at")
    list_select_related = ("learner",)
