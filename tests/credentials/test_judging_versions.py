"""Which version of a rule a learner is judged by, and for how long an award lasts."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from catalog import actions as catalog_actions
from catalog import rules
from credentials.bulk import Judging, read_world
from credentials.models import Award, Pursuit
from tests.credentials.judging import DAY, again, completed, held, in_term, judge_all
from tests.factories import TUESDAY, leaf, published_course, published_track

pytestmark = pytest.mark.django_db


# --- Versions ----------------------------------------------------------------------------------


def test_whoever_is_under_way_keeps_the_version_they_joined(learner):
    first, second, third = (published_course(title=name) for name in "ABC")
    track = published_track(first, second, title="Track")
    completed(learner, first)
    judge_all()

    catalog_actions.publish_track(
        track=track, at=TUESDAY + DAY, tree=rules.all_of(*map(leaf, (first, second, third)))
    )
    completed(learner, second, at=TUESDAY + DAY)
    judge_all(TUESDAY + DAY)

    award = Award.objects.get(version__name="Track")
    assert award.version.number == 1


def test_what_only_the_joined_version_names_is_noticed(learner):
    first, second, third = (published_course(title=name) for name in "ABC")
    track = published_track(first, second, title="Track")
    completed(learner, first)
    judge_all()
    catalog_actions.publish_track(track=track, at=TUESDAY, tree=rules.all_of(leaf(third)))

    completed(learner, second)
    judge_all()

    assert Award.objects.get(version__name="Track").version.number == 1


def test_whoever_meets_the_newest_version_is_awarded_by_that(learner):
    first, second, third = (published_course(title=name) for name in "ABC")
    track = published_track(first, second, title="Track")
    completed(learner, first)
    judge_all()
    catalog_actions.publish_track(
        track=track, at=TUESDAY, tree=rules.all_of(leaf(first), leaf(third))
    )

    completed(learner, third)
    judge_all()

    assert Award.objects.get(version__name="Track").version.number == 2


def test_whoever_begins_later_has_only_the_newest(learner):
    first, second = published_course(title="A"), published_course(title="B")
    track = published_track(first, title="Track")
    catalog_actions.publish_track(
        track=track, at=TUESDAY, tree=rules.all_of(leaf(first), leaf(second))
    )

    completed(learner, first)
    judge_all()

    assert "Track" not in held(learner)


def test_a_pursuit_is_of_a_published_version_of_its_own(learner):
    track, other = published_track(published_course()), published_track(published_course())

    with pytest.raises(IntegrityError, match="pursuit_of_its_own"), transaction.atomic():
        Pursuit.objects.create(
            learner=learner,
            achievement=track.achievement,
            version=other.achievement.versions.get(),
            joined_at=TUESDAY,
        )


# --- Terms -------------------------------------------------------------------------------------


def test_an_award_has_the_term_of_its_version(learner):
    course = published_course()
    track = published_track(course, title="Track")
    in_term(track, months=12)
    completed(learner, course)

    judge_all()

    award = Award.objects.get(version__name="Track")
    assert award.expires_at == TUESDAY.replace(year=TUESDAY.year + 1)


def test_an_expired_part_does_not_count(learner):
    first, second = published_course(title="A"), published_course(title="B")
    lower = published_track(first, title="Lower")
    in_term(lower, months=1)
    published_track(tree=rules.all_of(leaf(lower), leaf(second)), title="Upper")
    completed(learner, first)
    judge_all()

    later = TUESDAY + 100 * DAY
    completed(learner, second, at=later)
    judge_all(later)

    assert "Upper" not in held(learner)


def test_a_whole_renewal_takes_all_of_itagain(learner):
    first, second = published_course(title="A"), published_course(title="B")
    track = published_track(first, second, title="Track")
    in_term(track, months=12)
    for course in (first, second):
        completed(learner, course)
    judge_all()

    later = TUESDAY + 300 * DAY
    again(learner, first, at=later)
    judge_all(later)
    assert Award.objects.filter(version__name="Track").count() == 1

    again(learner, second, at=later)
    judge_all(later)

    old, new = Award.objects.filter(version__name="Track").order_by("number")
    assert new.renews == old
    # Nothing of the old term is lost.
    assert new.expires_at == old.expires_at.replace(year=old.expires_at.year + 1)


def test_a_delta_renewal_takes_only_what_has_changed(learner):
    first, second = published_course(title="A"), published_course(title="B")
    track = published_track(first, second, title="Track")
    in_term(track, months=12, renewal="delta")
    for course in (first, second):
        completed(learner, course)
    judge_all()
    type(second).objects.filter(pk=second.pk).update(edition=2)

    later = TUESDAY + 300 * DAY
    catalog_actions.rules_changed()
    again(learner, second, at=later, edition=2)
    judge_all(later)

    assert Award.objects.filter(version__name="Track").count() == 2


@pytest.fixture
def renewed_yearly(learner):
    """An induction, whose credential never expires, and a refresher no older than a year."""
    induction, refresher = published_course(title="A"), published_course(title="B")
    yearly = rules.CourseLeaf(refresher.pk, max_age_months=12)
    tree = rules.all_of(rules.AchievementLeaf(induction.achievement.pk), yearly)
    track = published_track(tree=tree, title="Track")
    in_term(track, months=18, renewal="delta")
    for course in (induction, refresher):
        completed(learner, course)
    judge_all()
    return induction, refresher


def test_what_never_expires_is_done_once_and_the_rest_for_each_delta_renewal(
    learner, renewed_yearly
):
    induction, refresher = renewed_yearly
    later = TUESDAY + 400 * DAY

    again(learner, induction, at=later)
    judge_all(later)
    assert Award.objects.filter(version__name="Track").count() == 1

    again(learner, refresher, at=later)
    judge_all(later)
    assert Award.objects.filter(version__name="Track").count() == 2


def test_what_never_expires_counts_for_a_delta_renewal_whichever_version_it_is_of(
    learner, renewed_yearly
):
    """By the newer version it is not awarded to who holds it."""
    induction, refresher = renewed_yearly
    later = TUESDAY + 400 * DAY
    wording = catalog_actions.Wording(name="Induction, as of now")
    catalog_actions.publish_course(course=induction, at=later, wording=wording)

    again(learner, refresher, at=later)
    at_once = Judging(read_world(), at=later).run()
    judge_all(later)

    assert [made.is_renewal for made in at_once] == [True]
    assert Award.objects.filter(version__name="Track").count() == 2


def test_what_has_long_to_go_is_not_renewed(learner):
    course = published_course(title="A")
    track = published_track(course, title="Track")
    in_term(track, months=24)
    completed(learner, course)
    judge_all()

    again(learner, course, at=TUESDAY + 30 * DAY)
    judge_all(TUESDAY + 30 * DAY)

    assert Award.objects.filter(version__name="Track").count() == 1


def test_a_track_that_is_edited_keeps_its_term():
    first, second = published_course(), published_course()
    track = published_track(first)
    in_term(track, months=12, renewal="delta")

    catalog_actions.draft_version(achievement=track.achievement)
    catalog_actions.publish_track(
        track=track, at=TUESDAY, tree=rules.all_of(leaf(first), leaf(second))
    )

    newest = track.achievement.versions.current().get()
    assert (newest.number, newest.valid_months, newest.renewal) == (3, 12, "delta")
