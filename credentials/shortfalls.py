"""Why something that a learner has does not do for an entry of a rule, in words."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization
from catalog import rules
from catalog.judging import Evidence, Fact, identity, months_before
from catalog.models import Course
from credentials import reasons
from credentials.evidence import Row, Standing
from credentials.fact_words import FactWords
from credentials.models import Award
from credentials.rulebook import book

Numbered = tuple[int, rules.Leaf]


class Shortfalls:
    """Of one rule, that one learner does not satisfy yet.

    ``met`` are the facts that count at its leaves, by number, and ``names`` what leaves are called.
    """

    def __init__(
        self,
        leaves: Sequence[Numbered],
        met: Mapping[int, Fact],
        standing: Standing,
        evidence: Evidence,
        *,
        names: Mapping[rules.Leaf, str],
        at: datetime.datetime,
    ) -> None:
        self.at = at
        self.evidence = evidence
        self.standing = standing
        self.used = {
            identity(leaf, met[number]): names[leaf] for number, leaf in leaves if number in met
        }
        self.open = [(number, leaf) for number, leaf in leaves if number not in met]
        self.facts = {number: self._facts(leaf) for number, leaf in self.open}
        self.words = FactWords([fact for found in self.facts.values() for fact in found])
        self.issuers = Organization.objects.in_bulk(
            {leaf.issuer_id for _, leaf in self.open if leaf.issuer_id}
        )
        self.revoked = self._revoked_awards()
        self.early = {number: [*self._done_too_early(leaf)] for number, leaf in self.open}
        self.titles = dict(
            Course.objects.filter(
                pk__in={row.subject_id for found in self.early.values() for row, _ in found}
            ).values_list("pk", "title")
        )

    def of(self, number: int, leaf: rules.Leaf) -> list[str]:
        """For each thing that might have been it: what that is, and why it does not do."""
        said = []
        for fact in self.facts.get(number, ()):
            why = list(self._why(leaf, fact))
            if why:
                said.append(f"{self.words.of(leaf, fact)}: {'; '.join(why)}")
        said += [self._said_of_revoked(award) for award in self.revoked.get(number, ())]
        said += [self._said_of_early(row, day) for row, day in self.early.get(number, ())]
        return said

    def _facts(self, leaf: rules.Leaf) -> Sequence[Fact]:
        match leaf:
            case rules.CourseLeaf():
                return self.evidence.completions.get(leaf.course_id, ())
            case rules.AchievementLeaf():
                return self.evidence.awards.get(leaf.achievement_id, ())
            case _:
                return self.evidence.skills.get(leaf.skill_id, ())

    def _why(self, leaf: rules.Leaf, fact: Fact) -> Iterator[str]:
        if leaf.min_grade is not None and fact.grade is None:
            yield _("it has no grade, and %(least)s %% are asked for") % {
                "least": number_format(leaf.min_grade.normalize())
            }
        elif leaf.min_grade is not None and fact.grade is not None and fact.grade < leaf.min_grade:
            yield _("its grade of %(grade)s %% is below %(least)s %%") % {
                "grade": number_format(fact.grade.normalize()),
                "least": number_format(leaf.min_grade.normalize()),
            }
        months = leaf.max_age_months
        if months is not None and fact.at < months_before(self.at, months):
            yield ngettext(
                "it is older than %(n)s month", "it is older than %(n)s months", months
            ) % {"n": months}
        if leaf.issuer_id is not None and fact.issuer_id != leaf.issuer_id:
            yield _("it is not from %(issuer)s") % {"issuer": self.issuers[leaf.issuer_id]}
        if fact.kind == "recognition" and not leaf.allows_prior_learning:
            yield _("recognized prior learning does not count here")
        if fact.until is not None and fact.until <= self.at:
            yield _("it expired on %(day)s") % {"day": date_format(fact.until, "DATE_FORMAT")}
        if isinstance(leaf, rules.SkillLeaf) and fact.level < leaf.level:
            yield _("it proves the skill at a lower level")
        if (item := identity(leaf, fact)) in self.used:
            yield _("it counts once, and does so for %(entry)s") % {"entry": self.used[item]}

    # --- What is no evidence any more, or not yet ------------------------------------------------

    def _revoked_awards(self) -> dict[int, list[Award]]:
        rows = {number: [*self._revoked(leaf)] for number, leaf in self.open}
        awards = Award.objects.select_related("version").in_bulk(
            {row.pk for found in rows.values() for row in found}
        )
        return {number: [awards[row.pk] for row in found] for number, found in rows.items()}

    def _revoked(self, leaf: rules.Leaf) -> Iterator[Row]:
        for row in self.standing.awards:
            if row.ended_at is not None and _is_of(leaf, row):
                yield row

    def _said_of_revoked(self, award: Award) -> str:
        assert award.revoked_at is not None
        return _("the credential “%(name)s” was revoked on %(day)s: %(reason)s") % {
            "name": award.version.name,
            "day": date_format(award.revoked_at, "DATE_FORMAT"),
            "reason": reasons.in_words(award.revocation_reason),
        }

    def _done_too_early(self, leaf: rules.Leaf) -> Iterator[tuple[Row, datetime.date]]:
        """Courses that count as this one from a later day on than they were completed."""
        if not isinstance(leaf, rules.CourseLeaf):
            return
        since = {
            course_id: day
            for course_id, counts_as, day in book.equivalences()
            if counts_as == leaf.course_id
        }
        for row in self.standing.completions:
            day = since.get(row.subject_id)
            if day and row.at and row.at.astimezone(datetime.UTC).date() < day:
                yield row, day

    def _said_of_early(self, row: Row, since: datetime.date) -> str:
        assert row.at is not None
        return _(
            "“%(name)s”, completed on %(day)s: it counts as it if completed on %(since)s or later"
        ) % {
            "name": self.titles[row.subject_id],
            "day": date_format(row.at, "DATE_FORMAT"),
            "since": date_format(since, "DATE_FORMAT"),
        }


def _is_of(leaf: rules.Leaf, award: Row) -> bool:
    match leaf:
        case rules.AchievementLeaf():
            return award.subject_id == leaf.achievement_id
        case rules.SkillLeaf():
            assert award.reference is not None
            return any(skill == leaf.skill_id for skill, _ in book.version(award.reference).skills)
        case _:
            return False
