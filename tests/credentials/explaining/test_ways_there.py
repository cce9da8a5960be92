"""Pages that lead to an explanation, and where it leads."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from accounts.models import Membership
from catalog import rules
from credentials import actions
from credentials.actions import pursue
from credentials.models import Appeal, Credential
from tests.admin_pages import url
from tests.credentials.explaining.explained import complete
from tests.factories import (
    TUESDAY,
    MembershipFactory,
    UserFactory,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db


def test_the_page_says_what_does_not_do_and_lists_what_is_missing(learner, client, courses):
    track = published_track(
        tree=rules.CourseLeaf(courses[0].pk, min_grade=Decimal(80)), title="Track"
    )
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
