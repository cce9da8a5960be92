"""A university system: fields of study, the rules of their stacks, and what learners completed.

Everything is drawn from a fixed seed. A field has 50 courses, of which 6 earn a credential of their
own, and 14 tracks on four levels; a learner takes four of five courses in one field.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import numpy as np

from accounts.models import Organization, User
from benchmarks.loading import Array, store, without_indexes
from catalog import rules
from catalog.models import (
    Achievement,
    AchievementVersion,
    AchievementVersionSkill,
    Course,
    CourseRun,
    Equivalence,
    Renewal,
    RuleBook,
    RuleNode,
    Skill,
    Track,
)
from catalog.rules import AchievementLeaf, CourseLeaf, Group, SkillLeaf, all_of, any_of, at_least
from credentials.bulk import Judging, World
from credentials.bulk.columns import Bits, column, has, members
from credentials.bulk.columns import at_least as at_least_of
from credentials.bulk.facts import (
    AWARD,
    COMPLETION,
    NO_GRADE,
    RECOGNITION,
    moment,
    months_later,
)
from credentials.bulk.meaning import Meaning
from credentials.models import Award, AwardEvidence, Pursuit, Recognition
from credentials.rulebook import Rule
from enrollment.models import Enrollment

NOW = datetime.datetime(2026, 3, 3, 9, 0, tzinfo=datetime.UTC)
LONG_AGO = datetime.datetime(2021, 3, 3, 9, 0, tzinfo=datetime.UTC)
YEARS = 4
FIELDS, COURSES, CREDENTIALED = 20, 50, 6
EACH = 12
"""Courses that a learner has completed, on average."""


# --- The catalog ---------------------------------------------------------------------------------


class Catalog:
    """The fields, with every rule published; ``fields`` says how many."""

    def __init__(self, fields: int = FIELDS) -> None:
        self.organizations = Organization.objects.bulk_create(
            Organization(
                slug=f"college-{n}",
                name=f"College {n}",
                country="NL",
                is_provider=True,
                is_awarding_body=True,
            )
            for n in range(fields)
        )
        self.skills = Skill.objects.bulk_create(
            Skill(uri=f"urn:benchmark:skill:{n}", label=f"Skill {n}") for n in range(fields)
        )
        self.courses = Course.objects.bulk_create(
            Course(
                slug=f"bench-{n}",
                title=f"Course {n}",
                provider=self.organizations[n // COURSES],
                awarding_body=self.organizations[n // COURSES],
                status="published",
                published_at=LONG_AGO,
            )
            for n in range(fields * COURSES)
        )
        self.runs = CourseRun.objects.bulk_create(
            CourseRun(course=course, is_self_paced=True) for course in self.courses
        )
        made = [self._field(number) for number in range(fields)]
        self.replaced = [version for version, _ in made]
        self.stacks = [track for _, track in made]
        self._change()

    def _field(self, number: int) -> tuple[AchievementVersion, Achievement]:
        """Returns the version that another has replaced, and what stands at the top."""
        course = [one.pk for one in self.courses[number * COURSES : (number + 1) * COURSES]]
        skill = self.skills[number]
        college = self.organizations[number]
        below: list[int] = []
        for place in range(CREDENTIALED):
            leaf = CourseLeaf(course[place], min_grade=Decimal(60) if place % 2 else None)
            achievement = Achievement.objects.create(course_id=course[place], awarding_body=college)
            proves = {4: "foundation", 5: "advanced"}.get(place)
            self.publish(achievement, leaf, skills={skill: proves} if proves else {})
            below.append(achievement.pk)
        Equivalence.objects.create(
            course_id=course[30],
            counts_as_id=course[6],
            since=LONG_AGO.date() + datetime.timedelta(days=900),
            reason="The same.",
            by=self._curator(),
            stated_at=LONG_AGO,
        )

        def track(tree: rules.Node, **terms: Any) -> int:
            achievement = self._track(f"track-{number}-{len(below)}", college)
            self.publish(achievement, tree, **terms)
            below.append(achievement.pk)
            return achievement.pk

        def taken(*places: int, **limits: Any) -> list[rules.Node]:
            return [CourseLeaf(course[place], **limits) for place in places]

        def held(*achievements: int) -> list[rules.Node]:
            return [AchievementLeaf(one) for one in achievements]

        first = track(all_of(*taken(6, 7)))
        second = self._track(f"track-{number}-{len(below)}", college)
        below.append(second.pk)
        replaced = self.publish(second, at_least(2, *taken(8, 9, 10, 11, 12)))
        self.publish(second, at_least(3, *taken(8, 9, 10, 11, 12)), number=2)
        third = track(
            any_of(
                all_of(*taken(0, min_grade=Decimal(80)), *taken(13)), *taken(14, max_age_months=12)
            )
        )
        fourth = track(Group("credits", tuple(taken(0, 1, 2, 3, 4, 5)), 1200))
        fifth = track(all_of(any_of(*taken(15, 16, 17)), any_of(*taken(16, 18)), counts_once=True))
        sixth = track(at_least(3, *taken(19, 20, 21, 22, 23, 24, allows_prior_learning=True)))
        seventh = track(all_of(*taken(25), any_of(*taken(26, issuer_id=college.pk), *taken(27))))
        low = track(all_of(*held(first), any_of(*held(second.pk, third))))
        broad = track(at_least(2, *held(*below[:4], sixth)))
        proved = track(all_of(SkillLeaf(skill.pk, 2), *taken(28), *held(fourth)))
        summed = track(
            any_of(*held(seventh), Group("ects", (*held(second.pk, sixth), *taken(2, 3)), 900))
        )
        high = track(all_of(*held(low, broad)))
        wide = track(
            at_least(2, *held(broad, proved, summed)), valid_months=24, renewal=Renewal.DELTA
        )
        track(all_of(*held(wide), any_of(*held(high, fifth))))
        return replaced, Achievement.objects.get(pk=wide)

    def _track(self, name: str, college: Organization) -> Achievement:
        track = Track.objects.create(
            slug=name, title=name, organization=college, status="published", published_at=LONG_AGO
        )
        return Achievement.objects.create(
            track=track, awarding_body=college, kind=Achievement.Kind.CERTIFICATE
        )

    def stack(self, name: str, *courses: Course) -> Achievement:
        """One more track over these courses."""
        achievement = self._track(name, self.organizations[0])
        self.publish(achievement, all_of(*(CourseLeaf(course.pk) for course in courses)))
        self._change()
        return achievement

    def grow(self, rules: int) -> None:
        """More tracks, until there are so many rules in force; each over two courses of its own."""
        first = Achievement.objects.count()
        college = self.organizations[0]
        numbers = range(first, rules)
        published = {"status": "published", "published_at": LONG_AGO}
        courses = Course.objects.bulk_create(
            Course(
                slug=f"more-{half}-{number}",
                title=f"More {number}",
                provider=college,
                awarding_body=college,
                **published,
            )
            for number in numbers
            for half in range(2)
        )
        tracks = Track.objects.bulk_create(
            Track(slug=f"more-{n}", title=f"More {n}", organization=college, **published)
            for n in numbers
        )
        achievements = Achievement.objects.bulk_create(
            Achievement(track=track, awarding_body=college) for track in tracks
        )
        pairs = zip(courses[::2], courses[1::2], strict=True)
        trees = [all_of(CourseLeaf(one.pk), CourseLeaf(other.pk)) for one, other in pairs]
        self._publish_all(list(zip(achievements, trees, strict=True)))
        self._change()

    def _change(self) -> None:
        RuleBook.objects.update_or_create(pk=1, defaults={"stamp": Achievement.objects.count()})

    def _curator(self) -> User:
        curator, _ = User.objects.get_or_create(email="curator@example.org")
        return curator

    def publish(
        self,
        achievement: Achievement,
        tree: rules.Node,
        **terms: Any,
    ) -> AchievementVersion:
        (version,) = self._publish_all([(achievement, tree)], **terms)
        return version

    def _publish_all(
        self,
        made: Sequence[tuple[Achievement, rules.Node]],
        *,
        number: int = 1,
        skills: Mapping[Skill, str] = MappingProxyType({}),
        **terms: Any,
    ) -> list[AchievementVersion]:
        versions = AchievementVersion.objects.bulk_create(
            AchievementVersion(
                achievement=achievement,
                number=number,
                name=f"Achievement {achievement.pk}",
                description="It has been earned.",
                criteria="Meet the rule.",
                workload_minutes=600,
                ects=Decimal(3),
                **terms,
            )
            for achievement, _ in made
        )
        nodes = zip(versions, made, strict=True)
        RuleNode.objects.bulk_create(
            node for version, (_, tree) in nodes for node in rules.to_rows(version, tree)
        )
        AchievementVersionSkill.objects.bulk_create(
            AchievementVersionSkill(version=version, skill=skill, level=level)
            for version in versions
            for skill, level in skills.items()
        )
        # Versions begin as drafts, which is a rule of the database.
        AchievementVersion.objects.filter(pk__in=[version.pk for version in versions]).update(
            published_at=LONG_AGO + datetime.timedelta(days=number)
        )
        return versions


# --- The learners --------------------------------------------------------------------------------


def load(catalog: Catalog, learners: int) -> None:
    """Learners with their completions, recognitions, and versions that they have joined."""
    draw = np.random.default_rng(20260303)
    first = User.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    ids = np.arange(first, first + learners, dtype=np.int64)
    field = draw.integers(len(catalog.organizations), size=learners)
    with without_indexes(User, Enrollment, Recognition, Pursuit):
        _store_people(ids)
        _store_completions(draw, catalog, ids, field)
        _store_recognitions(draw, catalog, ids, field)
        _store_joined(draw, catalog, ids, field)


def _store_people(ids: Array) -> None:
    numbers = np.char.zfill(ids.astype("S"), 9)
    store(
        User,
        id=ids,
        email=np.char.add(np.char.add(b"learner", numbers), b"@example.org"),
        credential_name=np.char.add(b"Learner ", numbers),
        password=np.full(len(ids), b"!"),
        is_active=np.full(len(ids), True),
        date_joined=np.full(len(ids), moment(LONG_AGO)),
    )


def _store_completions(draw: Any, catalog: Catalog, ids: Array, field: Array) -> None:
    learner, course = _taken(draw, len(catalog.organizations), field)
    count = len(learner)
    runs = np.array([run.pk for run in catalog.runs], dtype=np.int64)
    at = moment(NOW) - draw.integers(YEARS * 365 * 86_400_000_000, size=count)
    grade = draw.normal(7200, 1500, size=count).clip(0, 10_000).astype(np.int64)
    is_graded = draw.random(count) < 0.9
    for which, given in ((is_graded, {"grade": grade}), (~is_graded, {})):
        rows = np.flatnonzero(which)
        values = {"learner": ids[learner], "run": runs[course], "completed_at": at} | given
        same = {
            name: np.full(len(rows), value)
            for name, value in (
                *(("status", b"completed"), ("told_status", b"completed")),
                *(("completed_by", b"units"), ("enrolled_at", moment(LONG_AGO))),
            )
        }
        store(Enrollment, **{name: column_[rows] for name, column_ in values.items()}, **same)


def _taken(draw: Any, fields: int, field: Array) -> tuple[Array, Array]:
    """Twelve courses of each on average, none twice: four of five in the learner's own field."""
    wanted = EACH * len(field)
    popular = 1 / np.arange(5, COURSES + 5)
    place = np.arange(COURSES)
    draw.shuffle(place)
    drawn = int(1.3 * wanted)
    learner = draw.integers(len(field), size=drawn)
    within = place[draw.choice(COURSES, size=drawn, p=popular / popular.sum())]
    of = np.where(draw.random(drawn) < 0.8, field[learner], draw.integers(fields, size=drawn))
    codes = np.unique(learner * (fields * COURSES) + of * COURSES + within)
    kept = codes[np.sort(draw.permutation(len(codes))[:wanted])]
    # As they came in: nobody's completions lie side by side.
    draw.shuffle(kept)
    return np.divmod(kept, fields * COURSES)


def _store_recognitions(draw: Any, catalog: Catalog, ids: Array, field: Array) -> None:
    some = draw.choice(len(ids), size=len(ids) // 50, replace=False)
    halves = some[: len(some) // 2], some[len(some) // 2 :]
    courses = np.array([course.pk for course in catalog.courses])
    skills = np.array([skill.pk for skill in catalog.skills])
    for which, given in (
        (halves[0], {"course": courses[field[halves[0]] * COURSES + 19]}),
        (halves[1], {"skill": skills[field[halves[1]]]}),
    ):
        store(
            Recognition,
            learner=ids[which],
            **given,
            recognized_at=np.full(len(which), moment(NOW) - 86_400_000_000),
            by=np.full(len(which), catalog._curator().pk),
            reason=np.full(len(which), b"Seen."),
        )


def _store_joined(draw: Any, catalog: Catalog, ids: Array, field: Array) -> None:
    """One in fifty still follows the version of a track that another has replaced."""
    some = draw.choice(len(ids), size=len(ids) // 50, replace=False)
    versions = np.array([version.pk for version in catalog.replaced])
    achievements = np.array([version.achievement_id for version in catalog.replaced])
    store(
        Pursuit,
        learner=ids[some],
        achievement=achievements[field[some]],
        version=versions[field[some]],
        joined_at=np.full(len(some), moment(LONG_AGO)),
        is_chosen=np.full(len(some), True),
    )


# --- What they have earned -----------------------------------------------------------------------


def store_awards(world: World, judging: Judging, *, without: Array) -> None:
    """The awards that judging has found, with the evidence that each rests on.

    Nothing of the learners at the places ``without``.
    """
    here = ~column(without, world.count)
    storing = _Storing(judging)
    with without_indexes(Award, AwardEvidence):
        for made in judging.made:
            storing.store(made.rule, members(column(made.learners, world.count) & here))


def spoil(count: int) -> set[int]:
    """Take the evidence of so many awards, behind the product's back; returns which those are."""
    evidence = AwardEvidence.objects.filter(
        award__version__rule_nodes__number=0,
        award__version__rule_nodes__operator="course",
        award__version__rule_nodes__min_grade__isnull=False,
    )
    rows = evidence.order_by("pk").values_list("award", "enrollment")[:count]
    awards, enrollments = zip(*rows, strict=True)
    Enrollment.objects.filter(pk__in=enrollments).update(grade=Decimal(10))
    return {*awards}


class _Storing:
    """Awards in the order in which they were found: what they stand on has its number already."""

    def __init__(self, judging: Judging) -> None:
        self.judging = judging
        self.world = judging.world
        self.following = 1
        self.of: dict[int, Array] = {}
        """By achievement, the number of each learner's award; 0 where there is none."""

    def store(self, rule: Rule, learners: Array) -> None:
        pks = np.arange(self.following, self.following + len(learners))
        self.following += len(learners)
        of = self.of.setdefault(rule.achievement_id, np.zeros(self.world.count, dtype=np.int64))
        of[learners] = pks
        grades = self._store_evidence(rule, learners)
        terms = {}
        if rule.valid_months:
            until = months_later(np.array([moment(NOW)]), rule.valid_months)[0]
            terms["expires_at"] = np.full(len(learners), until)
        for is_graded in (True, False):
            some = np.flatnonzero((grades != NO_GRADE) == is_graded)
            given = {"grade": grades[some]} if is_graded else {}
            same = {
                "achievement": rule.achievement_id,
                "version": rule.version_id,
                **dict.fromkeys(("decided_at", "due_at", "issued_at"), moment(NOW)),
            }
            store(
                Award,
                id=pks[some],
                learner=self.world.learners[learners[some]],
                **{name: np.full(len(some), value) for name, value in same.items()},
                **{name: values[some] for name, values in terms.items()},
                **given,
            )

    def _store_evidence(self, rule: Rule, learners: Array) -> Array:
        """Returns the grades of the awards."""
        meaning = self.judging.meaning(rule)
        award = self.of[rule.achievement_id]
        grades = np.full(self.world.count, NO_GRADE)
        for number, bits in resting(meaning, 0, column(learners, self.world.count)):
            facts = meaning.qualifying(number)
            facts = facts[has(bits, facts.learner)].newest()
            for kind, name in (
                (COMPLETION, "enrollment"),
                (RECOGNITION, "recognition"),
                (AWARD, "supporting_award"),
            ):
                some = facts[facts.kind == kind]
                if not len(some):
                    continue
                pks = some.pk
                if kind == AWARD:
                    below = [self.of[one][some.learner] for one in _named(meaning, number)]
                    pks = np.max(below, axis=0)
                elif number == 0:
                    grades[some.learner] = some.grade
                numbers = np.full(len(some), number)
                store(
                    AwardEvidence,
                    award=award[some.learner],
                    node_number=numbers,
                    **{name: pks},
                )
        return grades[learners]


def _named(meaning: Meaning, number: int) -> set[int]:
    """The achievements whose awards may satisfy this leaf."""
    leaf = meaning.nodes[number]
    if isinstance(leaf, AchievementLeaf):
        return {leaf.achievement_id}
    assert isinstance(leaf, SkillLeaf)
    return {
        meaning.filed.achievement_of[version]
        for version, level in meaning.filed.proving.get(leaf.skill_id, {}).items()
        if level >= leaf.level
    }


def resting(meaning: Meaning, number: int, learners: Bits) -> Iterator[tuple[int, Bits]]:
    """The leaves that the rule rests on, each with those learners for whom it does."""
    node = meaning.nodes[number]
    learners = learners & meaning.holds(number)
    if not isinstance(node, Group):
        yield number, learners
        return
    wanted = {"any": 1, "at_least": node.n}.get(node.operator)
    before: list[Bits] = []
    for child, _ in rules.numbered_children(node, number):
        still = learners & ~at_least_of(wanted, before) if wanted and before else learners
        yield from resting(meaning, child, still)
        before.append(meaning.holds(child))
