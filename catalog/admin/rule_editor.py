"""What the rule editor asks while somebody edits.

It edits the rule's text, which is understood here alone: what is said at once is what saving says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.template.loader import render_to_string

from accounts.admin_access import curated_ids, is_superuser
from accounts.models import Organization
from catalog import rule_text, rules, stack_picture, stacks
from catalog.models import Achievement, Course, OutcomeLevel, RuleNode, Skill, Status, Track
from catalog.rule_text import COURSE, CREDENTIAL, ISSUER, SKILL, TRACK, Problem
from catalog.rule_text import outline as outlines
from catalog.rule_text.outline import GROUP, Entry, Outline

MOST_FOUND = 10


@dataclass(frozen=True)
class Nameable:
    """What a curator may name in the rule of a track (``None``: of a new one).

    It is what everyone may see, what is the curator's own, and what the rule names already.
    """

    courses: QuerySet[Course]
    tracks: QuerySet[Track]

    @classmethod
    def by(cls, request: HttpRequest, track: Track | None) -> Nameable:
        if is_superuser(request):
            return cls(Course.objects.all(), Track.objects.all())
        published = Q(status=Status.PUBLISHED)
        own = curated_ids(request)
        courses = published | Q(provider__in=own) | Q(awarding_body__in=own)
        tracks = published | Q(organization__in=own)
        if track is not None:
            nodes = RuleNode.objects.filter(version__achievement__track=track)
            for path in ("course", "achievement__course"):
                courses |= Q(pk__in=nodes.exclude(**{path: None}).values(path))
            path = "achievement__track"
            tracks |= Q(pk__in=nodes.exclude(**{path: None}).values(path))
        return cls(Course.objects.filter(courses), Track.objects.filter(tracks))

    def lookup(self) -> rule_text.Lookup:
        return rule_text.catalog_lookup(courses=self.courses, tracks=self.tracks)

    def nearest(self) -> rule_text.Nearest:
        return rule_text.catalog_nearest(courses=self.courses, tracks=self.tracks)

    def search(self, kind: str, words: str) -> list[dict[str, str]]:
        """What is called like this: its name in a rule's text, its title, and whose it is."""
        if kind == SKILL:
            skills = Skill.objects.in_use().matching(words)[:MOST_FOUND]
            return [{"name": one.uri, "title": one.label, "note": ""} for one in skills]
        querysets: dict[str, tuple[QuerySet[Any], str, str]] = {
            COURSE: (self.courses, "title", "provider__name"),
            CREDENTIAL: (self.courses.exclude(achievement=None), "title", "provider__name"),
            TRACK: (self.tracks.exclude(achievement=None), "title", "organization__name"),
            ISSUER: (Organization.objects.all(), "name", "slug"),
        }
        queryset, title, note = querysets[kind]
        for word in words.split():
            queryset = queryset.filter(Q(**{f"{title}__icontains": word}) | Q(slug__icontains=word))
        found = queryset.order_by(title, "pk").values_list("slug", title, note)[:MOST_FOUND]
        return [{"name": slug, "title": said, "note": whose} for slug, said, whose in found]


@dataclass(frozen=True)
class Examined:
    tree: rules.Node | None
    problems: list[Problem]


def examine(text: str, *, nameable: Nameable, achievement: Achievement | None) -> Examined:
    """The rule that a text says, and everything that keeps it from being one."""
    try:
        tree = rule_text.parse(text, lookup=nameable.lookup(), nearest=nameable.nearest())
    except rule_text.RuleTextError as error:
        return Examined(None, error.problems)
    lines = rule_text.line_numbers(text)
    faults = rules.faults(tree, achievement)
    return Examined(tree, [Problem(fault.message, lines[fault.number]) for fault in faults])


def names(request: HttpRequest, track: Track | None) -> HttpResponse:
    kind = request.GET.get("kind", "")
    if kind not in (COURSE, TRACK, CREDENTIAL, SKILL, ISSUER):
        return HttpResponseBadRequest("Unknown kind.")
    found = Nameable.by(request, track).search(kind, request.GET.get("q", "")[:100])
    return JsonResponse({"found": found})


def answer(request: HttpRequest, track: Track | None) -> HttpResponse:
    """The entries of a text, or the text of entries, and what either of them means."""
    page = ""
    if "entries" in request.POST:
        try:
            text = outlines.text_of(_posted_outline(request.POST["entries"]))
        except (ValueError, RecursionError):
            return HttpResponseBadRequest("These are no entries.")
    else:
        text = request.POST.get("text", "")
        outline = outlines.outline_of(text)
        page = _page(outline) if outline else ""
    achievement = Achievement.objects.filter(track=track).first() if track else None
    examined = examine(text, nameable=Nameable.by(request, track), achievement=achievement)
    sentence, picture = "", ""
    if examined.tree:
        sentence = rules.sentence(examined.tree, names=rules.leaf_names(examined.tree))
        picture = _picture(examined.tree, achievement, title=request.POST.get("title", "")[:200])
    return JsonResponse(
        {
            "text": text,
            "lines": rule_text.line_numbers(text),
            "page": page,
            "problems": [problem._asdict() for problem in examined.problems],
            "sentence": sentence,
            "picture": picture,
        }
    )


def _picture(tree: rules.Node, achievement: Achievement | None, *, title: str) -> str:
    goal = achievement or Achievement(track=Track(title=title), kind=Achievement.Kind.CERTIFICATE)
    stack = stacks.Loader(goal, draft=tree).part()
    # Whoever followed a link would leave what is not saved yet.
    return stack_picture.render(_without_links(replace(stack, title=title or stack.title)))


def _without_links(part: stacks.Part) -> stacks.Part:
    return replace(part, url="", parts=tuple(_without_links(child) for child in part.parts))


# --- Entries as a page, and back ----------------------------------------------------------------


@dataclass
class _Shown:
    """An entry with what is nested in it."""

    entry: Entry
    title: str
    issuer_title: str
    children: list[_Shown]
    is_root: bool = False

    @property
    def has_limits(self) -> bool:
        entry = self.entry
        typed = (entry.min_grade, entry.max_age_months, entry.level, entry.issuer)
        return any(typed) or entry.allows_prior_learning


def _page(outline: Outline) -> str:
    titles = _titles(outline)
    path: list[_Shown] = []
    for entry in outline.entries:
        shown = _Shown(
            entry,
            titles.get((entry.kind, entry.name), entry.name),
            titles.get((ISSUER, entry.issuer), entry.issuer),
            [],
            is_root=not path,
        )
        del path[entry.depth :]
        if path:
            path[-1].children.append(shown)
        path.append(shown)
    context = {
        "root": path[0],
        "new_group": _Shown(Entry(), "", "", []),
        "new_leaf": _Shown(Entry(kind=COURSE), "", "", []),
        "counts_once": outline.counts_once,
        "levels": OutcomeLevel.choices,
    }
    return render_to_string("admin/catalog/_rule_editor.html", context)


def _titles(outline: Outline) -> Mapping[tuple[str, str], str]:
    """What the things are called whose exact names the entries have."""
    of: dict[str, set[str]] = {}
    for entry in outline.entries:
        of.setdefault(entry.kind, set()).add(entry.name)
        of.setdefault(ISSUER, set()).add(entry.issuer)
    courses = of.get(COURSE, set()) | of.get(CREDENTIAL, set())
    course_titles = dict(Course.objects.filter(slug__in=courses).values_list("slug", "title"))
    tracks = Track.objects.filter(slug__in=of.get(TRACK, ()))
    skills = Skill.objects.filter(uri__in=of.get(SKILL, ()))
    issuers = Organization.objects.filter(slug__in=of.get(ISSUER, ()))
    return {
        **{
            (kind, slug): title
            for kind in (COURSE, CREDENTIAL)
            for slug, title in course_titles.items()
        },
        **{(TRACK, slug): title for slug, title in tracks.values_list("slug", "title")},
        **{(SKILL, uri): label for uri, label in skills.values_list("uri", "label")},
        **{(ISSUER, slug): name for slug, name in issuers.values_list("slug", "name")},
    }


_CHOICES = {
    "kind": outlines.KINDS,
    "operator": outlines.OPERATORS,
    "unit": outlines.UNITS,
    "level": outlines.LEVELS,
}
_TYPED = ("n", "name", "min_grade", "max_age_months", "issuer")


def _posted_outline(posted: str) -> Outline:
    """Raises ``ValueError`` for what the editor never sends."""
    data = json.loads(posted)
    if not isinstance(data, dict) or not isinstance(data.get("entries"), list):
        raise ValueError("no entries")
    entries = tuple(_entry(each) for each in data["entries"][: rules.MAX_NODES + 1])
    depths = [entry.depth for entry in entries]
    if not entries or entries[0].kind != GROUP or depths[0] != 0:
        raise ValueError("no root")
    for before, after in pairwise(entries):
        if not 1 <= after.depth <= before.depth + (before.kind == GROUP):
            raise ValueError("no tree")
    return Outline(entries, data.get("counts_once") is True)


def _entry(data: Any) -> Entry:
    if not isinstance(data, dict) or not isinstance(data.get("depth"), int):
        raise ValueError("no entry")
    said: dict[str, Any] = {"depth": data["depth"]}
    for name, choices in _CHOICES.items():
        if name in data:
            said[name] = choices[choices.index(data[name])]
    for name in _TYPED:
        if name in data:
            said[name] = str(data[name])[:500]
    return Entry(**said, allows_prior_learning=data.get("allows_prior_learning") is True)
