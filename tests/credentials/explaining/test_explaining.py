"""Why something was awarded or not yet, by each version that counts, and at the command line."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from catalog import actions as catalog_actions
from catalog import rules
from credentials import actions
from credentials.actions import pursue
from credentials.models import Award, Pursuit
from tests.admin_pages import url
from tests.credentials.awards import issue_all
from tests.credentials.explaining.explained import complete, explained
from tests.factories import TUESDAY, UserFactory, leaf, published_course, published_track

pytestmark = pytest.mark.django_db


def test_an_award_is_explained_by_what_satisfied_each_leaf(learner, track, courses):
    complete(learner, *courses[:2], grade=90)

    because = explained(learner, track).because

    assert [(line.asked, line.by) for line in because] == [
        ("Complete A.", "“A”, completed on 3 March 2026: 90 %"),
        ("Complete B.", "“B”, completed on 3 March 2026: 90 %"),
    ]


def test_what_is_missing_is_said_in_minutes(learner, track, courses):
    complete(learner, courses[0])

    (one,) = explained(learner, track).versions

    assert [line.is_met for line in one.lines] == [True, False]
    assert (one.left, one.is_met) == (60, False)


@pytest.mark.parametrize(
    ("operator", "n", "left"), [("any", None, 0), ("at_least", 2, 60), ("credits", 90, 30)]
)
def test_what_is_left_of_a_group_is_the_least(learner, courses, operator, n, left):
    group = rules.Group(operator, tuple(map(leaf, courses)), n)
    tree = rules.all_of(group, leaf(published_course(title="D", lessons=1)))
    track = published_track(tree=tree, title="Group")
    complete(learner, courses[0])

    (one,) = explained(learner, track).versions

    assert one.left == left + 30


def test_a_course_that_counts_as_another_is_said_to(learner, track, courses):
    catalog_actions.state_equivalence(
        course=courses[2],
        counts_as=courses[1],
        since=TUESDAY.date(),
        reason="It took its place.",
        by=UserFactory(),
        at=TUESDAY,
    )
    complete(learner, courses[0], courses[2])

    assert explained(learner, track).because[1].by.endswith(", which counts as it")


@pytest.fixture
def joined(learner, track, courses):
    """The learner is under way by a version that is not the newest any more."""
    complete(learner, courses[0])
    catalog_actions.publish_track(track=track, at=TUESDAY, tree=rules.all_of(*map(leaf, courses)))
    return track


def test_both_versions_are_explained_the_joined_one_first(learner, joined):
    versions = explained(learner, joined).versions

    assert [(one.version.number, one.is_newest, one.left) for one in versions] == [
        (1, False, 60),
        (2, True, 120),
    ]


def test_whoever_moves_to_the_newest_version_is_judged_by_that_alone(learner, joined):
    pursue.move_to_newest(learner=learner, achievement=joined.achievement, at=TUESDAY)

    assert [one.version.number for one in explained(learner, joined).versions] == [2]


def test_following_keeps_the_version_that_was_joined(learner, joined):
    pursue.follow(learner=learner, achievement=joined.achievement, at=TUESDAY)

    pursuit = Pursuit.objects.get()
    assert (pursuit.version.number, pursuit.is_chosen) == (1, True)


@pytest.mark.parametrize(("do", "is_chosen"), [("follow", True), ("unfollow", False)])
def test_a_learner_follows_on_the_page(learner, joined, do, is_chosen):
    client = Client()
    client.force_login(learner)
    path = f"/achievements/{joined.achievement.public_id}/pursue"

    page = client.post(path, {"do": do}, follow=True).text

    assert Pursuit.objects.get().is_chosen is is_chosen
    assert "Version 1, which you joined" in page


def test_the_page_says_what_moving_changes(learner, joined):
    client = Client()
    client.force_login(learner)

    page = client.get(f"/achievements/{joined.achievement.public_id}/why").text

    assert "Moving to version 2 changes" in page
    assert "<ins>" in page


def test_a_refusal_is_said_with_its_reason(learner, track):
    actions.refuse(
        learner=learner,
        achievement=track.achievement,
        by=UserFactory(),
        reason="Under inquiry.",
        at=TUESDAY,
    )

    assert explained(learner, track).refusal.reason == "Under inquiry."


def said(*arguments, **options):
    out = io.StringIO()
    call_command("explain", *arguments, stdout=out, **options)
    return out.getvalue()


def test_the_command_explains_an_award(learner, track, courses):
    complete(learner, *courses[:2])

    text = said(str(Award.objects.get(version__name="Track").public_id))

    assert "- Complete A. By “A”, completed on 3 March 2026." in text


def test_the_command_takes_the_id_of_a_credential_for_its_award(learner, track, courses):
    complete(learner, *courses[:2])
    issue_all()
    award = Award.objects.get(version__name="Track")

    assert said(str(award.credentials.get().public_id)) == said(str(award.public_id))


def test_the_command_says_what_a_learner_misses(learner, track):
    assert "2\u00a0h left" in said(learner=learner.email, track=track.slug)


@pytest.mark.parametrize("name", ["course", "achievement"])
def test_the_command_names_a_credential_in_other_ways(name, learner, courses):
    given = {"course": courses[0].slug, "achievement": str(courses[0].achievement.public_id)}

    text = said(learner=learner.email, **{name: given[name]})

    assert "The shortest way takes 1\u00a0h:\n- A (1\u00a0h)" in text


def test_the_command_wants_an_award_or_a_learner_and_a_track():
    with pytest.raises(CommandError):
        said()


def test_a_curator_reads_why_at_the_award(admin_client, learner, track, courses):
    complete(learner, *courses[:2])
    award = Award.objects.get(version__name="Track")

    assert "“B”, completed on" in admin_client.get(url("credentials_award_change", award.pk)).text
