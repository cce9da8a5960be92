"""A rule that expires and could never be renewed whole is not published."""

from __future__ import annotations

import pytest

from catalog import actions, rules
from catalog.drafting import foreseen
from catalog.models import Achievement, AchievementVersion
from catalog.rules import AchievementLeaf, CourseLeaf, Group, InvalidRule, SkillLeaf
from tests.factories import TUESDAY, SkillFactory, TrackFactory, leaf, published_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return published_course(title="Refresher", lessons=2)


@pytest.fixture
def lasting() -> AchievementLeaf:
    """The credential of a course of an hour, which never expires."""
    return AchievementLeaf(published_course(title="Induction", lessons=2).achievement.pk)


@pytest.fixture
def expiring() -> AchievementLeaf:
    found = published_course(title="First aid")
    actions.publish_course(course=found, at=TUESDAY, term=actions.Term(12))
    return AchievementLeaf(found.achievement.pk)


def drafted(tree, *, months=12, renewal="whole"):
    track = TrackFactory(title="Warden")
    achievement = Achievement.objects.create(
        track=track, awarding_body=track.organization, kind=Achievement.Kind.CERTIFICATE
    )
    draft = actions.draft_version(achievement=achievement)
    rules.store(draft, tree)
    draft.valid_months, draft.renewal = months, renewal
    draft.save()
    return track


def publish(tree, **term) -> AchievementVersion:
    return actions.publish_track(track=drafted(tree, **term), at=TUESDAY)


def test_it_says_which_credential_and_what_to_change(course, lasting):
    with pytest.raises(InvalidRule) as refused:
        publish(rules.all_of(leaf(course), lasting))

    said = str(refused.value)
    assert "never expires and so is not awarded again: “Induction”." in said
    assert "renewed by what has changed" in said
    assert not AchievementVersion.objects.published().filter(name="Warden").exists()


def test_a_preview_is_refused_likewise(course, lasting):
    track = drafted(rules.all_of(leaf(course), lasting))

    with pytest.raises(InvalidRule, match="Induction"):
        foreseen(track)


@pytest.mark.parametrize("term", [{"months": None}, {"renewal": "delta"}, {"renewal": "none"}])
def test_what_never_expires_or_is_not_renewed_whole_may_ask_for_it(course, lasting, term):
    assert publish(rules.all_of(leaf(course), lasting), **term).published_at


def test_a_credential_with_a_term_may_be_asked_for(course, expiring):
    assert publish(rules.all_of(leaf(course), expiring)).published_at


def test_it_is_asked_of_the_version_in_force(course, expiring):
    achievement = Achievement.objects.get(pk=expiring.achievement_id)
    actions.publish_course(course=achievement.course, at=TUESDAY, term=actions.Term(None))

    with pytest.raises(InvalidRule, match="First aid"):
        publish(rules.all_of(leaf(course), expiring))


def trees(course, lasting, expiring):
    one, skill = CourseLeaf(course.pk), SkillLeaf(SkillFactory().pk)
    inner = rules.all_of(one, lasting)
    return {
        "alone": (lasting, False),
        "all": (rules.all_of(one, lasting), False),
        "any": (rules.any_of(one, lasting), True),
        "any of nothing else": (rules.any_of(lasting), False),
        "enough others": (rules.at_least(2, one, expiring, lasting), True),
        "too few others": (rules.at_least(2, one, lasting), False),
        "below a choice": (rules.any_of(inner, expiring), True),
        "below all": (rules.all_of(inner, expiring), False),
        "a skill": (rules.all_of(one, skill), True),
        "hours without it": (Group("credits", (one, lasting), 60), True),
        "hours with it": (Group("credits", (one, lasting), 61), False),
        "hours that nobody knows": (Group("credits", (skill, lasting), 30), False),
        "hours below": (rules.all_of(Group("credits", (inner, expiring), 61)), False),
    }


@pytest.mark.parametrize(
    "name",
    [
        "alone",
        "all",
        "any",
        "any of nothing else",
        "enough others",
        "too few others",
        "below a choice",
        "below all",
        "a skill",
        "hours without it",
        "hours with it",
        "hours that nobody knows",
        "hours below",
    ],
)
def test_what_can_do_without_it_is_published(course, lasting, expiring, name):
    tree, is_published = trees(course, lasting, expiring)[name]

    try:
        rules.check_renewal(tree, valid_months=12, renewal="whole")
    except InvalidRule:
        assert not is_published
    else:
        assert is_published
