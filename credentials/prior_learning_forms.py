"""Claiming prior learning, and saying what it counts as."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organization
from catalog.models import Course, CourseSkill, OutcomeLevel, RuleNode, Skill
from credentials.actions.prior_learning import Finding
from credentials.vc import carriers
from enrollment import uploads
from enrollment.assignment_forms import FilesField, PlainText

MOST_FILES = 5


def asked_organizations() -> Any:
    """Those with a course that prior learning may count as."""
    published = Course.objects.published()
    return Organization.objects.filter(
        Exists(published.filter(provider=OuterRef("pk")))
        | Exists(published.filter(awarding_body=OuterRef("pk")))
    )


class ClaimForm(forms.Form):
    use_required_attribute = False

    organization = forms.ModelChoiceField(
        label=gettext_lazy("Who is to recognize it"),
        queryset=Organization.objects.none(),
        to_field_name="slug",
        empty_label=gettext_lazy("Choose an organization"),
        help_text=gettext_lazy("The provider of the course or track that it may count for."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = asked_organizations()  # type: ignore[attr-defined]


class BadgeForm(ClaimForm):
    file = forms.FileField(
        label=gettext_lazy("The badge as a file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".json,.jsonld,.jwt,.png,.svg,.pdf"}),
        help_text=gettext_lazy(
            "As its issuer gave it to you: JSON, JWT, a PNG or SVG picture, or a PDF certificate."
        ),
    )
    text = forms.CharField(
        label=gettext_lazy("Or its text"),
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy("Paste all of it: the JSON with its braces, or the JWT."),
    )
    statement = PlainText(
        label=gettext_lazy("What it may count as"),
        rows=4,
        required=False,
        help_text=gettext_lazy("A course or a skill, and what shows that you know it."),
    )

    def clean_file(self) -> bytes | None:
        file = self.cleaned_data["file"]
        if file is None:
            return None
        if (file.size or 0) > carriers.MAX_BYTES:
            raise forms.ValidationError(
                _("Choose a file of at most %(most)s KiB: badges are small.")
                % {"most": carriers.MAX_BYTES // 1024}
            )
        content: bytes = file.read()
        return content

    def clean(self) -> dict[str, Any]:
        given = [name for name in ("file", "text") if self.cleaned_data.get(name)]
        if not given and "file" not in self.errors:
            raise forms.ValidationError(_("Choose the badge's file, or paste its text."))
        if len(given) > 1:
            raise forms.ValidationError(_("Give the badge in one way only."))
        return self.cleaned_data

    @property
    def source(self) -> bytes | str:
        source: bytes | str = self.cleaned_data["file"] or self.cleaned_data["text"]
        return source


class EvidenceForm(ClaimForm):
    statement = PlainText(
        label=gettext_lazy("What you learned, and where"),
        rows=8,
        help_text=gettext_lazy("Say, too, which course or skill it may count as."),
        error_messages={"required": gettext_lazy("Say what you learned, and where.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = FilesField(
            label=gettext_lazy("Files"),
            most=MOST_FILES,
            required=False,
            help_text=_(
                "Certificates, work samples, references: up to %(files)s files of %(most)s MB each."
            )
            % {"files": MOST_FILES, "most": settings.MAX_UPLOAD_BYTES // 1024**2},
        )

    @property
    def files_checked(self) -> list[uploads.Upload]:
        return list(self.cleaned_data["files"])


class ReasonForm(forms.Form):
    use_required_attribute = False

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The learner reads it."),
        error_messages={"required": gettext_lazy("Say why: the learner reads it.")},
    )


class GrantForm(ReasonForm):
    """What it counts as is one choice, so it is never both a course and a skill."""

    counts_as = forms.ChoiceField(label=gettext_lazy("It counts as"))
    level = forms.ChoiceField(
        label=gettext_lazy("Level"),
        required=False,
        choices=[("", gettext_lazy("Not stated")), *OutcomeLevel.choices],
        help_text=gettext_lazy("Of a skill."),
    )
    grade = forms.DecimalField(
        label=gettext_lazy("Grade in percent"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=gettext_lazy("Where rules ask for a grade, it counts only with one."),
    )
    until = forms.DateField(
        label=gettext_lazy("Last day on which it counts"),
        required=False,
        # No moment is later than the year 9999, in whatever zone it is shown.
        validators=[MaxValueValidator(datetime.date(2999, 12, 31))],
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: it counts without end."),
    )
    field_order = ("counts_as", "level", "grade", "until", "reason")

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.courses = {f"course-{course.pk}": course for course in _courses_of(organization)}
        self.skills = {f"skill-{skill.pk}": skill for skill in _skills_of(organization)}
        named = [
            (_("Courses"), [(key, course.title) for key, course in self.courses.items()]),
            (_("Skills"), [(key, skill.label) for key, skill in self.skills.items()]),
        ]
        self.fields["counts_as"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a course or a skill")),
            *((label, choices) for label, choices in named if choices),
        ]

    def clean_until(self) -> datetime.date | None:
        until: datetime.date | None = self.cleaned_data["until"]
        if until and until < timezone.now().date():
            raise forms.ValidationError(_("This day is over."))
        return until

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("level") and self.cleaned_data.get("counts_as") in self.courses:
            self.add_error("level", _("A course has no level. Leave it out."))
        return self.cleaned_data

    @property
    def finding(self) -> Finding:
        data = self.cleaned_data
        return Finding(
            course=self.courses.get(data["counts_as"]),
            skill=self.skills.get(data["counts_as"]),
            level=data["level"],
            grade=data["grade"],
            until=_end_of(data["until"]),
        )


def _end_of(day: datetime.date | None) -> datetime.datetime | None:
    if day is None:
        return None
    following = day + datetime.timedelta(days=1)
    return datetime.datetime.combine(following, datetime.time(), tzinfo=datetime.UTC)


def _courses_of(organization: Organization) -> Any:
    own = Q(provider=organization) | Q(awarding_body=organization)
    return Course.objects.public().filter(own, revises=None)


def _skills_of(organization: Organization) -> Any:
    """What its courses teach, and what the rules of its credentials name."""
    taught = CourseSkill.objects.filter(course__in=_courses_of(organization).order_by())
    named = RuleNode.objects.filter(
        version__achievement__awarding_body=organization, skill__isnull=False
    )
    return Skill.objects.filter(
        Q(pk__in=taught.values("skill")) | Q(pk__in=named.order_by().values("skill"))
    ).order_by("label", "pk")
