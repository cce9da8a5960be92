from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from accounts.admin_access import curated_ids, is_superuser
from catalog import actions, drafting, rule_text, rules
from catalog.admin.publishing import PublishableAdmin
from catalog.admin.wording import WORDING_FIELDS, WordingForm
from catalog.models import Achievement, Course, RuleNode, Status, Track
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
        "“at least 2 of”, “at least 600 minutes from”; “course: name”, “track: name”, each "
        "perhaps with “(min 70 %, within 24 months)”. Names are slugs or external ids.",
    )

    class Meta:
        model = Track
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tree: rules.Node | None = rules.load(self.version) if self.version else None
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
        return Achievement.objects.filter(track=self.instance.pk).first()

    def clean_rule(self) -> rules.Node | None:
        text = self.cleaned_data["rule"]
        if not text.strip():
            if self.instance.published_at:
                raise forms.ValidationError("The rule is empty. Add at least one course or track.")
            return None
        try:
            tree = rule_text.parse(text, lookup=self._lookup())
            if achievement := self._achievement():
                rules.check(tree, achievement=achievement)
        except rule_text.RuleTextError as error:
            raise forms.ValidationError(error.errors) from error
        except rules.InvalidRule as error:
            raise forms.ValidationError(str(error)) from error
        return tree

    def _lookup(self) -> rule_text.Lookup:
        """What everyone may see, what is the curator's own, and what the rule names already."""
        published = Q(status=Status.PUBLISHED)
        own = curated_ids(self.request)
        named = RuleNode.objects.filter(version__achievement__track=self.instance.pk)
        courses = (
            published
            | Q(provider__in=own)
            | Q(awarding_body__in=own)
            | Q(pk__in=named.filter(course__isnull=False).values("course"))
        )
        tracks = (
            published
            | Q(organization__in=own)
            | Q(pk__in=named.filter(achievement__track__isnull=False).values("achievement__track"))
        )
        everything = is_superuser(self.request)
        return rule_text.catalog_lookup(
            courses=Course.objects.all() if everything else Course.objects.filter(courses),
            tracks=Track.objects.all() if everything else Track.objects.filter(tracks),
        )

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
        ("What a learner has to do", {"fields": ("rule", "rule_in_words")}),
        (
            "What the credential says",
            {
                "fields": (
                    "kind",
                    *WORDING_FIELDS,
                    "published_at",
                    "versions",
                )
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Track | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "rule_in_words"]

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
            drafting.save_draft(
                track=obj, tree=form.cleaned_data["rule"], wording=form.entered_wording()
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        courses_changed(actions.courses_under(form.instance))
