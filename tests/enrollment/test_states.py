"""Coming, going, completing and correcting in any order: what must hold is asked of the tables."""

from __future__ import annotations

import datetime
from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.db.models import F
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from catalog.models import CourseRun
from enrollment import actions
from enrollment.models import Enrollment
from tests.factories import TUESDAY, CourseRunFactory, UserFactory, published_course
from tests.tries import tries

LEARNERS = 5
MINUTE = datetime.timedelta(minutes=1)
NUMBER = st.integers(0, 11)

# Each finds what must not be there.
WRONG = {
    "a learner is in a run twice": """
        SELECT learner_id, run_id FROM enrollment_enrollment
        WHERE status IN ('requested', 'waitlisted', 'offered', 'active', 'completed')
        AND taken_again_at IS NULL GROUP BY learner_id, run_id HAVING count(*) > 1""",
    "a run does not count its seats": """
        SELECT r.id FROM catalog_courserun r WHERE r.seats_taken <> (
            SELECT count(*) FROM enrollment_enrollment e WHERE e.run_id = r.id AND (
                e.status IN ('offered', 'active')
                OR e.status = 'completed' AND e.withdrawn_at IS NULL
                AND e.taken_again_at IS NULL))""",
    "a run is oversold": "SELECT id FROM catalog_courserun WHERE seats_taken > seats",
    "somebody waits although a seat is free": """
        SELECT e.id FROM enrollment_enrollment e JOIN catalog_courserun r ON r.id = e.run_id
        WHERE e.status = 'waitlisted' AND (r.seats IS NULL OR r.seats_taken < r.seats)""",
    "somebody was passed over": """
        SELECT w.id FROM enrollment_enrollment w JOIN enrollment_enrollment o
        ON o.run_id = w.run_id AND o.waitlist_place > w.waitlist_place
        WHERE w.status = 'waitlisted' AND o.status IN ('offered', 'active', 'completed')""",
    "a place was given twice, or left out": """
        SELECT r.id FROM catalog_courserun r JOIN enrollment_enrollment e ON e.run_id = r.id
        GROUP BY r.id, r.waitlist_places_given
        HAVING count(DISTINCT e.waitlist_place) <> count(e.waitlist_place)
        OR max(e.waitlist_place) > r.waitlist_places_given""",
    "a seat is held without an end": """
        SELECT id FROM enrollment_enrollment
        WHERE (status = 'offered') <> (offer_ends_at IS NOT NULL)""",
    "who has left has not ended, or who has not left has": """
        SELECT id FROM enrollment_enrollment WHERE status <> 'completed'
        AND (withdrawn_at IS NOT NULL) <> (status IN ('withdrawn', 'lapsed', 'failed'))""",
    "a completion has no evidence": """
        SELECT e.id FROM enrollment_enrollment e WHERE e.status = 'completed'
        AND NOT EXISTS (SELECT 1 FROM enrollment_correction c
            WHERE c.enrollment_id = e.id AND c.kind = 'completed')
        AND (SELECT count(*) FROM enrollment_unitprogress p WHERE p.enrollment_id = e.id
            AND p.completed_at IS NOT NULL AND p.completed_at <= e.completed_at) < 2""",
    "somebody learned without ever having had a seat": """
        SELECT id FROM enrollment_enrollment WHERE NOT had_seat
        AND status NOT IN ('requested', 'waitlisted', 'offered', 'withdrawn', 'lapsed')""",
    "an event was stored twice": """
        SELECT source, event_id FROM enrollment_progressevent
        GROUP BY source, event_id HAVING count(*) > 1""",
}


class Enrolling(RuleBasedStateMachine):
    """Five learners and two runs of one course, with one seat and with two."""

    runs: list[CourseRun]
    learners: list[object]
    units: list[int]

    def __init__(self):
        super().__init__()
        self.now = TUESDAY
        self.sent = []
        self.completions = {}
        self.progress = {}
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize(order=st.permutations(range(LEARNERS)))
    def all_come(self, order):
        for number in order:
            actions.enroll(learner=self.learners[number], run=self.runs[0], at=self.now)

    def chosen(self, number, *statuses):
        """Of the enrollments in these states the one with this number, as far as there are any."""
        found = Enrollment.objects.order_by("pk")
        found = list(found.filter(status__in=statuses) if statuses else found)
        return found[number % len(found)] if found else None

    @rule(learner=st.integers(0, LEARNERS - 1), run=st.integers(0, 1))
    def enroll(self, learner, run):
        values = {"learner": self.learners[learner], "run": self.runs[run], "at": self.now}

        first = actions.enroll(**values)

        assert actions.enroll(**values) == first
        assert first.is_live

    @rule(number=NUMBER)
    def take_again(self, number):
        enrollment = self.chosen(number, "completed")
        if enrollment is not None:
            first = actions.take_again(enrollment=enrollment, at=self.now)
            enrollment.refresh_from_db()

            assert actions.take_again(enrollment=enrollment, at=self.now) == first
            assert first != enrollment
            assert enrollment.is_completed
            assert not enrollment.keeps_seat

    @rule(number=NUMBER)
    def withdraw(self, number):
        enrollment = self.chosen(number)
        actions.withdraw(enrollment=enrollment, at=self.now)
        actions.withdraw(enrollment=enrollment, at=self.now)

    @rule(number=NUMBER)
    def accept(self, number):
        enrollment = self.chosen(number, "offered")
        if enrollment is not None:
            with suppress(actions.NoOffer):
                actions.accept_offer(enrollment=enrollment, at=self.now)

    @rule()
    def two_days_pass(self):
        self.now += datetime.timedelta(hours=48)
        actions.end_offers(at=self.now)

    @rule(run=st.integers(0, 1))
    def widen(self, run):
        CourseRun.objects.filter(pk=self.runs[run].pk).update(seats=F("seats") + 1)
        actions.promote_waitlist(run_id=self.runs[run].pk, at=self.now)

    @rule(number=NUMBER, run=st.integers(0, 1))
    def transfer(self, number, run):
        enrollment = self.chosen(number, "active")
        if enrollment is not None:
            with suppress(actions.NotOpen):
                actions.transfer(enrollment=enrollment, run=self.runs[run], at=self.now)

    @rule(number=NUMBER, units=st.sampled_from([[0], [1], [0, 1]]), minutes_ago=st.integers(0, 30))
    def learn(self, number, units, minutes_ago):
        enrollment = self.chosen(number, "active", "completed", "withdrawn", "failed")
        for unit in units if enrollment is not None else ():
            event = actions.Event(
                source="lms",
                event_id=str(len(self.sent)),
                enrollment_id=enrollment.pk,
                unit_id=self.units[unit],
                verb="completed",
                at=max(enrollment.enrolled_at, self.now - minutes_ago * MINUTE),
            )
            self.sent.append(event)
            assert actions.record_events([event, event], received_at=self.now) == 1

    @rule(number=NUMBER)
    def complete_by_hand(self, number):
        self.correct(number, actions.complete_by_hand)

    @rule(number=NUMBER, is_no_show=st.booleans())
    def fail(self, number, is_no_show):
        self.correct(number, actions.fail, is_no_show=is_no_show)

    @rule(number=NUMBER)
    def reopen(self, number):
        self.correct(number, actions.reopen)

    def correct(self, number, act, **more):
        enrollment = self.chosen(number, "active", "completed", "failed")
        if enrollment is not None:
            with suppress(actions.CannotCorrect):
                act(enrollment=enrollment, by=self.curator, reason="Why", at=self.now, **more)

    @invariant()
    def a_replay_and_the_sweep_change_nothing(self):
        before = list(Enrollment.objects.order_by("pk").values())

        assert actions.record_events(self.sent, received_at=self.now) == 0
        actions.complete_finished(at=self.now)

        assert list(Enrollment.objects.order_by("pk").values()) == before

    @invariant()
    def nothing_is_wrong(self):
        self.now += MINUTE
        with connection.cursor() as cursor:
            for what, query in WRONG.items():
                cursor.execute(query)
                assert cursor.fetchall() == [], what

    @invariant()
    def no_completion_is_lost_without_a_row(self):
        now = dict(Enrollment.objects.completed().values_list("pk", "completed_at"))
        for pk, at in self.completions.items():
            moved_back = pk in now and now[pk] <= at
            assert (
                moved_back
                or Enrollment.objects.get(pk=pk).corrections.filter(undoes__isnull=False).exists()
            )
        self.completions = now

    @invariant()
    def progress_never_goes_back(self):
        known = dict(
            Enrollment.objects.filter(progress__completed_at__isnull=False).values_list(
                "progress", "progress__completed_at"
            )
        )
        assert all(known[pk] <= at for pk, at in self.progress.items())
        self.progress = known


@pytest.mark.hypothesis
@pytest.mark.django_db
def test_any_way_through_the_states_keeps_the_tables_right():
    course = published_course(lessons=2)
    Enrolling.runs = [CourseRunFactory(course=course, seats=seats) for seats in (1, 2)]
    Enrolling.learners = [UserFactory() for _ in range(LEARNERS)]
    Enrolling.curator = UserFactory()
    Enrolling.units = list(course.units.values_list("pk", flat=True))

    run_state_machine_as_test(
        Enrolling,
        # Fewer than of a plain property: each example is many steps.
        settings=tries(12, stateful_step_count=20, suppress_health_check=list(HealthCheck)),
    )
