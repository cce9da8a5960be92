"""What curators read of a rule in force of which something can no longer be earned."""

from __future__ import annotations

import pytest

from catalog import actions, rules
from catalog.earning import hindrances
from tests.admin_pages import url
from tests.factories import (
    TUESDAY,
    SkillFactory,
    UserFactory,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def maps():
    return published_course(title="Maps")


@pytest.fixture
def tides():
    return published_course(title="Tides")


def publish_with_term(item, *, months):
    draft = actions.draft_version(achievement=item.achievement)
    draft.valid_months = months
    draft.save()
    if item.achievement.course:
        actions.publish_course(course=item, at=TUESDAY)
    else:
        tree = rules.load(item.achievement.versions.current().get())
        actions.publish_track(track=item, at=TUESDAY, tree=tree)


def test_of_a_rule_that_can_be_met_nothing_is_said(maps, tides):
    lower = published_track(maps, title="Lower")

    assert hindrances(published_track(lower, tides)) == []


def test_a_retired_course_is_named(maps, tides):
    track = published_track(maps, tides)
    actions.retire(item=maps)

    assert hindrances(track) == [
        "Nobody who begins now can meet the rule.",
        "“Maps”: the course is retired, and none that counts as it can be taken.",
    ]


def test_in_a_choice_the_rule_can_still_be_met(maps, tides):
    track = published_track(tree=rules.any_of(leaf(maps), leaf(tides)))
    actions.retire(item=maps)

    (said,) = hindrances(track)
    assert said.startswith("“Maps”")


def test_a_course_that_counts_as_the_retired_one_will_do_but_not_for_its_credential(maps, tides):
    credential = rules.AchievementLeaf(maps.achievement.pk)
    track, other = published_track(maps), published_track(tree=credential)
    actions.retire(item=maps)
    actions.state_equivalence(
        course=tides,
        counts_as=maps,
        since=TUESDAY.date(),
        reason="It replaces it.",
        by=UserFactory(),
        at=TUESDAY,
    )

    assert hindrances(track) == []
    assert len(hindrances(other)) == 2


def test_it_goes_up_through_tracks(maps):
    lower = published_track(maps, title="Lower")
    upper = published_track(lower)
    actions.retire(item=maps)

    _, said = hindrances(upper)
    assert said.startswith("“Lower")
    assert said.endswith(": nobody who begins now can meet its rule.")


def test_a_retired_track_is_named_though_it_is_still_awarded(maps):
    lower = published_track(maps, title="Lower")
    upper = published_track(lower)
    actions.retire(item=lower)

    (said,) = hindrances(upper)
    assert "the track is retired; whoever meets its rule is still awarded it" in said


def test_a_skill_that_no_course_proves_any_more_is_named(maps):
    skill = SkillFactory(label="Read a map")
    maps.course_skills.create(skill=skill)
    actions.publish_course(course=maps, at=TUESDAY)
    track = published_track(tree=rules.SkillLeaf(skill.pk))
    assert hindrances(track) == []
    actions.retire(item=maps)

    assert any("no course that can be taken proves it" in said for said in hindrances(track))


def test_an_achievement_that_has_lost_its_term_keeps_the_track_from_being_renewed(maps):
    publish_with_term(maps, months=12)
    track = published_track(tree=rules.AchievementLeaf(maps.achievement.pk))
    publish_with_term(track, months=12)
    assert hindrances(track) == []

    publish_with_term(maps, months=None)

    (said,) = hindrances(track)
    assert said.startswith("It could never be renewed by all of its rule")


def test_a_sum_that_its_courses_no_longer_reach_cannot_be_met(maps, tides):
    track = published_track(tree=rules.Group("credits", (leaf(maps), leaf(tides)), 60))
    maps.units.update(minutes=10)
    actions.publish_course(course=maps, at=TUESDAY)

    assert hindrances(track) == ["Nobody who begins now can meet the rule."]


def test_the_page_of_the_track_says_it(maps, admin_client):
    track = published_track(maps)
    page = url("catalog_track_change", track.pk)
    assert "Nothing." in admin_client.get(page).text
    actions.retire(item=maps)

    assert "Nobody who begins now can meet the rule." in admin_client.get(page).text
