"""Who learns in the curator's courses, and what a curator decides for one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.admin_access import CuratorAdmin, PartInline, ReasonForm
from accounts.models import User
from enrollment import actions
from enrollment.models import Correction, Enrollment
from enrollment.signals import completion_would_change
from lib.words import counted

Status = Enrollment.Status


class DateForm(ReasonForm):
    due_on = forms.DateField(
        label="New last day", widget=forms.DateInput(attrs={"type": "date", "class": "vDateField"})
    )


class GradeForm(ReasonForm):
    grade = forms.DecimalField(
        label="Grade in percent", min_value=0, max_value=100, max_digits=5, decimal_places=2
    )


class QuizTimeForm(ReasonForm):
    extra_percent = forms.IntegerField(
        label="More time, in percent",
        min_value=0,
        max_value=300,
        help_text="25 gives 25 minutes instead of 20; 0 takes it back.",
    )


class DecisionForm(forms.Form):
    """Nothing to fill in: only to be confirmed."""


@dataclass(frozen=True)
class Decision:
    """A button on an enrollment's page. ``statuses`` says where it can be used."""

    label: str
    explanation: str
    statuses: frozenset[str]
    act: Callable[..., Any]
    form: type[forms.Form] = ReasonForm
    undoes: bool = False
    """Whether it takes a completion back, and with it what rests on that."""


def _no_show(**values: Any) -> Enrollment:
    return actions.fail(**values, is_no_show=True)


def _approve(*, enrollment: Enrollment, at: Any, by: User) -> Enrollment:
    return actions.approve(enrollment=enrollment, at=at)


ACTIVE, COMPLETED = frozenset({Status.ACTIVE}), frozenset({Status.COMPLETED})
FAILED = frozenset({Status.FAILED})
REQUESTED = frozenset({Status.REQUESTED})
DECISIONS = {
    "approve": Decision(
        "Approve",
        "The learner gets a seat, or the next place on the waitlist. A seat that costs something "
        "is offered.",
        REQUESTED,
        _approve,
        DecisionForm,
    ),
    "refuse": Decision(
        "Refuse",
        "The learner gets no seat, is told why, and may ask again.",
        REQUESTED,
        actions.refuse,
    ),
    "complete": Decision(
        "Complete by hand",
        "The course counts as completed, and the credential says that it was recorded by hand.",
        ACTIVE,
        actions.complete_by_hand,
    ),
    "extend": Decision(
        "Give more time", "Only for this learner.", ACTIVE, actions.extend, DateForm
    ),
    "quiz-time": Decision(
        "Give more time in quizzes",
        "For this learner, in every quiz that is timed, also in one that is under way. The learner "
        "sees it.",
        ACTIVE,
        actions.give_quiz_time,
        QuizTimeForm,
    ),
    "no-show": Decision(
        "Did not come",
        "The enrollment ends without success, and the seat goes to whoever waits longest.",
        ACTIVE,
        _no_show,
    ),
    "fail": Decision(
        "Fail",
        "The enrollment ends without success. Credentials that rest on a completion are revoked.",
        ACTIVE | COMPLETED,
        actions.fail,
        undoes=True,
    ),
    "reopen": Decision(
        "Open again",
        "The learner goes on. A completion is undone, and credentials that rest on it are revoked; "
        "the course is completed again by new results, or by hand.",
        COMPLETED | FAILED,
        actions.reopen,
        undoes=True,
    ),
    "grade": Decision(
        "Correct the grade",
        "The grade before stays on record. Credentials that state it are replaced, and those that "
        "the new grade is too low for are revoked.",
        COMPLETED,
        actions.correct_grade,
        GradeForm,
    ),
}


class CorrectionInline(PartInline):
    model = Correction
    fields = readonly_fields = ("kind", "by", "at", "reason", "grade_before", "extra_percent")
    verbose_name_plural = "what was changed, by whom and why"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Enrollment)
class EnrollmentAdmin(CuratorAdmin[Enrollment]):
    """To be read, and changed by decisions that leave a row."""

    is_read_only = True
    organization_lookups = ("run__course__provider", "run__course__awarding_body")
    change_form_template = "admin/enrollment/enrollment_change_form.html"
    date_hierarchy = "enrolled_at"
    list_display = ("learner", "course", "run", "status", "grade", "enrolled_at", "completed_at")
    list_filter = ("status",)
    list_select_related = ("learner", "run__course")
    search_fields = ("learner__email", "learner__credential_name", "run__course__title")
    inlines = (CorrectionInline,)
    fields = (
        "learner",
        "course",
        "run",
        "status",
        "waitlist_place",
        "offer_ends_at",
        "edition",
        "grade",
        "min_grade",
        "enrolled_at",
        "due_on",
        "completed_at",
        "completed_by",
        "withdrawn_at",
        "public_id",
    )
    readonly_fields = ("course",)

    @admin.display(ordering="run__course__title")
    def course(self, enrollment: Enrollment) -> str:
        return str(enrollment.run.course)

    def get_urls(self) -> list[URLPattern]:
        decide = path(
            "<path:object_id>/decide/<slug:name>/",
            self.admin_site.admin_view(self.decide_view),
            name="enrollment_enrollment_decide",
        )
        return [decide, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        enrollment = self.get_object(request, object_id)
        possible = {
            name: one.label
            for name, one in DECISIONS.items()
            if enrollment is not None and enrollment.status in one.statuses
        }
        context = {**(extra_context or {}), "decisions": possible}
        return super().change_view(request, object_id, form_url, context)

    def decide_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        enrollment = self.object_or_404(request, object_id)
        decision = DECISIONS.get(name)
        if decision is None:
            raise Http404
        # Nobody decides about their own learning.
        is_own = enrollment.learner_id == request.user.pk
        if is_own or not self.owns(request, enrollment) or not isinstance(request.user, User):
            raise PermissionDenied
        form = decision.form(request.POST if request.method == "POST" else None)
        is_decided = request.method == "POST" and form.is_valid()
        falling = _falling(enrollment, decision, form)
        # What is too low for a grade is known once the grade is: then the page asks again.
        shown = _shown(decision, form) if falling else ""
        if is_decided and request.POST.get("shown", "") == shown:
            try:
                decision.act(
                    enrollment=enrollment,
                    by=request.user,
                    at=timezone.now(),
                    **form.cleaned_data,
                )
            except actions.CannotCorrect as error:
                form.add_error(None, str(error))
                messages.error(request, str(error))
            else:
                self.log_change(request, enrollment, f"{decision.label}.")
                also = f" {counted(len(falling), 'award')} revoked." if falling else ""
                messages.success(request, f"{decision.label}: done.{also}")
                return redirect(self.object_url(enrollment))
        return self.ask_why(
            request,
            enrollment,
            title=decision.label,
            button=decision.label,
            explanation=decision.explanation + (ASKED_AGAIN if is_decided and shown else ""),
            form=form,
            falling=falling,
            shown=shown,
        )


ASKED_AGAIN = " Nothing is changed yet: look at what falls, and confirm."


def _falling(enrollment: Enrollment, decision: Decision, form: forms.Form) -> list[Any] | None:
    """What would be revoked, as the apps above say; nothing where that is not the question."""
    if not enrollment.is_completed:
        return None
    grade = getattr(form, "cleaned_data", {}).get("grade")
    if not decision.undoes and grade is None:
        return None
    answers = completion_would_change.send(
        sender=Enrollment, enrollment=enrollment, is_undone=decision.undoes, grade=grade
    )
    return [one for _, found in answers for one in found or ()]


def _shown(decision: Decision, form: forms.Form) -> str:
    """For which grade the page shows what falls, once it has one."""
    grade = getattr(form, "cleaned_data", {}).get("grade")
    return "" if decision.undoes or grade is None else str(grade.normalize())
