"""Why something was awarded or not yet, on the page and at the command line."""

from __future__ import annotations

import datetime
import io
import math
import re
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Membership
from catalog import actions as catalog_actions
from catalog import rules
from catalog.models import AchievementVersion, AchievementVersionSkill
from credentials import actions
from credentials.actions import pursue
from credentials.explaining import explain
from credentials.models import Appeal, Award, Credential, Pursuit, Recognition
from tests.admin_pages import url
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    MembershipFactory,
    OrganizationFactory,
    SkillFactory,
    UserFactory,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db
LATER = TUESDAY + datetime.timedelta(days=400)


@pytest.fixture
def courses():
    return [published_course(title=title, lessons=2) for title in ("A", "B", "C")]


@pytest.fixture
def track(courses):
    return published_track(*courses[:2], title="Track")


def complete(learner, *courses, **values):
    for course in courses:
        EnrollmentFactory(learner=learner, run=course.runs.get(), completed=True, **values)
    actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)
    actions.judge_due(at=TUESDAY)


def explained(learner, track):
    return explain(learner=learner, achievement=track.achievement, at=TUESDAY)


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


# What is missing, and what does not do


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


# Ways to the explanation


def test_the_page_says_what_does_not_do_and_lists_what_is_missing(learner, client, courses):
    track = published_track(tree=limited(courses[0], min_grade=Decimal(80)), title="Track")
    complete(learner, courses[0], grade=70)
    client.force_login(learner)

    page = client.get(f"/achievements/{track.achievement.public_id}/why").text

    assert "its grade of 70 % is below 80 %." in page
    assert f'href="{courses[0].get_absolute_url()}"' in page


def test_the_page_of_the_track_leads_to_it(learner, client, track):
    address = f"/achievements/{track.achievement.public_id}/why"
    assert address not in client.get(track.get_absolute_url()).text

    client.force_login(learner)

    assert address in client.get(track.get_absolute_url()).text


def test_it_leads_back_to_the_track_and_an_appeal_back_to_it(learner, client, track):
    client.force_login(learner)
    address = f"/achievements/{track.achievement.public_id}/why"

    page = client.get(address).text
    appeal = client.get(f"/achievements/{track.achievement.public_id}/appeal").text

    assert f'<li><a href="{track.get_absolute_url()}">Track</a></li>' in page
    assert f'<li><a href="{address}">Why</a></li>' in appeal


def test_what_was_awarded_is_shown_from_there(learner, client, track, courses):
    complete(learner, *courses[:2])
    while actions.issue_due(at=TUESDAY):
        pass
    client.force_login(learner)

    page = client.get(f"/achievements/{track.achievement.public_id}/why").text

    credential = Credential.objects.get(award__version__name="Track")
    assert f'<a href="{credential.get_absolute_url()}">Show it</a>' in page


def test_my_credentials_lead_to_it(learner, client, track, courses):
    complete(learner, courses[0])
    pursue.follow(learner=learner, achievement=track.achievement, at=TUESDAY)
    while actions.issue_due(at=TUESDAY):
        pass
    client.force_login(learner)

    page = client.get("/credentials/").text

    for achievement in (courses[0].achievement, track.achievement):
        assert f"/achievements/{achievement.public_id}/why" in page


@pytest.fixture
def curator(client, track):
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=track.organization, role=Membership.Role.CURATOR)
    client.force_login(user)
    return client


def asked_by(curator, email, track):
    data = {"learner": email, "achievement": track.achievement.pk}
    return curator.post(url("credentials_award_why"), data).text


def test_a_curator_reads_why_not_yet(curator, learner, track):
    pursue.follow(learner=learner, achievement=track.achievement, at=TUESDAY)

    page = asked_by(curator, learner.email, track)

    assert "At least 2\u00a0h left." in page
    assert "The shortest way, 2\u00a0h: A (1\u00a0h), B (1\u00a0h)." in page


def test_of_a_stranger_a_curator_reads_nothing(curator, learner, track):
    complete(learner, published_course())

    assert "Nobody of your learners has this address." in asked_by(curator, learner.email, track)


def test_an_appeal_leads_there(curator, learner, track):
    appeal = Appeal.objects.create(
        learner=learner, achievement=track.achievement, text="Please.", asked_at=TUESDAY
    )

    page = curator.get(url("credentials_appeal_change", appeal.pk)).text
    address = re.search(r'href="([^"]+/why/[^"]+)"', page).group(1).replace("&amp;", "&")

    assert "At least 2\u00a0h left." in curator.get(address).text
