"""What is missing, which courses lead there, and why something does not do."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal

import pytest

from catalog import actions as catalog_actions
from catalog import rules
from catalog.models import AchievementVersion, AchievementVersionSkill
from credentials import actions
from credentials.explaining import explain
from credentials.models import Award, Recognition
from tests.credentials.explaining.explained import LATER, complete, explained
from tests.factories import (
    TUESDAY,
    OrganizationFactory,
    SkillFactory,
    UserFactory,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db


def test_the_cheapest_courses_that_are_missing_are_listed_with_their_hours(learner, courses):
    long = published_course(title="Long", lessons=9)
    tree = rules.all_of(leaf(courses[0]), rules.any_of(leaf(long), leaf(courses[1])))
    track = published_track(tree=tree, title="Track")
    complete(learner, courses[0])

    (one,) = explained(learner, track).versions

    assert [(course.title, course.minutes) for course in one.way] == [("B", 60)]
    assert one.way_minutes == 60


def test_where_credits_add_up_whole_courses_are_listed(learner, courses):
    tree = rules.Group("credits", tuple(map(leaf, courses)), 90)

    (one,) = explained(learner, published_track(tree=tree, title="Track")).versions

    assert (one.left, len(one.way), one.way_minutes) == (90, 2, 120)


def test_the_list_goes_through_the_tracks_below_and_has_each_course_once(learner, track, courses):
    upper = published_track(track, *courses[1:], title="Upper")

    (one,) = explained(learner, upper).versions

    assert [course.title for course in one.way] == ["A", "B", "C"]
    assert one.left == 180


def test_no_course_of_another_organization_leads_to_an_entry_that_asks_for_one(learner, courses):
    other = OrganizationFactory()
    track = published_track(tree=rules.CourseLeaf(courses[0].pk, issuer_id=other.pk))
    skill = SkillFactory()
    courses[0].course_skills.create(skill=skill)
    catalog_actions.publish_course(course=courses[0], at=TUESDAY)
    proved = published_track(tree=rules.SkillLeaf(skill.pk, issuer_id=other.pk))

    for one in (track, proved):
        (found,) = explained(learner, one).versions
        assert (found.left, found.way) == (math.inf, ())


def test_a_credential_that_is_held_for_good_is_not_to_be_had_anew_with_a_better_grade(
    learner, courses
):
    credential = rules.AchievementLeaf(courses[0].achievement.pk, min_grade=Decimal(80))
    track = published_track(tree=rules.any_of(credential, leaf(courses[1])))
    complete(learner, courses[0], completed_at=TUESDAY, grade=Decimal(60))

    (found,) = explained(learner, track).versions

    assert found.way == (courses[1],)


def test_a_track_that_is_held_for_good_is_not_to_be_had_anew_when_it_has_grown_old(
    learner, track, courses
):
    complete(learner, *courses[:2])
    recent = rules.AchievementLeaf(track.achievement.pk, max_age_months=1)
    upper = published_track(tree=rules.any_of(recent, leaf(courses[2])), title="Upper")

    (found,) = explain(learner=learner, achievement=upper.achievement, at=LATER).versions

    assert (found.left, found.way) == (60, (courses[2],))


def test_where_no_course_leads_that_is_said(learner, client):
    track = published_track(tree=rules.SkillLeaf(SkillFactory().pk), title="Track")
    client.force_login(learner)

    page = client.get(f"/achievements/{track.achievement.public_id}/why").text

    assert "No course that can be taken now leads to all that is asked for." in page


def instead(learner, entry, *, at=TUESDAY) -> list[str]:
    """What is said of what does not do for a rule of one entry."""
    track = published_track(tree=rules.all_of(entry), title="Track")
    (one,) = explain(learner=learner, achievement=track.achievement, at=at).versions
    (line,) = one.lines
    assert not line.is_met
    return list(line.instead)


def limited(course, **limits) -> rules.CourseLeaf:
    return rules.CourseLeaf(course.pk, **limits)


def test_a_grade_that_is_too_low_is_said(learner, courses):
    complete(learner, courses[0], grade=Decimal("79.5"))

    assert instead(learner, limited(courses[0], min_grade=Decimal(80))) == [
        "“A”, completed on 3 March 2026: 79.5 %: its grade of 79.5 % is below 80 %"
    ]


def test_a_grade_that_is_not_there_is_said(learner, courses):
    complete(learner, courses[0])

    (said,) = instead(learner, limited(courses[0], min_grade=Decimal(80)))

    assert said.endswith("it has no grade, and 80 % are asked for")


def test_what_is_too_old_is_said(learner, courses):
    complete(learner, courses[0])

    (said,) = instead(learner, limited(courses[0], max_age_months=1), at=LATER)

    assert said.endswith("it is older than 1 month")


def test_another_issuer_is_said_with_every_other_reason(learner, courses):
    complete(learner, courses[0])
    asked = limited(courses[0], issuer_id=OrganizationFactory(name="Own").pk, max_age_months=6)

    (said,) = instead(learner, asked, at=LATER)

    assert said.endswith("it is older than 6 months; it is not from Own")


def test_prior_learning_that_a_rule_does_not_take_is_said(learner, courses):
    Recognition.objects.create(
        learner=learner, course=courses[0], recognized_at=TUESDAY, by=UserFactory(), reason="Seen."
    )

    (said,) = instead(learner, leaf(courses[0]))

    assert said.endswith("recognized prior learning does not count here")


def test_a_course_that_counts_once_elsewhere_is_said(learner, courses):
    once, other = leaf(courses[0]), leaf(courses[1])
    tree = rules.Group(rules.Operator.AT_LEAST, (once, once, other), 2, counts_once=True)
    track = published_track(tree=tree, title="Track")
    complete(learner, courses[0])

    (one,) = explained(learner, track).versions

    assert one.lines[1].instead == (
        "“A”, completed on 3 March 2026: it counts once, and does so for A",
    )


def test_a_revoked_credential_is_said_with_its_reason(learner, track, courses):
    complete(learner, *courses[:2])
    award = Award.objects.get(version__name="Track")
    actions.revoke(award=award, by=UserFactory(), reason="A mistake.", at=TUESDAY)

    assert instead(learner, leaf(track)) == [
        "the credential “Track” was revoked on 3 March 2026: A mistake."
    ]


@pytest.mark.parametrize("by_skill", [False, True])
def test_an_expired_credential_is_said(by_skill, learner):
    skill = SkillFactory()
    course = published_course(title="A")
    version = AchievementVersion.objects.create(
        achievement=course.achievement, number=2, name="A", description="A"
    )
    rules.store(version, leaf(course))
    AchievementVersionSkill.objects.create(version=version, skill=skill)
    AchievementVersion.objects.filter(pk=version.pk).update(published_at=TUESDAY)
    Award.objects.create(
        learner=learner,
        achievement=course.achievement,
        version=version,
        decided_at=TUESDAY,
        due_at=TUESDAY,
        expires_at=TUESDAY + datetime.timedelta(days=30),
    )
    asked = rules.SkillLeaf(skill.pk) if by_skill else rules.AchievementLeaf(course.achievement.pk)

    (said,) = instead(learner, asked, at=LATER)

    assert said.endswith("it expired on 2 April 2026")


def test_a_course_that_was_completed_before_it_counted_is_said(learner, courses):
    complete(learner, courses[1])
    catalog_actions.state_equivalence(
        course=courses[1],
        counts_as=courses[0],
        since=datetime.date(2026, 5, 1),
        reason="It took its place.",
        by=UserFactory(),
        at=TUESDAY,
    )

    (said,) = instead(learner, leaf(courses[0]))

    assert "it counts as it if completed on 1 May 2026 or later" in said
