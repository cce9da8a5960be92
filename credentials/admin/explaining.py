"""Why a learner was awarded a credential or not yet, as the learner reads it: for its curators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.admin_access import CuratorAdmin, curated_ids, is_superuser
from accounts.models import User
from catalog.models import Achievement
from credentials.explaining import explain


class WhyForm(forms.Form):
    learner = forms.EmailField(
        label="The learner's e-mail address",
        widget=forms.EmailInput(attrs={"class": "vTextField"}),
    )
    achievement = forms.ModelChoiceField(Achievement.objects.none(), label="Credential")

    def __init__(
        self,
        *args: Any,
        achievements: QuerySet[Achievement],
        learners: QuerySet[User],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.learners = learners
        choice = self.fields["achievement"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = achievements

    def clean_learner(self) -> User:
        found = self.learners.filter(email__iexact=self.cleaned_data["learner"]).first()
        if found is None:
            raise forms.ValidationError("Nobody of your learners has this address.")
        return found


def why_view(request: HttpRequest, model_admin: CuratorAdmin[Any]) -> HttpResponse:
    """A form, or by a link ``?learner=&achievement=`` with their numbers: no address in a log."""
    if not model_admin.owns(request, None):
        raise PermissionDenied
    learners = _learners(request)
    form = WhyForm(
        _asked(request, learners), achievements=_own_achievements(request), learners=learners
    )
    why = None
    if form.is_valid():
        why = explain(**form.cleaned_data, at=timezone.now())
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Why, or why not yet",
        "opts": model_admin.opts,
        "form": form,
        "why": why,
    }
    return TemplateResponse(request, "admin/credentials/why.html", context)


def _asked(request: HttpRequest, learners: QuerySet[User]) -> Mapping[str, str] | None:
    if request.method == "POST":
        return request.POST
    number, achievement = request.GET.get("learner", ""), request.GET.get("achievement", "")
    learner = learners.filter(pk=number).first() if number.isdecimal() else None
    return {"learner": learner.email, "achievement": achievement} if learner else None


def _own_achievements(request: HttpRequest) -> QuerySet[Achievement]:
    published = Achievement.objects.filter(versions__published_at__isnull=False).distinct()
    if not is_superuser(request):
        published = published.filter(awarding_body__in=curated_ids(request))
    return published.select_related("course", "track").order_by("pk")


def _learners(request: HttpRequest) -> QuerySet[User]:
    """Who learns in the organization's courses, or is on the way to what it awards.

    An explanation tells what somebody has completed elsewhere: that is no stranger's to read.
    """
    known = User.objects.filter(is_active=True, erased_at=None)
    if is_superuser(request):
        return known
    own = curated_ids(request)
    paths = (
        *("enrollments__run__course__provider", "enrollments__run__course__awarding_body"),
        *("awards__achievement__awarding_body", "pursuits__achievement__awarding_body"),
        *("appeals__achievement__awarding_body", "refusals__achievement__awarding_body"),
    )
    theirs = Q()
    for path in paths:
        theirs |= Q(pk__in=User.objects.filter(**{f"{path}__in": own}).values("pk"))
    return known.filter(theirs)
