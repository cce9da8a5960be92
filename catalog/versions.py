"""What tells two versions of a credential apart: the rule entry by entry, and the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import drafting, rules
from catalog.drafting import Foreseen
from catalog.durations import in_words
from catalog.models import AchievementVersion, OutcomeLevel, Renewal, Skill
from catalog.revising import Change, Line
from catalog.rules import AchievementLeaf, CourseLeaf, Group, Leaf, Node

INDENT = "\u2003"


@dataclass(frozen=True)
class Said:
    """What a version says, published or to be published."""

    columns: Mapping[str, Any]
    tree: Node | None
    skills: Mapping[int, str]

    @property
    def sentence(self) -> str:
        return rules.sentence(self.tree, names=rules.leaf_names(self.tree)) if self.tree else ""

    @property
    def term(self) -> str:
        return term(self.columns["valid_months"], self.columns["renewal"])


COLUMNS = (
    *("name", "description", "criteria", "workload_minutes", "ects", "eqf_level", "language"),
    *("valid_months", "renewal"),
)


def of_version(version: AchievementVersion) -> Said:
    return Said(
        {name: getattr(version, name) for name in COLUMNS},
        rules.load(version),
        dict(version.version_skills.values_list("skill", "level")),
    )


def of_foreseen(foreseen: Foreseen) -> Said:
    return Said(foreseen.columns, foreseen.tree, foreseen.skills)


def what_changes(old: AchievementVersion, new: AchievementVersion) -> list[Change]:
    """For somebody who moves from the one to the other. ``new`` may be a draft."""
    before = of_version(old)
    return changes(before, of_draft(new, before) if new.published_at is None else of_version(new))


def of_draft(draft: AchievementVersion, before: Said) -> Said:
    """What publishing it would freeze. While its rule cannot be published, nothing is known of
    what is made by publishing: that stays as it is in ``before``.
    """
    item = draft.achievement.course or draft.achievement.track
    assert item is not None
    with suppress(rules.InvalidRule):
        if foreseen := drafting.foreseen(item):
            return of_foreseen(foreseen)
    said = of_version(draft)
    written = {name: said.columns[name] for name in ("name", "valid_months", "renewal")}
    return Said({**before.columns, **written}, said.tree, before.skills)


def term(valid_months: int | None, renewal: str) -> str:
    if valid_months is None:
        return _("for ever")
    months = ngettext("%(n)s month", "%(n)s months", valid_months) % {"n": valid_months}
    return _("%(months)s; renewed by: %(how)s") % {
        "months": months,
        "how": Renewal(renewal).label,
    }


def changes(old: Said, new: Said) -> list[Change]:
    """Part by part; without what is the same in both."""
    parts = [
        Change(_("What has to be done"), _rule_changes(old.tree, new.tree)),
        *(Change(title, _replaced(before, after)) for title, before, after in _columns(old, new)),
        Change(_("Skills that it proves"), _skill_changes(old.skills, new.skills)),
    ]
    return [part for part in parts if any(line.sign != " " for line in part.lines)]


def _columns(old: Said, new: Said) -> Iterator[tuple[str, str, str]]:
    def ects(columns: Mapping[str, Any]) -> str:
        return f"{columns['ects'].normalize():f}" if columns["ects"] else ""

    def plain(name: str, columns: Mapping[str, Any]) -> str:
        return "" if columns[name] is None else str(columns[name])

    yield _("How long it is valid"), old.term, new.term
    yield (
        _("Workload"),
        in_words(old.columns["workload_minutes"]),
        in_words(new.columns["workload_minutes"]),
    )
    yield _("ECTS credits"), ects(old.columns), ects(new.columns)
    for name, title in (
        ("eqf_level", _("EQF level")),
        ("name", _("Name")),
        ("description", _("Description")),
        ("criteria", _("Criteria in words")),
        ("language", _("Language")),
    ):
        yield title, plain(name, old.columns), plain(name, new.columns)


def _replaced(before: str, after: str) -> list[Line]:
    if before == after:
        return []
    return [Line("-", before)] * bool(before) + [Line("+", after)] * bool(after)


def _skill_changes(old: Mapping[int, str], new: Mapping[int, str]) -> list[Line]:
    labels = dict(Skill.objects.filter(pk__in={*old, *new}).values_list("pk", "label"))

    def said(skill_id: int, level: str) -> str:
        if not level:
            return labels[skill_id]
        return f"{labels[skill_id]} ({OutcomeLevel(level).label})"

    was = {said(*one) for one in old.items()}
    becomes = {said(*one) for one in new.items()}
    return [
        *(Line("-", one) for one in sorted(was - becomes)),
        *(Line("+", one) for one in sorted(becomes - was)),
    ]


# --- Rules, entry by entry -----------------------------------------------------------------------


def _rule_changes(old: Node | None, new: Node | None) -> list[Line]:
    names = {**(rules.leaf_names(old) if old else {}), **(rules.leaf_names(new) if new else {})}
    writer = _Writer(names)
    if old is None or new is None:
        return [
            *(writer.whole("-", old, 0) if old else ()),
            *(writer.whole("+", new, 0) if new else ()),
        ]
    return list(writer.both(old, new, 0))


class _Writer:
    """Says a rule with an entry a line, indented below its group."""

    def __init__(self, names: Mapping[Leaf, str]) -> None:
        self.names = dict(names)

    def whole(self, sign: str, node: Node, depth: int) -> Iterator[Line]:
        yield self._line(sign, node, depth)
        if isinstance(node, Group):
            for child in node.children:
                yield from self.whole(sign, child, depth + 1)

    def both(self, old: Node, new: Node, depth: int) -> Iterator[Line]:
        if not _is_alike(old, new):
            yield from self.whole("-", old, depth)
            yield from self.whole("+", new, depth)
            return
        before, after = self._line("-", old, depth), self._line("+", new, depth)
        if before.text == after.text:
            yield Line(" ", after.text)
        else:
            yield before
            yield after
        if isinstance(old, Group) and isinstance(new, Group):
            pairs, gone = _matched(old.children, new.children)
            for child, was in pairs:
                if was is None:
                    yield from self.whole("+", child, depth + 1)
                else:
                    yield from self.both(was, child, depth + 1)
            for child in gone:
                yield from self.whole("-", child, depth + 1)

    def _line(self, sign: str, node: Node, depth: int) -> Line:
        said = (
            rules.heading(node) if isinstance(node, Group) else rules.leaf_phrase(node, self.names)
        )
        return Line(sign, INDENT * depth + said)


def _matched(
    old: Sequence[Node], new: Sequence[Node]
) -> tuple[list[tuple[Node, Node | None]], list[Node]]:
    """Each entry of the new group with what it was, the same ones first; and what is gone."""
    left = list(old)
    found: dict[int, Node] = {}
    for is_same in (_is_equal, _is_alike):
        for place, child in enumerate(new):
            fitting = [was for was in left if is_same(was, child)] if place not in found else []
            if fitting:
                found[place] = max(fitting, key=lambda was: _in_common(was, child))
                left.remove(found[place])
    return [(child, found.get(place)) for place, child in enumerate(new)], left


def _is_equal(old: Node, new: Node) -> bool:
    return old == new


def _is_alike(old: Node, new: Node) -> bool:
    """Whether one can be said to have become the other: groups, and leaves of the same thing."""
    if isinstance(old, Group) or isinstance(new, Group):
        return isinstance(old, Group) and isinstance(new, Group)
    return _subject(old) == _subject(new)


def _subject(leaf: Leaf) -> tuple[str, int]:
    match leaf:
        case CourseLeaf():
            return "course", leaf.course_id
        case AchievementLeaf():
            return "achievement", leaf.achievement_id
        case _:
            return "skill", leaf.skill_id


def _in_common(old: Node, new: Node) -> int:
    return len(_subjects(old) & _subjects(new))


def _subjects(node: Node) -> set[tuple[str, int]]:
    return {_subject(leaf) for leaf in rules.leaves(node)}
