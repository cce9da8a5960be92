from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog import actions, drafting, rule_text, rules
from catalog.admin import rule_editor
from catalog.admin.publishing import PublishableAdmin
from catalog.admin.rule_editor import Nameable
from catalog.admin.wording import TERM_FIELDS, WORDING_FIELDS, WordingForm
from catalog.earning import hindrances
from catalog.models import Achievement, Track
from catalog.search import courses_changed


class TrackForm(WordingForm):
    """The track, and the draft of what it will award."""

    request: HttpRequest

    kind = forms.ChoiceField(
        label="Kind of credential",
        choices=Achievement.Kind.choices,
        initial=Achievement.Kind.CERTIFICATE,
    )
    rule = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "rule-text", "spellcheck": "false"}),
        help_text="One entry a line, indented below the group it belongs to: “all of”, “any of”, "
        "“at least 2 of”, “at least 10 hours from”, “at least 2.5 ECTS from”; “course: name”, "
        "“track: name”, “credential: name”, “skill: name”, each perhaps with “(min 70 %, within "
        "24 months, from organization, or prior learning)”. Names are slugs or external ids.",
    )

    class Meta:
        model = Track
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tree: rules.Node | None = rules.load(self.version) if self.version else None
        if "rule" in self.fields:
            self.fields["rule"].widget.attrs |= {
                "data-rule-editor": reverse("admin:catalog_track_rule"),
                "data-track": self.instance.pk or "",
            }
        if self.tree:
            self.initial["rule"] = rule_text.format_rule(
                self.tree, names=rule_text.names_of(self.tree)
            )
        if achievement := self._achievement():
            self.initial["kind"] = achievement.kind
            # It belongs to the id that all holders share, not to a version.
            if "kind" in self.fields:
                self.fields["kind"].disabled = bool(self.instance.published_at)

    def _achievement(self) -> Achievement | None:
        if self.instance.pk is None:
            return None  # Or the credentials of courses, which have no track, would be its own.
        return Achievement.objects.filter(track=self.instance.pk).first()

    def clean_rule(self) -> rules.Node | None:
        text = self.cleaned_data["rule"]
        if not text.strip():
            if self.instance.published_at:
                raise forms.ValidationError("The rule is empty. Add at least one course or track.")
            return None
        examined = rule_editor.examine(
            text,
            nameable=Nameable.by(self.request, self.instance if self.instance.pk else None),
            achievement=self._achievement(),
        )
        if examined.problems:
            raise forms.ValidationError([str(problem) for problem in examined.problems])
        return examined.tree

    def says_what_is_saved(self, name: str) -> bool:
        if name == "rule" and "rule" in self.cleaned_data:
            return bool(self.cleaned_data["rule"] == self.tree)
        return super().says_what_is_saved(name)

    def needs_a_draft(self) -> bool:
        """Whether the version shown says something else, or none exists yet."""
        return self.cleaned_data["rule"] != self.tree or self.says_something_else()


@admin.register(Track)
class TrackAdmin(PublishableAdmin[Track]):
    form = TrackForm
    organization_lookups = ("organization",)
    fixed_once_published = ("slug", "organization")
    list_display = ("title", "organization", "field", "status", "published_on")
    list_filter = (
        "status",
        "field",
        ("organization", admin.RelatedOnlyFieldListFilter),
        "language",
    )
    list_select_related = ("organization",)
    list_per_page = 50
    search_fields = ("title", "slug", "external_id", "organization__name")
    fieldsets = (
        (None, {"fields": ("title", "slug", "organization", "stage")}),
        ("What it is about", {"fields": ("summary", "description")}),
        ("How it is found", {"fields": ("field", "language", "external_id")}),
        ("What a learner has to do", {"fields": ("rule", "rule_in_words", "no_longer_earned")}),
        (
            "What the credential says",
            {
                "fields": (
                    "kind",
                    *WORDING_FIELDS,
                    *TERM_FIELDS,
                    "published_at",
                    "versions",
                )
            },
        ),
    )

    class Media:
        js = (forms.Script("js/rule-editor.js", defer=True),)

    def get_urls(self) -> list[URLPattern]:
        return [
            path("rule/", self.admin_site.admin_view(self.rule_view), name="catalog_track_rule"),
            *super().get_urls(),
        ]

    def rule_view(self, request: HttpRequest) -> HttpResponse:
        """What the editor of a rule asks: POST for the rule, GET for what it can name."""
        track: Track | None = None
        if pk := request.GET.get("track"):
            track = self.object_or_404(request, pk)
        if not self.has_change_permission(request, track):
            raise PermissionDenied
        if request.method == "POST":
            return rule_editor.answer(request, track)
        if request.method == "GET":
            return rule_editor.names(request, track)
        return HttpResponseNotAllowed(["GET", "POST"])

    def get_readonly_fields(self, request: HttpRequest, obj: Track | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "rule_in_words", "no_longer_earned"]

    def get_form(
        self, request: HttpRequest, obj: Track | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.request = request
        return form

    @admin.display(description="in words")
    def rule_in_words(self, track: Track) -> str:
        version = drafting.shown_version(track) if track.pk else None
        tree = rules.load(version) if version else None
        if version is None or tree is None:
            return "No rule yet."
        sentence = rules.sentence(tree, names=rules.leaf_names(tree))
        if version.published_at:
            return sentence
        return f"{sentence} (Draft of version {version.number}: publish to put it in force.)"

    @admin.display(description="out of reach for who begins now")
    def no_longer_earned(self, track: Track) -> SafeString | str:
        said = hindrances(track) if track.published_at else []
        if not said:
            return "Nothing."
        rows = format_html_join("", "<li>{}</li>", ((sentence,) for sentence in said))
        return format_html("<ul>{}</ul>", rows)

    def save_model(self, request: HttpRequest, obj: Track, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        achievement, _ = Achievement.objects.get_or_create(
            track=obj,
            defaults={"awarding_body": obj.organization, "kind": form.cleaned_data["kind"]},
        )
        if not obj.published_at:
            Achievement.objects.filter(pk=achievement.pk).update(
                awarding_body=obj.organization, kind=form.cleaned_data["kind"]
            )
        if form.needs_a_draft():
            draft = drafting.save_draft(
                track=obj,
                tree=form.cleaned_data["rule"],
                wording=form.entered_wording(),
                term=form.entered_term(),
            )
            if obj.is_published:
                messages.info(
                    request,
                    "The rule and what the credential says are changed in the draft of version "
                    f"{draft.number}. It is in force once you publish it; “Preview effects” says "
                    "what that would do.",
                )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        courses_changed(actions.courses_under(form.instance))
