"""What ``docs/rules.md`` says, once more and as shortly as is right: the tests hold the rest to it.

It knows nothing of ``catalog.judging`` but the facts, and tries every assignment where things
count once: right for small rules, and slow.
"""

from __future__ import annotations

import calendar
from itertools import product

from catalog.rules import AchievementLeaf, CourseLeaf, Group, SkillLeaf


def satisfied(tree, evidence, at):
    """Whether the evidence (``catalog.judging.Evidence``) satisfies the rule at this moment."""
    leaves = list(_leaves(tree))
    choices = [[fact for fact in _of(leaf, evidence) if _fits(leaf, fact, at)] for leaf in leaves]
    if not (isinstance(tree, Group) and tree.counts_once):
        return _holds(tree, iter([facts[:1] for facts in choices]))[0]
    for chosen in product(*([None, *facts] for facts in choices)):
        things = [_thing(leaf, fact) for leaf, fact in zip(leaves, chosen, strict=True) if fact]
        if (
            len(things) == len(set(things))
            and _holds(tree, iter([[fact] if fact else [] for fact in chosen]))[0]
        ):
            return True
    return False


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
    """Whether the node holds, and what counts in it; ``met`` gives the facts of leaf after leaf."""
    if not isinstance(node, Group):
        facts = next(met)
        return bool(facts), [(node, fact) for fact in facts]
    parts = [_holds(child, met) for child in node.children]
    yes = sum(holds for holds, _ in parts)
    counts = [pair for holds, pairs in parts if holds for pair in pairs]
    worth = {}
    for leaf, fact in counts:
        value = fact.minutes if node.operator == "credits" else fact.ects
        if not isinstance(leaf, SkillLeaf):
            worth[_thing(leaf, fact)] = max(value, worth.get(_thing(leaf, fact), 0))
    holds = {
        "all": yes == len(parts) > 0,
        "any": yes > 0,
        "at_least": yes >= (node.n or 0) > 0,
        "credits": sum(worth.values()) >= (node.n or 0) > 0,
        "ects": sum(worth.values()) >= (node.n or 0) > 0,
    }
    return holds.get(node.operator, False), counts
