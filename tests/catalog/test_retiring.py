"""Retiring in the admin: whom it concerns, and what counts in the place of what goes."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from accounts.models import Membership
from catalog import actions, drafting, rules
from catalog.models import Achievement, Equivalence
from tests.admin_pages import url
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    MembershipFactory,
    OrganizationFactory,
    TrackFactory,
    UserFactory,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(db):
    return OrganizationFactory(name="Own institute")


@pytest.fixture
def curator(client: Client, own) -> Client:
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=own, role=Membership.Role.CURATOR)
    client.force_login(user)
    return client


@pytest.fixture
def course(own):
    return published_course(provider=own, slug="maps", title="Maps")


def retire(client: Client, course, **values):
    page = url("catalog_course_retire", course.pk)
    return client.post(page, {"reason": "Its law has changed."} | values, follow=True)


def asked(client: Client, course) -> str:
    """The page's text, with every run of blanks as one."""
    return " ".join(client.get(url("catalog_course_retire", course.pk)).text.split())


def test_the_replacement_counts_as_the_retired_course_from_a_day_on(curator, course):
    charts = published_course(slug="charts", title="Charts")

    page = retire(curator, course, replacement="charts", since="2026-05-01")

    stated = Equivalence.objects.get()
    assert (stated.course, stated.counts_as, stated.since) == (
        charts,
        course,
        datetime.date(2026, 5, 1),
    )
    assert stated.reason == "Its law has changed."
    assert "“Charts” counts as it from 2026-05-01 on." in page.text
    course.refresh_from_db()
    assert course.status == "retired"


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"replacement": "nowhere"}, "No other published course is called “nowhere”."),
        ({"replacement": "maps"}, "No other published course is called “maps”."),
        ({"replacement": "charts", "since": ""}, "Say from which day on"),
        ({"replacement": "charts", "since": "soon"}, "Enter a valid date"),
        ({"replacement": "charts", "since": "2026-05-01", "reason": ""}, "This field is required"),
    ],
)
def test_what_cannot_replace_it_is_refused_and_nothing_is_half_done(
    values, problem, curator, course
):
    published_course(slug="charts")

    page = retire(curator, course, **values)

    course.refresh_from_db()
    assert problem in page.text
    assert course.status == "published"
    assert not Equivalence.objects.exists()


def test_without_a_replacement_nothing_counts_as_it(curator, course):
    retire(curator, course)

    assert not Equivalence.objects.exists()


def test_published_courses_are_offered_by_name(curator, course, own):
    published_course(slug="charts", title="Charts", provider=own)

    assert '<option value="charts">Charts</option>' in asked(curator, course)
    assert '<option value="maps">' not in asked(curator, course)


def test_the_rules_that_name_it_are_listed_drafts_and_older_ones_too(curator, course, own):
    track = published_track(course, title="Navigator", organization=own)
    EnrollmentFactory(run=course.runs.get())
    other = published_course(title="Tides")
    actions.publish_track(track=track, at=TUESDAY, tree=rules.all_of(leaf(course), leaf(other)))
    drafting.save_draft(track=track, tree=leaf(course), wording=actions.Wording())

    page = asked(curator, course)

    assert "Navigator (version 3)</a>: not published yet." in page
    assert "Navigator (version 2)</a>: in force, 1 learner under way by it." in page
    assert "Navigator (version 1)</a>: an older version, 1 learner under way by it." in page


def test_of_anothers_draft_only_its_organization_is_said(curator, course):
    organization = OrganizationFactory(name="Elsewhere")
    track = TrackFactory(title="Secret", organization=organization)
    Achievement.objects.create(track=track, awarding_body=organization)
    drafting.save_draft(track=track, tree=leaf(course), wording=actions.Wording())

    page = asked(curator, course)

    assert "A draft of Elsewhere: not published yet." in page
    assert "Secret" not in page


def test_an_entry_that_asks_for_the_credential_is_said_to_have_no_replacement(curator, course):
    published_track(tree=rules.AchievementLeaf(course.achievement.pk), title="Navigator")

    assert "which no other course earns" in asked(curator, course)


def test_what_counts_as_it_already_is_shown(curator, course):
    actions.state_equivalence(
        course=published_course(title="Charts"),
        counts_as=course,
        since=TUESDAY.date(),
        reason="The same.",
        by=UserFactory(),
        at=TUESDAY,
    )

    assert "Charts, from 2026-03-03 on" in asked(curator, course)


def test_of_a_retired_track_the_rules_above_it_are_shown(curator, course, own):
    track = published_track(course, organization=own)
    published_track(track, title="Captain", organization=own)

    page = curator.get(url("catalog_track_retire", track.pk)).text

    assert "Captain (version 1)" in page
    assert "Replaced by" not in page


def test_who_is_enrolled_is_named(curator, course):
    enrollment = EnrollmentFactory(run=course.runs.get())
    EnrollmentFactory(run=course.runs.get(), completed=True, learner__credential_name="Did it")

    page = asked(curator, course)

    assert f">{enrollment.learner}</a>" in page
    assert "Did it" not in page
