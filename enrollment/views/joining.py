"""Coming and going: enroll in a run, again too, pay, take an offered seat, change it, leave."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from catalog.models import Course, CourseRun
from enrollment import actions, prerequisites
from enrollment.forms import ExemptionForm, PaymentForm
from enrollment.models import Enrollment, Exemption
from enrollment.paying import Payment
from enrollment.requirements import requirements
from enrollment.views.common import crumbs, mine, require_post_or_return

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_post_or_return
def enroll(request: AuthenticatedRequest, run_id: uuid.UUID) -> HttpResponse:
    run = get_object_or_404(
        CourseRun.objects.filter(course__status__in=Course.PUBLIC).select_related("course"),
        public_id=run_id,
    )

    def take(payment: Payment | None) -> Enrollment:
        return actions.enroll(learner=request.user, run=run, at=timezone.now(), payment=payment)

    return _join(request, run, take)


@require_post_or_return
def take_again(request: AuthenticatedRequest, enrollment_id: uuid.UUID) -> HttpResponse:
    """A run that was completed, from its first unit on: so a credential of its own is renewed."""
    enrollment = mine(request, enrollment_id)

    def take(payment: Payment | None) -> Enrollment:
        return actions.take_again(enrollment=enrollment, at=timezone.now(), payment=payment)

    return _join(request, enrollment.run, take)


def _join(
    request: AuthenticatedRequest, run: CourseRun, take: Callable[[Payment | None], Enrollment]
) -> HttpResponse:
    """A run that costs something asks on the way how it is paid."""
    if request.method != "POST" and not run.is_paid:
        return redirect(run.course)
    if not request.user.credential_name:
        messages.info(request, _("First say which name your credentials should carry."))
        query = urlencode({"next": run.course.get_absolute_url()})
        return redirect(f"{reverse('accounts:profile')}?{query}")
    form = _payment_form(request, run) if run.is_paid else None
    if form is not None and request.method != "POST":
        return _ask_for_payment(request, run, form)
    payment = form.payment() if form is not None and form.is_bound and form.is_valid() else None
    try:
        enrollment = take(payment)
    except actions.NotOpen:
        messages.error(request, _("This run takes no new learners now. Look for another one."))
        return redirect(run.course)
    except actions.NotAdmitted:
        return redirect("enrollment:exemption", run.course.slug)
    except actions.PaymentNeeded:
        return _ask_for_payment(request, run, form or _payment_form(request, run))
    except actions.CannotPay as error:
        return _ask_for_payment(request, run, form or _payment_form(request, run), error=error)
    if enrollment.is_active:
        messages.success(
            request, _("Welcome to %(course)s. Start whenever you like.") % {"course": run.course}
        )
    return redirect("enrollment:course", enrollment.public_id)


def _payment_form(request: AuthenticatedRequest, run: CourseRun) -> PaymentForm:
    return PaymentForm(request.POST if "method" in request.POST else None, run=run, request=request)


def _ask_for_payment(
    request: HttpRequest,
    run: CourseRun,
    form: PaymentForm,
    *,
    enrollment: Enrollment | None = None,
    error: Exception | None = None,
) -> HttpResponse:
    if error is not None:
        form.add_error(None, str(error))
    status = 422 if form.is_bound else 200
    context = {"run": run, "course": run.course, "form": form, "enrollment": enrollment}
    return render(request, "enrollment/pay.html", context, status=status)


@get_or_post
def exemption(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """What the course asks for that the learner lacks, and a way to ask to be let in."""
    course = get_object_or_404(Course.objects.published(), slug=slug)
    missing = prerequisites.missing(request.user, course, at=timezone.now())
    if not missing:
        return redirect(course)
    asked = Exemption.objects.filter(learner=request.user, course=course).last()
    form = ExemptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.ask_exemption(
            learner=request.user,
            course=course,
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )
        messages.success(request, _("Your request is with the provider. You will get a message."))
        return redirect("enrollment:exemption", course.slug)
    return render(
        request,
        "enrollment/exemption.html",
        {
            "course": course,
            "missing": missing,
            "requirements": requirements(request.user, course, at=timezone.now()),
            "asked": asked,
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )


@get_or_post
def accept(request: AuthenticatedRequest, enrollment_id: uuid.UUID) -> HttpResponse:
    """Take the seat that is held."""
    enrollment = mine(request, enrollment_id)
    run = enrollment.run
    if request.method != "POST" and not (run.is_paid and enrollment.is_offered):
        return redirect("enrollment:course", enrollment.public_id)
    form = _payment_form(request, run)
    if request.method != "POST":
        return _ask_for_payment(request, run, form, enrollment=enrollment)
    payment = form.payment() if form.is_bound and form.is_valid() else None
    try:
        actions.accept_offer(enrollment=enrollment, at=timezone.now(), payment=payment)
    except actions.NoOffer:
        messages.error(
            request, _("The seat is no longer held for you. You can ask for a place again.")
        )
    except actions.PaymentNeeded:
        return _ask_for_payment(request, run, form, enrollment=enrollment)
    except actions.CannotPay as error:
        return _ask_for_payment(request, run, form, enrollment=enrollment, error=error)
    else:
        messages.success(
            request, _("Welcome to %(course)s. Start whenever you like.") % {"course": run.course}
        )
    return redirect("enrollment:course", enrollment.public_id)


@get_or_post
def move(request: AuthenticatedRequest, enrollment_id: uuid.UUID) -> HttpResponse:
    """Go on in another run of the same course."""
    enrollment = mine(request, enrollment_id)
    runs = [run for run in other_runs(enrollment) if run.seats_left is None or run.seats_left > 0]
    if request.method == "POST":
        chosen = next((run for run in runs if str(run.public_id) == request.POST.get("run")), None)
        try:
            if chosen is None:
                raise actions.NotOpen
            actions.transfer(enrollment=enrollment, run=chosen, at=timezone.now())
        except actions.NotOpen:
            messages.error(request, _("That run has no free seat now. You keep yours."))
            return redirect("enrollment:move", enrollment.public_id)
        messages.success(request, _("You are in another run now, with all that you have done."))
        return redirect("enrollment:course", enrollment.public_id)
    return render(
        request,
        "enrollment/move.html",
        {
            "enrollment": enrollment,
            "crumbs": crumbs(enrollment, here=_("Change the run")),
            "course": enrollment.run.course,
            "runs": runs,
        },
    )


def other_runs(enrollment: Enrollment) -> list[CourseRun]:
    """Of the same course and price, that take learners now."""
    if not enrollment.is_active or not enrollment.run.course.is_published:
        return []
    now = timezone.now()
    same = CourseRun.objects.filter(
        course=enrollment.run.course_id,
        price=enrollment.run.price,
        is_external=False,
        needs_approval=False,
    )
    runs = same.exclude(pk=enrollment.run_id).soonest_first()
    return [run for run in runs if run.is_open_at(now)]


@get_or_post
def withdraw(request: AuthenticatedRequest, enrollment_id: uuid.UUID) -> HttpResponse:
    enrollment = mine(request, enrollment_id)
    if not enrollment.is_live or enrollment.is_completed:
        messages.info(request, _("There is nothing to withdraw from."))
        return redirect("enrollment:course", enrollment.public_id)
    if request.method != "POST":
        return render(
            request,
            "enrollment/withdraw.html",
            {
                "enrollment": enrollment,
                "crumbs": crumbs(enrollment, here=_("Withdraw")),
                "course": enrollment.run.course,
            },
        )
    actions.withdraw(enrollment=enrollment, at=timezone.now())
    messages.success(request, _("You have left %(course)s.") % {"course": enrollment.run.course})
    return redirect("enrollment:home")
