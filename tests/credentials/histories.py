"""Random histories: learners complete, fall back and come again while rules change."""

from __future__ import annotations

import datetime
import random
from contextlib import suppress
from decimal import Decimal

import time_machine

from catalog import actions as catalog_actions
from catalog import rules
from credentials import actions
from credentials.actions import pursue
from credentials.models import Award, Recognition, Refusal
from enrollment import actions as enrollment_actions
from enrollment.models import Enrollment
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    SkillFactory,
    UserFactory,
    published_course,
    published_track,
)


class History:
    """Four courses, four tracks on each other, three learners, and what happens to them."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.at = TUESDAY
        self.curator = UserFactory()
        self.learners = [UserFactory() for _ in range(3)]
        self.skill = SkillFactory()
        self.courses = [published_course(title=f"Course {n}", ects=n) for n in range(1, 5)]
        self.courses[0].course_skills.create(skill=self.skill)
        catalog_actions.publish_course(course=self.courses[0], at=TUESDAY)
        self.tracks = []
        for number in range(4):
            track = published_track(tree=self.tree(number), title=f"Track {number}")
            self.tracks.append(track)

    def tree(self, below):
        """A rule over the courses and the first so many tracks."""
        parts = [self.leaf(below) for _ in range(self.random.randint(2, 4))]
        kind = self.random.choice(["all", "any", "at_least", "ects", "nested", "once"])
        match kind:
            case "all":
                return rules.all_of(*parts[:2])
            case "at_least":
                return rules.at_least(2, *parts)
            case "ects":
                courses = self.random.sample(self.courses, 2)
                return rules.Group("ects", tuple(rules.CourseLeaf(c.pk) for c in courses), 300)
            case "nested":
                return rules.all_of(rules.any_of(*parts[:2]), parts[-1])
            case "once":
                either, other = rules.any_of(*parts[:2]), rules.any_of(*parts[1:])
                tree = rules.all_of(either, other, counts_once=True)
                # Both may be of one and the same course.
                return other if rules.faults(tree, None) else tree
            case _:
                return rules.any_of(*parts)

    def leaf(self, below):
        limits = {
            "min_grade": self.random.choice([None, None, Decimal(80)]),
            "max_age_months": self.random.choice([None, None, 12]),
            "allows_prior_learning": self.random.random() < 0.4,
        }
        kind = self.random.randint(0, 5)
        if kind == 0:
            return rules.SkillLeaf(self.skill.pk, **limits)
        if kind <= 2 and below:
            track = self.random.choice(self.tracks[:below])
            return rules.AchievementLeaf(track.achievement.pk)
        return rules.CourseLeaf(self.random.choice(self.courses).pk, **limits)

    def go_on(self):
        """One thing happens, some days later; who is concerned waits to be judged."""
        self.at += datetime.timedelta(days=self.random.choice([1, 20, 100]))
        steps = [self.complete] * 5 + [
            self.reopen,
            self.correct,
            self.revoke,
            self.refuse,
            self.lift,
            self.grant,
            self.follow,
            self.move,
            self.recognize,
            self.state,
            self.change,
        ]
        with time_machine.travel(self.at, tick=False):
            self.random.choice(steps)()
            # With time, too, things can be earned: a term ends, and what was done since counts.
            actions.request_judgement(learner_ids=[one.pk for one in self.learners], at=self.at)

    def complete(self):
        learner, course = self.random.choice(self.learners), self.random.choice(self.courses)
        EnrollmentFactory(
            learner=learner,
            run=course.runs.create(),
            completed=True,
            completed_at=self.at,
            grade=self.random.choice([None, Decimal(79), Decimal(90)]),
        )

    def _some(self, rows):
        found = list(rows.order_by("pk"))
        return self.random.choice(found) if found else None

    def reopen(self):
        if enrollment := self._some(Enrollment.objects.completed()):
            enrollment_actions.reopen(
                enrollment=enrollment, by=self.curator, reason="A mistake.", at=self.at
            )

    def correct(self):
        if enrollment := self._some(Enrollment.objects.completed()):
            enrollment_actions.correct_grade(
                enrollment=enrollment,
                grade=self.random.choice([Decimal(70), Decimal(95)]),
                by=self.curator,
                reason="Added up.",
                at=self.at,
            )

    def revoke(self):
        if award := self._some(Award.objects.standing()):
            actions.revoke(award=award, by=self.curator, reason="Not theirs.", at=self.at)

    def refuse(self):
        learner, track = self.random.choice(self.learners), self.random.choice(self.tracks)
        # Not of what they hold, or what is refused to them already.
        with suppress(actions.CannotDecide):
            actions.refuse(
                learner=learner,
                achievement=track.achievement,
                by=self.curator,
                reason="No.",
                at=self.at,
            )

    def lift(self):
        if refusal := self._some(Refusal.objects.filter(lifted_at=None)):
            actions.lift_refusal(refusal=refusal, by=self.curator, reason="Heard.", at=self.at)

    def grant(self):
        learner, track = self.random.choice(self.learners), self.random.choice(self.tracks)
        with suppress(actions.CannotDecide):
            actions.grant(
                learner=learner,
                achievement=track.achievement,
                by=self.curator,
                reason="Shown at work.",
                at=self.at,
            )

    def follow(self):
        learner, track = self.random.choice(self.learners), self.random.choice(self.tracks)
        pursue.follow(learner=learner, achievement=track.achievement, at=self.at)

    def move(self):
        learner, track = self.random.choice(self.learners), self.random.choice(self.tracks)
        pursue.move_to_newest(learner=learner, achievement=track.achievement, at=self.at)

    def recognize(self):
        Recognition.objects.create(
            learner=self.random.choice(self.learners),
            course=(course := self.random.choice(self.courses)),
            organization=self.random.choice([None, course.provider]),
            recognized_at=self.at,
            until=self.random.choice([None, self.at + datetime.timedelta(days=90)]),
            by=self.curator,
            reason="Seen.",
        )

    def state(self):
        course, other = self.random.sample(self.courses, 2)
        if not course.counting_as.filter(counts_as=other).exists():
            catalog_actions.state_equivalence(
                course=course,
                counts_as=other,
                since=(self.at - datetime.timedelta(days=50)).date(),
                reason="The same.",
                by=self.curator,
                at=self.at,
            )

    def change(self):
        """Another version of a track, with a term."""
        number = self.random.randrange(len(self.tracks))
        track = self.tracks[number]
        draft = catalog_actions.draft_version(achievement=track.achievement)
        rules.store(draft, self.tree(number))
        draft.valid_months = self.random.choice([None, 3, 12])
        draft.renewal = self.random.choice(["whole", "delta", "none"])
        draft.save()
        catalog_actions.publish_track(track=renewable(draft).achievement.track, at=self.at)

    def judge(self):
        with time_machine.travel(self.at, tick=False):
            while actions.judge_due(at=self.at):
                pass


def renewable(draft):
    """The draft, renewed by what has changed where nobody could renew all of it."""
    try:
        rules.check_renewal(
            rules.load(draft), valid_months=draft.valid_months, renewal=draft.renewal
        )
    except rules.InvalidRule:
        draft.renewal = "delta"
        draft.save()
    return draft


def awarded():
    """Learner, achievement and version of every award, with its number."""
    return set(Award.objects.values_list("learner", "achievement", "version", "number"))
