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


def satisfied(tree, evidence, at, since=None):
    """Whether the evidence (``catalog.judging.Evidence``) satisfies the rule at this moment.

    ``since``: something that counts in it must be newer.
    """
    leaves = list(_leaves(tree))
    choices = [[fact for fact in _of(leaf, evidence) if _fits(leaf, fact, at)] for leaf in leaves]
    once = isinstance(tree, Group) and tree.counts_once
    if not once and not _has_sums(tree) and since is None:
        choices = [facts[:1] for facts in choices]
    for chosen in product(*([None, *facts] if once or not facts else facts for facts in choices)):
        things = [_thing(leaf, fact) for leaf, fact in zip(leaves, chosen, strict=True) if fact]
        if once and len(things) != len(set(things)):
            continue
        holds, _, newest = _holds(tree, iter([[fact] if fact else [] for fact in chosen]))
        if holds and (since is None or newest > since):
            return True
    return False


def _has_sums(node):
    return isinstance(node, Group) and (
        node.operator in ("credits", "ects") or any(map(_has_sums, node.children))
    )


def _leaves(node):
    if isinstance(node, Group):
        for child in node.children:
            yield from _leaves(child)
    else:
        yield node


def _of(leaf, evidence):
    match leaf:
        case CourseLeaf():
            return evidence.completions.get(leaf.course_id, ())
        case AchievementLeaf():
            return evidence.awards.get(leaf.achievement_id, ())
        case SkillLeaf():
            return [f for f in evidence.skills.get(leaf.skill_id, ()) if f.level >= leaf.level]


def _fits(leaf, fact, at):
    if leaf.min_grade is not None and (fact.grade is None or fact.grade < leaf.min_grade):
        return False
    if leaf.max_age_months is not None and fact.at < _less(at, leaf.max_age_months):
        return False
    if leaf.issuer_id is not None and fact.issuer_id != leaf.issuer_id:
        return False
    if fact.kind == "recognition" and not leaf.allows_prior_learning:
        return False
    return fact.until is None or at < fact.until


def _less(moment, months):
    """The moment so many calendar months before; the month's last day where it is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def _thing(leaf, fact):
    named = {CourseLeaf: "course", AchievementLeaf: "achievement"}.get(type(leaf))
    if fact.item or not named:
        return fact.item or (fact.kind, fact.pk)
    return named, leaf.course_id if named == "course" else leaf.achievement_id


def _holds(node, met):
    """Whether the node holds, what counts in it, and when the newest of what it can rest on was.

    ``met`` gives the facts of leaf after leaf.
    """
    if not isinstance(node, Group):
        facts = next(met)
        return bool(facts), [(node, fact) for fact in facts], facts[0].at if facts else NEVER
    parts = [_holds(child, met) for child in node.children]
    is_sum = node.operator in ("credits", "ects")
    yes = sum(holds for holds, _, _ in parts)
    counts, worth, newest = [], {}, NEVER
    for holds, pairs, at in parts:
        if not holds:
            continue
        values = [_worth(node, leaf, fact) for leaf, fact in pairs]
        counts += pairs
        for (leaf, fact), value in zip(pairs, values, strict=True):
            worth[_thing(leaf, fact)] = max(value, worth.get(_thing(leaf, fact), 0))
            if is_sum and value:
                newest = max(newest, fact.at, at)
        if not is_sum:
            newest = max(newest, at)
    holds = {
        "all": yes == len(parts) > 0,
        "any": yes > 0,
        "at_least": yes >= (node.n or 0) > 0,
        "credits": sum(worth.values()) >= (node.n or 0) > 0,
        "ects": sum(worth.values()) >= (node.n or 0) > 0,
    }
    return holds.get(node.operator, False), counts, newest


def _worth(group, leaf, fact):
    if isinstance(leaf, SkillLeaf):
        return 0
    return fact.minutes if group.operator == "credits" else fact.ects
