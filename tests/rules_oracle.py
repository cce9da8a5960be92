"""What ``docs/rules.md`` says, once more and as shortly as is right: the tests hold the rest to it.

It knows nothing of ``catalog.judging`` but the facts, and tries every choice of facts: right for
small rules, and slow.
"""

from __future__ import annotations

import calendar
import datetime
from itertools import product

from catalog.rules import AchievementLeaf, CourseLeaf, Group, SkillLeaf

NEVER = datetime.datetime.min.replace(tzinfo=datetime.UTC)
SUMS = {"credits": "minutes", "ects": "ects"}


def satisfied(tree, evidence, at, since=None):
    """Whether ``catalog.judging.Evidence`` satisfies the rule, by some of after ``since``."""
    groups = [node for node in _nodes(tree) if isinstance(node, Group)]
    leaves = [node for node in _nodes(tree) if not isinstance(node, Group)]
    choices = [[fact for fact in _of(leaf, evidence) if _fits(leaf, fact, at)] for leaf in leaves]
    once = bool(groups) and tree.counts_once
    if not once and since is None and not any(group.operator in SUMS for group in groups):
        choices = [facts[:1] for facts in choices]
    for chosen in product(*([None, *facts] if once or not facts else facts for facts in choices)):
        things = [_thing(leaf, fact) for leaf, fact in zip(leaves, chosen, strict=True) if fact]
        if once and len(things) != len(set(things)):
            continue
        holds, _, newest = _holds(tree, iter(chosen))
        if holds and (since is None or newest > since):
            return True
    return False


def _nodes(node):
    yield node
    for child in getattr(node, "children", ()):
        yield from _nodes(child)


def _of(leaf, evidence):
    match leaf:
        case CourseLeaf():
            return evidence.completions.get(leaf.course_id, ())
        case AchievementLeaf():
            return evidence.awards.get(leaf.achievement_id, ())
        case SkillLeaf():
            return [f for f in evidence.skills.get(leaf.skill_id, ()) if f.level >= leaf.level]


def _fits(leaf, fact, at):
    return (
        (leaf.min_grade is None or (fact.grade is not None and fact.grade >= leaf.min_grade))
        and (leaf.max_age_months is None or fact.at >= _less(at, leaf.max_age_months))
        and leaf.issuer_id in (None, fact.issuer_id)
        and (leaf.allows_prior_learning or fact.kind != "recognition")
        and (fact.until is None or at < fact.until)
    )


def _less(moment, months):
    """The moment so many calendar months before; the month's last day where it is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def _thing(leaf, fact):
    if fact.item or isinstance(leaf, SkillLeaf):
        return fact.item or (fact.kind, fact.pk)
    is_course = isinstance(leaf, CourseLeaf)
    return ("course", leaf.course_id) if is_course else ("achievement", leaf.achievement_id)


def _holds(node, met):
    """Whether it holds by these facts of its leaves, which count, and when its newest was."""
    if not isinstance(node, Group):
        fact = next(met)
        return bool(fact), [(node, fact)] if fact else [], fact.at if fact else NEVER
    parts = [_holds(child, met) for child in node.children]
    held = [(pair, at) for holds, pairs, at in parts if holds for pair in pairs]
    yes, worth, newest = sum(holds for holds, _, _ in parts), {}, NEVER
    for (leaf, fact), at in held:
        if node.operator not in SUMS:
            newest = max(newest, at)
        elif not isinstance(leaf, SkillLeaf) and (value := getattr(fact, SUMS[node.operator])):
            newest = max(newest, at, fact.at)
            worth[_thing(leaf, fact)] = max(value, worth.get(_thing(leaf, fact), 0))
    holds = {
        "all": yes == len(parts) > 0,
        "any": yes > 0,
        "at_least": yes >= (node.n or 0) > 0,
        **dict.fromkeys(SUMS, sum(worth.values()) >= (node.n or 0) > 0),
    }
    return holds.get(node.operator, False), [pair for pair, _ in held], newest
