"""What publishing would do: asked for from a draft's page, shown beside its rule, as a file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone

from accounts.admin_access import CuratorAdmin, curated_ids, is_superuser
from accounts.models import User
from catalog import drafting, rules, versions
from catalog.durations import in_words
from catalog.models import Achievement, AchievementVersion, Course, Track
from catalog.revising import Change
from credentials import actions
from credentials import preview as previews
from credentials.admin.by_hand import list_path
from credentials.models import Award, RulePreview
from credentials.models.previews import LEASE, MOST_TRIES
from credentials.preview import Above, Effect, Preview
from enrollment.models import Enrollment
from lib import spreadsheets

PAGE = 50
BATCH = 1000
SAID = {
    Effect.GAINS: "gains it",
    Effect.LOSES: "would lose it if moved",
    Effect.KEEPS: "holds it, keeps it",
    Effect.CLOSER: "comes closer",
    Effect.FARTHER: "is farther away if moved",
}


@dataclass(frozen=True)
class Line:
    """``learner`` is ``None`` for whom the curator may not see."""

    learner: User | None
    effect: Effect
    before: float
    after: float

    @property
    def said(self) -> str:
        return SAID[self.effect]

    @property
    def left_before(self) -> str:
        return _left(self.before)

    @property
    def left_after(self) -> str:
        return _left(self.after)

    @property
    def change(self) -> str:
        """In hours, with its sign; empty where one of them is not known."""
        if not (math.isfinite(self.before) and math.isfinite(self.after)):
            return ""
        minutes = int(self.after - self.before)
        return f"{'−' if minutes < 0 else '+'}{in_words(abs(minutes))}" if minutes else ""


def _left(minutes: float) -> str:
    return in_words(int(minutes)) if math.isfinite(minutes) else ""


class Listed:
    """The learners of a preview, those first for whom most is at stake, to be cut into pages."""

    def __init__(self, found: Preview, effect: Effect | None, request: HttpRequest) -> None:
        self.found = found
        self.request = request
        change = np.zeros(len(found.learners))
        finite = np.isfinite(found.before) & np.isfinite(found.after)
        change[finite] = np.abs(found.after - found.before)[finite]
        order = np.lexsort((found.learners, -change, found.effect))
        self.rows = order if effect is None else order[found.effect[order] == effect]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, part: slice) -> list[Line]:
        rows = self.rows[part].tolist()
        seen = self._seen([int(self.found.learners[row]) for row in rows])
        return [
            Line(
                seen.get(int(self.found.learners[row])),
                Effect(int(self.found.effect[row])),
                float(self.found.before[row]),
                float(self.found.after[row]),
            )
            for row in rows
        ]

    def _seen(self, learner_ids: list[int]) -> dict[int, User]:
        """Those whose records the curator may see: of what their organizations provide or award.

        Else a rule over the courses of others would tell who has completed them.
        """
        people = User.objects.filter(pk__in=learner_ids, erased_at=None)
        if not is_superuser(self.request):
            own = curated_ids(self.request)
            provided = Q(run__course__provider__in=own) | Q(run__course__awarding_body__in=own)
            enrolled = Enrollment.objects.filter(provided, learner__in=learner_ids)
            awarded = Award.objects.filter(
                achievement__awarding_body__in=own, learner__in=learner_ids
            )
            people = people.filter(
                Q(pk__in=set(enrolled.values_list("learner", flat=True)))
                | Q(pk__in=set(awarded.values_list("learner", flat=True)))
            )
        return {person.pk: person for person in people}

    def as_table(self) -> Iterator[Iterable[object]]:
        yield "name", "e-mail", "effect", "minutes left before", "minutes left after"
        for start in range(0, len(self), BATCH):
            for line in self[start : start + BATCH]:
                if line.learner is not None:
                    yield (
                        line.learner.credential_name,
                        line.learner.email,
                        line.effect.name.lower(),
                        int(line.before) if math.isfinite(line.before) else "",
                        int(line.after) if math.isfinite(line.after) else "",
                    )


@dataclass(frozen=True)
class Number:
    """One of the numbers on the page; ``effect`` leads to the list of those it counts."""

    words: str
    count: int
    effect: str = ""
    hours: str = ""
    note: str = ""


def numbers(found: Preview) -> list[Number]:
    def one(effect: Effect, words: str, note: str, minutes: int = 0) -> Number:
        hours = f"{in_words(minutes)} in all" if minutes else ""
        return Number(words, found.number(effect), effect.name.lower(), hours, note)

    return [
        one(Effect.GAINS, "gain it at once", "They are awarded it as soon as it is published."),
        one(
            Effect.LOSES,
            "would lose it if moved",
            "They meet the version that counts for them now, and not the new one. Publishing moves "
            "nobody: they keep their version. Only an award that is up for renewal goes by the new "
            "one.",
        ),
        one(
            Effect.KEEPS,
            "hold it and would not earn it again",
            "They do not meet the new rule. What is held is never taken away.",
        ),
        one(Effect.CLOSER, "come closer", "Less is left by the new rule.", found.minutes_closer),
        one(
            Effect.FARTHER,
            "are farther away if moved",
            "More is left by the new rule. They keep their version, and may move when they like.",
            found.minutes_farther,
        ),
        Number("under way, with no difference", found.unchanged),
    ]


@admin.register(RulePreview)
class RulePreviewAdmin(CuratorAdmin[RulePreview]):
    is_read_only = True
    is_hidden = True
    organization_lookups = ("course__provider", "course__awarding_body", "track__organization")
    list_display = ("__str__", "asked_by", "asked_at", "done_at")
    list_select_related = ("course", "track", "asked_by")

    def get_urls(self) -> list[URLPattern]:
        return [
            list_path(self, "begin", self.begin_view),
            self.object_path("file", self.file_view),
            *super().get_urls(),
        ]

    def begin_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a preview of the course or track that is named, and lead to it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        kind: type[Course | Track] = Course if "course" in request.POST else Track
        page = self.admin_site.get_model_admin(kind)
        assert isinstance(page, CuratorAdmin)
        pk = request.POST.get(kind._meta.model_name or "", "")
        item = page.object_or_404(request, pk)
        assert isinstance(request.user, User)
        row = actions.ask_for_preview(item=item, by=request.user, at=timezone.now())
        return redirect(self.object_url(row))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.object_or_404(request, object_id)
        shown = Shown(row)
        context = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "opts": self.opts,
            "item_opts": row.item._meta,
            "original": row,
            "item": row.item,
            "shown": shown,
            "may_publish": row.item.status in ("review", "retired")
            or (row.item.status == "published" and not shown.is_in_force),
        }
        if shown.found is not None:
            effect = _effect(request)
            listed = Listed(shown.found, effect, request)
            context |= {
                "numbers": numbers(shown.found),
                "above": shown.above(),
                "effect": effect.name.lower() if effect else "",
                "effect_words": SAID[effect] if effect else "",
                "page": Paginator(listed, PAGE).get_page(request.GET.get("page")),  # type: ignore[arg-type]
            }
        return TemplateResponse(request, "admin/credentials/rule_preview.html", context)

    def file_view(
        self, request: HttpRequest, object_id: str
    ) -> HttpResponse | StreamingHttpResponse:
        """All of the list whom the curator may see, for a spreadsheet."""
        row = self.object_or_404(request, object_id)
        if row.found is None:
            raise Http404
        listed = Listed(previews.from_bytes(bytes(row.found)), _effect(request), request)
        return StreamingHttpResponse(
            spreadsheets.lines(listed.as_table()),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="preview-{row.pk}.csv"',
                "Cache-Control": "private, no-store",
            },
        )


def _effect(request: HttpRequest) -> Effect | None:
    """The one that the list is narrowed to."""
    return next((one for one in Effect if one.name.lower() == request.GET.get("effect")), None)


class Shown:
    """What the page says beside the list."""

    def __init__(self, row: RulePreview) -> None:
        self.row = row
        self.found = None if row.found is None else previews.from_bytes(bytes(row.found))
        self.foreseen: drafting.Foreseen | None = None
        with suppress(rules.InvalidRule):
            self.foreseen = drafting.foreseen(row.item)

    @cached_property
    def is_stale(self) -> bool:
        """Whether something else would be published by now."""
        row = self.row
        return bool(row.digest) and row.digest != (
            previews.digest_of(self.foreseen) if self.foreseen else ""
        )

    @property
    def is_given_up(self) -> bool:
        row = self.row
        is_over = row.taken_at is not None and row.taken_at < timezone.now() - LEASE
        return row.done_at is None and row.tries >= MOST_TRIES and is_over

    @cached_property
    def in_force(self) -> AchievementVersion | None:
        if self.foreseen is None:
            return None
        return self.foreseen.achievement.versions.current().first()

    @cached_property
    def old(self) -> versions.Said | None:
        return versions.of_version(self.in_force) if self.in_force else None

    @cached_property
    def new(self) -> versions.Said | None:
        return versions.of_foreseen(self.foreseen) if self.foreseen else None

    @cached_property
    def changes(self) -> list[Change]:
        return versions.changes(self.old, self.new) if self.old and self.new else []

    @property
    def is_in_force(self) -> bool:
        """Whether publishing would keep the version that is."""
        return bool(self.old and self.new) and not self.changes

    def above(self) -> list[tuple[str, Above]]:
        """What becomes of the achievements that are stacked on it, by their titles."""
        found = self.found.above if self.found else ()
        titles = dict(
            Achievement.objects.filter(pk__in=[one.achievement_id for one in found]).values_list(
                "pk", Coalesce("track__title", "course__title")
            )
        )
        return [(titles[one.achievement_id], one) for one in found if one.achievement_id in titles]
