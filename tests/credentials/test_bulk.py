"""Judging everyone from the rows of the database, beside judging learner by learner."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from accounts.models import ERASED_DOMAIN, User
from credentials.bulk import Judging, read_world
from credentials.bulk.facts import NEVER, moment
from credentials.models import Award, Recognition
from tests.credentials.histories import History, awarded
from tests.factories import TUESDAY, EnrollmentFactory, UserFactory, published_course
from tests.tries import seeds

pytestmark = pytest.mark.django_db


def earned(at):
    """Learner, achievement and version of all that judging everyone at once finds."""
    world = read_world()
    return {
        (int(world.learners[place]), one.rule.achievement_id, one.rule.version_id)
        for one in Judging(world, at=at).run()
        for place in one.learners.tolist()
    }


@seeds(4)
def test_everyone_at_once_earns_what_is_awarded_one_by_one(seed):
    history = History(seed)

    for _ in range(10):
        history.go_on()
        expected, before = earned(history.at), awarded()
        history.judge()
        assert {row[:3] for row in awarded() - before} == expected
        assert earned(history.at) == set()


def test_what_is_read_is_what_the_rows_say(learner):
    course = published_course(title="Course")
    enrollment = EnrollmentFactory(
        learner=learner,
        run=course.runs.get(),
        completed=True,
        completed_at=TUESDAY + datetime.timedelta(microseconds=7),
        grade="79.99",
        edition=3,
    )

    world = read_world()

    assert world.learners.tolist() == [learner.pk]
    assert {name: values.tolist() for name, values in world.completions.items()} == {
        "pk": [enrollment.pk],
        "learner": [0],
        "course": [course.pk],
        "at": [moment(TUESDAY) + 7],
        "grade": [7999],
        "edition": [3],
    }


def test_what_is_empty_is_read_as_such(learner):
    course = published_course(title="Course")
    EnrollmentFactory(learner=learner, run=course.runs.get(), completed=True)
    Recognition.objects.create(
        learner=learner, course=course, recognized_at=TUESDAY, by=UserFactory(), reason="Seen."
    )

    world = read_world()

    assert world.completions["grade"].tolist() == [-1]
    assert world.recognitions["skill"].tolist() == [0]
    assert world.recognitions["until"].tolist() == [NEVER]
    assert world.awards["learner"].dtype == np.int32
    assert not Award.objects.exists()


def test_who_has_been_erased_earns_nothing_more(learner):
    course = published_course()
    EnrollmentFactory(learner=learner, run=course.runs.get(), completed=True)
    User.objects.filter(pk=learner.pk).update(
        erased_at=TUESDAY, email=f"1@{ERASED_DOMAIN}", credential_name="", is_active=False
    )

    assert earned(TUESDAY) == set()
