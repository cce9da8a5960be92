"""What publishing would do: foreseen, and compared with what it does to a copy."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog import actions as catalog_actions
from catalog import reach, rules
from catalog.judging import judge
from catalog.models import Achievement
from catalog.stacks import Loader
from credentials import actions
from credentials.evidence import standing_of
from credentials.models import Award, Pursuit
from credentials.preview import Effect, preview
from tests.credentials.histories import History, awarded, renewable
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    SkillFactory,
    TrackFactory,
    UserFactory,
    leaf,
    published_course,
    published_track,
)
from tests.tries import seeds

pytestmark = pytest.mark.django_db


@contextmanager
def a_copy():
    """Whatever happens in it has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def drafted(track, tree, **columns):
    draft = catalog_actions.draft_version(achievement=track.achievement)
    rules.store(draft, tree)
    for name, value in columns.items():
        setattr(draft, name, value)
    draft.save()
    return draft


def completed(*courses, by=None):
    learner = by or UserFactory()
    for course in courses:
        EnrollmentFactory(learner=learner, run=course.runs.get(), completed=True)
    return learner


def judged(*learners):
    actions.request_judgement(learner_ids=[one.pk for one in learners], at=TUESDAY)
    while actions.judge_due(at=TUESDAY):
        pass


def said(found):
    """Each learner that is touched, and how."""
    return dict(zip(found.learners.tolist(), map(Effect, found.effect.tolist()), strict=True))


# --- Beside a copy -------------------------------------------------------------------------------


class Applied:
    """What becomes of everyone when a draft is published in a copy."""

    def __init__(self, history, track, tree):
        self.history, self.track, self.tree = history, track, tree
        self.achievement = track.achievement
        before = awarded()
        with a_copy():
            history.judge()
            self.now = self._new(before)
            self.left = {one.pk: self._left(one) for one in history.learners}
            self.open = {one.pk for one in history.learners if self._is_open(one)}
        with a_copy():
            self._publish()
            history.judge()
            self.then = self._new(before)
        with a_copy():
            self._publish()
            Pursuit.objects.filter(achievement=self.achievement).delete()
            history.judge()
            # By what else they have newly earned, too.
            meets = {one.pk for one in history.learners if self._meets(one)}
            self.meets = meets | self._new(before)

    def _publish(self):
        catalog_actions.publish_track(track=self.track, at=self.history.at)

    def _new(self, before):
        return {row[0] for row in awarded() - before if row[1] == self.achievement.pk}

    def _meets(self, learner):
        """Whether the holder would meet the new rule without the award that they hold."""
        held = Award.objects.filter(learner=learner, achievement=self.achievement)
        with time_machine.travel(self.history.at, tick=False):
            standing = standing_of(learner)
            evidence = standing.evidence(
                at=self.history.at, without=list(held.values_list("pk", flat=True))
            )
        return held.standing().exists() and judge(self.tree, evidence, at=self.history.at)

    def _is_open(self, learner):
        awards = Award.objects.filter(learner=learner, achievement=self.achievement)
        last = awards.order_by("number").last()
        refused = learner.refusals.filter(achievement=self.achievement, lifted_at=None)
        return not refused.exists() and (
            last is None or last.revocation_cause == Award.Cause.EVIDENCE
        )

    def _left(self, learner):
        """The least that is left by the best version that counts, and by the draft."""
        evidence = standing_of(learner).evidence(at=self.history.at)
        joined = Pursuit.objects.filter(learner=learner, achievement=self.achievement).first()
        trees = [None, rules.load(joined.version)] if joined else [None]
        by = [self._progress(tree, evidence) for tree in (*trees, self.tree)]
        lefts = [one.left for one in by]
        return min(lefts[:-1]), lefts[-1], any(one.is_begun for one in by)

    def _progress(self, tree, evidence):
        need = reach.need(self.track, Loader(self.achievement, draft=tree))
        return reach.Progress(need, evidence, at=self.history.at)


@seeds(6)
def test_what_is_foreseen_is_what_comes_of_publishing(seed):
    history = History(seed)

    for step in range(8):
        history.go_on()
        if step % 3:
            history.judge()
        number = history.random.randrange(len(history.tracks))
        track, tree = history.tracks[number], history.tree(number)
        with a_copy():
            draft = renewable(drafted(track, tree, valid_months=history.random.choice([None, 3])))
            with time_machine.travel(history.at, tick=False):
                found = preview(draft, at=history.at)
                applied = Applied(history, track, tree)
            held = set(
                Award.objects.standing()
                .filter(achievement=track.achievement)
                .exclude(expires_at__lte=history.at)
                .values_list("learner", flat=True)
            )
        gains = applied.then - applied.now
        loses = (applied.now - applied.then) | (applied.now - held - applied.meets)
        assert set(found.gain.tolist()) == gains
        assert set(found.of(Effect.LOSES).tolist()) == loses
        assert set(found.lose.tolist()) == loses | (held - applied.meets - gains)
        on_the_way = applied.open - gains - set(found.lose.tolist())
        expected = {pk: applied.left[pk] for pk in on_the_way if applied.left[pk][2]}
        by_effect = {
            Effect.CLOSER: {pk for pk, (now, then, _) in expected.items() if then < now},
            Effect.FARTHER: {pk for pk, (now, then, _) in expected.items() if then > now},
        }
        for effect, learners in by_effect.items():
            assert set(found.of(effect).tolist()) == learners
        assert found.unchanged == len(expected) - sum(map(len, by_effect.values()))
        left = dict(
            zip(
                found.learners.tolist(),
                zip(found.before.tolist(), found.after.tolist(), strict=True),
                strict=True,
            )
        )
        for pk in {*by_effect[Effect.CLOSER], *by_effect[Effect.FARTHER]}:
            assert left[pk] == expected[pk][:2]


# --- In plain cases ------------------------------------------------------------------------------


@pytest.fixture
def courses():
    """Of one hour, of two hours, and of three."""
    return [published_course(title=f"Course {n}", lessons=2 * n) for n in (1, 2, 3)]


def test_whoever_meets_the_draft_gains(courses):
    one, two, _ = courses
    track = published_track(one, two)
    learner = completed(one)

    found = preview(drafted(track, rules.any_of(leaf(one), leaf(two))), at=TUESDAY)

    assert said(found) == {learner.pk: Effect.GAINS}
    assert (found.before.tolist(), found.after.tolist()) == ([120], [0])


def test_nothing_is_changed_by_looking(courses):
    one, two, _ = courses
    track = published_track(one, two)
    completed(one)
    draft = drafted(track, rules.any_of(leaf(one), leaf(two)))

    preview(draft, at=TUESDAY)

    draft.refresh_from_db()
    assert draft.published_at is None
    assert not Award.objects.exists()
    assert not Pursuit.objects.exists()


def test_who_holds_the_award_keeps_it(courses):
    one, two, _ = courses
    track = published_track(one)
    learner = completed(one)
    judged(learner)

    found = preview(drafted(track, rules.all_of(leaf(one), leaf(two))), at=TUESDAY)

    assert said(found) == {learner.pk: Effect.KEEPS}
    assert found.lose.tolist() == [learner.pk]


def test_who_waits_to_be_awarded_would_lose_if_moved(courses):
    one, two, _ = courses
    track = published_track(one)
    learner = completed(one)

    found = preview(drafted(track, rules.all_of(leaf(one), leaf(two))), at=TUESDAY)

    assert said(found) == {learner.pk: Effect.LOSES}


def test_hours_say_how_much_closer_and_farther(courses):
    one, two, three = courses
    track = published_track(one, two)
    closer, farther = completed(one), completed(two)

    draft = drafted(track, rules.all_of(leaf(one), rules.any_of(leaf(two), leaf(three))))
    same = preview(draft, at=TUESDAY)
    rules.store(draft, rules.all_of(leaf(one), leaf(three)))
    found = preview(draft, at=TUESDAY)

    assert (same.number(*Effect), same.unchanged) == (0, 2)
    assert said(found) == {closer.pk: Effect.FARTHER, farther.pk: Effect.FARTHER}
    assert found.minutes_farther == (180 - 120) + (60 + 180 - 60)
    assert found.minutes_closer == 0


def test_what_is_stacked_on_it_follows(courses):
    one, two, three = courses
    lower = published_track(one, two, title="Lower")
    upper = published_track(lower, three, title="Upper")
    completed(one, three)

    found = preview(drafted(lower, rules.any_of(leaf(one), leaf(two))), at=TUESDAY)

    assert [(above.achievement_id, above.gain) for above in found.above] == [
        (upper.achievement.pk, 1)
    ]


def test_a_course_that_proves_more_is_foreseen_upward(courses):
    course = courses[0]
    skill = SkillFactory()
    track = published_track(tree=rules.all_of(rules.SkillLeaf(skill.pk)))
    completed(course)
    course.course_skills.create(skill=skill)
    draft = catalog_actions.draft_version(achievement=course.achievement)

    found = preview(draft, at=TUESDAY)

    assert [one.achievement_id for one in found.above] == [track.achievement.pk]


def test_a_rule_that_cannot_be_published_has_no_preview(courses):
    track = published_track(courses[0])
    draft = drafted(track, rules.all_of(leaf(track)))

    with pytest.raises(rules.InvalidRule):
        preview(draft, at=TUESDAY)


def test_the_first_version_has_none_under_way(courses):
    track = TrackFactory()
    Achievement.objects.create(track=track, awarding_body=track.organization)
    gains, _ = completed(courses[0]), completed(courses[1])

    found = preview(drafted(track, rules.all_of(leaf(courses[0]))), at=TUESDAY)

    assert said(found) == {gains.pk: Effect.GAINS}
    assert found.unchanged == 0


def test_a_preview_asks_as_often_for_many_learners(courses):
    one, two, _ = courses
    draft = drafted(published_track(one, two), rules.any_of(leaf(one), leaf(two)))
    asked = []
    for count in (1, 9):
        for _ in range(count):
            completed(one)
        with CaptureQueriesContext(connection) as queries:
            preview(draft, at=TUESDAY)
        asked.append(len(queries))

    assert asked[0] == asked[1]
