"""What curators decide beside the rules: awards and refusals by hand, and appeals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.admin_access import CuratorAdmin, ReasonForm, curated_ids, is_superuser
from accounts.models import User
from catalog.models import Achievement
from credentials import actions
from credentials.models import Appeal, Refusal


class ByHandForm(forms.Form):
    learner = forms.EmailField(
        label="The learner's e-mail address",
        widget=forms.EmailInput(attrs={"class": "vTextField"}),
    )
    achievement = forms.ModelChoiceField(Achievement.objects.none(), label="Credential")
    reason = forms.CharField(
        label="Why",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )

    def __init__(self, *args: Any, achievements: models.QuerySet[Achievement], **kwargs: Any):
        super().__init__(*args, **kwargs)
        choice = self.fields["achievement"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = achievements

    def clean_learner(self) -> User:
        found = User.objects.filter(
            email__iexact=self.cleaned_data["learner"], is_active=True, erased_at=None
        ).first()
        if found is None:
            raise forms.ValidationError("Nobody here has this address.")
        return found


class Decision(Protocol):
    def __call__(
        self, *, learner: User, achievement: Achievement, by: User, reason: str, at: Any
    ) -> models.Model: ...


def decide_by_hand(
    request: HttpRequest,
    model_admin: CuratorAdmin[Any],
    decision: Decision,
    *,
    title: str,
    button: str,
    explanation: str,
    done: str,
) -> HttpResponse:
    """The page on which a curator names a learner, a credential of theirs, and the reason."""
    if not model_admin.owns(request, None) or not isinstance(request.user, User):
        raise PermissionDenied
    own = Achievement.objects.select_related("course", "track").order_by("pk")
    if not is_superuser(request):
        own = own.filter(awarding_body__in=curated_ids(request))
    form = ByHandForm(request.POST if request.method == "POST" else None, achievements=own)
    if form.is_valid():
        try:
            with transaction.atomic():
                made = decision(by=request.user, at=timezone.now(), **form.cleaned_data)
                model_admin.log_addition(
                    request, made, f"{title}. Why: {form.cleaned_data['reason']}"
                )
        except actions.CannotDecide as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"{made}: {done}")
            return redirect(model_admin.object_url(made))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "form": form,
        "button": button,
        "explanation": explanation,
    }
    return TemplateResponse(request, "admin/ask_why.html", context)


def list_path(model_admin: CuratorAdmin[Any], name: str, view: Callable[..., Any]) -> URLPattern:
    """An address beside the list: ``name/``, named ``<app>_<model>_name``."""
    opts = model_admin.opts
    return path(
        f"{name}/",
        model_admin.admin_site.admin_view(view),
        name=f"{opts.app_label}_{opts.model_name}_{name}",
    )


@admin.register(Refusal)
class RefusalAdmin(CuratorAdmin[Refusal]):
    is_read_only = True
    organization_lookups = ("achievement__awarding_body",)
    change_list_template = "admin/credentials/refusal_change_list.html"
    change_form_template = "admin/credentials/refusal_change_form.html"
    list_display = ("learner", "achievement", "reason", "refused_at", "lifted_at")
    list_filter = (("lifted_at", admin.EmptyFieldListFilter),)
    list_select_related = ("learner", "achievement__course", "achievement__track")
    search_fields = ("learner__email", "learner__credential_name")
    fields = (
        *("learner", "achievement", "reason", "refused_at", "by"),
        *("lifted_at", "lifted_by", "lift_reason"),
    )

    def get_urls(self) -> list[URLPattern]:
        return [
            list_path(self, "refuse", self.refuse_view),
            self.object_path("lift", self.lift_view),
            *super().get_urls(),
        ]

    def refuse_view(self, request: HttpRequest) -> HttpResponse:
        return decide_by_hand(
            request,
            self,
            actions.refuse,
            title="Refuse a credential",
            button="Refuse",
            explanation="Whatever the rule says, the learner is not awarded it until the refusal "
            "is lifted. They read the reason, and can appeal.",
            done="the rule does not award it until you lift the refusal.",
        )

    def lift_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        refusal = self.object_or_404(request, object_id)
        if not self.owns(request, refusal):
            raise PermissionDenied
        if refusal.lifted_at:
            messages.info(request, "The refusal is lifted already. Nothing was changed.")
            return redirect(self.object_url(refusal))
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and isinstance(request.user, User):
            reason = form.cleaned_data["reason"]
            try:
                with transaction.atomic():
                    actions.lift_refusal(
                        refusal=refusal, by=request.user, reason=reason, at=timezone.now()
                    )
                    self.log_change(request, refusal, f"Lifted. Why: {reason}")
            except actions.CannotDecide as problem:
                form.add_error(None, str(problem))
            else:
                messages.success(request, "The refusal is lifted: the rule decides again.")
                return redirect(self.object_url(refusal))
        return self.ask_why(
            request,
            refusal,
            title="Lift this refusal",
            button="Lift",
            explanation="The learner is judged by the rule again, at once.",
            form=form,
        )


@admin.register(Appeal)
class AppealAdmin(CuratorAdmin[Appeal]):
    is_read_only = True
    organization_lookups = ("achievement__awarding_body",)
    change_form_template = "admin/credentials/appeal_change_form.html"
    list_display = ("learner", "achievement", "asked_at", "answered_at", "is_granted")
    list_filter = (("answered_at", admin.EmptyFieldListFilter), "is_granted")
    list_select_related = ("learner", "achievement__course", "achievement__track")
    search_fields = ("learner__email", "learner__credential_name")
    fields = (
        *("learner", "achievement", "text", "asked_at"),
        *("is_granted", "answer", "answered_at", "answered_by"),
    )

    def get_urls(self) -> list[URLPattern]:
        return [
            self.object_path("grant", self.grant_view),
            self.object_path("refuse", self.refuse_view),
            *super().get_urls(),
        ]

    def grant_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._answer(request, object_id, is_granted=True)

    def refuse_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._answer(request, object_id, is_granted=False)

    def _answer(self, request: HttpRequest, object_id: str, *, is_granted: bool) -> HttpResponse:
        appeal = self.object_or_404(request, object_id)
        if not self.owns(request, appeal):
            raise PermissionDenied
        if appeal.answered_at:
            messages.info(request, "The appeal is answered already. Nothing was changed.")
            return redirect(self.object_url(appeal))
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and isinstance(request.user, User):
            answer = form.cleaned_data["reason"]
            try:
                with transaction.atomic():
                    actions.answer_appeal(
                        appeal=appeal,
                        is_granted=is_granted,
                        by=request.user,
                        answer=answer,
                        at=timezone.now(),
                    )
                    said = "Awarded" if is_granted else "Not awarded"
                    self.log_change(request, appeal, f"{said}. Why: {answer}")
            except actions.CannotDecide as problem:
                form.add_error(None, str(problem))
            else:
                messages.success(request, "The learner is told.")
                return redirect(self.object_url(appeal))
        explanation = (
            "The learner is awarded the credential by hand; it says so, with this reason. A "
            "refusal that stands in the way is lifted."
            if is_granted
            else "The learner reads the reason."
        )
        return self.ask_why(
            request,
            appeal,
            title="Grant this appeal" if is_granted else "Decline this appeal",
            button="Award" if is_granted else "Decline",
            explanation=f"The learner writes: “{appeal.text.strip()}” {explanation}",
            form=form,
        )
