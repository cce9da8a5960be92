"""What the credential's page says of it, to whom, and how often others have looked."""

from __future__ import annotations

import datetime
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from accounts import actions as account_actions
from catalog import actions as catalog_actions
from catalog import rules
from credentials import actions, seen, tasks
from credentials.models import Credential, ViewCount
from enrollment import actions as enrollment_actions
from tests.credentials.awards import issued
from tests.factories import (
    TUESDAY,
    UserFactory,
    complete_course,
    leaf,
    published_course,
    published_track,
)

TODAY = datetime.date(2026, 3, 3)
pytestmark = pytest.mark.django_db


@pytest.fixture
def credential():
    return issued()[0]


@pytest.fixture
def holder(credential, client):
    """The holder's own browser."""
    client.force_login(credential.award.learner)
    return client


def test_a_revoked_one_leads_its_holder_to_an_appeal(credential, holder):
    award = credential.award
    assert "Why you were awarded it" in page_of(credential, holder)
    actions.revoke(award=award, by=UserFactory(), reason="A mistake.", at=TUESDAY)

    page = page_of(credential, holder)

    assert "Why you were awarded it" not in page
    assert f'href="/achievements/{award.achievement.public_id}/appeal"' in page
    assert "Appeal" not in page_of(credential, Client())


def page_of(credential, client, **headers) -> str:
    response = client.get(credential.get_absolute_url(), headers=headers)
    assert response.status_code == 200
    return " ".join(response.text.split())


def views(credential) -> int:
    return seen.seen(credential, on=timezone.now().date()).ever


def test_it_says_how_it_was_assessed(client):
    course = complete_course(assessment="project", quality_assurance="Two people read it.")
    catalog_actions.publish_course(course=course, at=TUESDAY)
    course.refresh_from_db()
    (credential,) = issued(achievement=course.achievement)
    course.assessment = "exam"
    course.save()

    page = page_of(credential, client)

    assert "How it was assessed" in page
    assert "<dt>Assessment</dt><dd>Project</dd>" in page
    assert "Two people read it." in page


def test_it_says_where_it_stands_in_stacks(client, learner):
    first, second = published_course(), published_course()
    certificate = published_track(first, title="Both")
    other = published_track(first, second, title="A longer one")
    retired = published_track(first, title="No longer taught")
    catalog_actions.retire(item=retired)
    diploma = published_track(tree=rules.Group("all", (leaf(certificate),)), title="Above")
    enrollment = enrollment_actions.enroll(learner=learner, run=first.runs.get(), at=TUESDAY)
    enrollment_actions.finish_unit(enrollment=enrollment, unit=first.units.get(), at=TUESDAY)
    tasks.judge()
    of = Credential.objects.get
    course, both = of(award__achievement__course=first), of(award__achievement__track=certificate)

    assert f'<a href="{certificate.get_absolute_url()}">Both</a>' in page_of(course, client)
    assert f'<a href="{other.get_absolute_url()}">A longer one</a>' in page_of(course, client)
    assert "No longer taught" not in page_of(course, client)
    assert f'<a href="{diploma.get_absolute_url()}">Above</a>' in page_of(both, client)


def test_it_leads_to_the_credential_that_it_rests_on_unless_that_is_kept_private(client, learner):
    course = published_course(title="Below")
    track = published_track(
        tree=rules.Group("all", (rules.AchievementLeaf(course.achievement.pk),)), title="Upper"
    )
    enrollment = enrollment_actions.enroll(learner=learner, run=course.runs.get(), at=TUESDAY)
    enrollment_actions.finish_unit(enrollment=enrollment, unit=course.units.get(), at=TUESDAY)
    tasks.judge()
    below = Credential.objects.get(award__achievement__course=course)
    upper = Credential.objects.get(award__achievement__track=track)

    assert below.get_absolute_url() in page_of(upper, client)

    Credential.objects.filter(pk=below.pk).update(visibility="off")

    assert below.get_absolute_url() not in page_of(upper, client)
    client.force_login(learner)
    assert below.get_absolute_url() in page_of(upper, client)


def test_the_holder_alone_learns_how_often_others_looked(credential, holder):
    assert "Nobody else has opened this page yet." in page_of(credential, holder)
    for _ in range(2):
        assert "opened this page" not in page_of(credential, Client())

    assert "Others have opened this page 2 times. In the last 30 days: 2." in page_of(
        credential, holder
    )


def test_views_of_long_ago_are_none_of_late(credential):
    for days in (0, 29, 30, 400):
        seen.count(credential, on=TODAY - datetime.timedelta(days=days))

    assert seen.seen(credential, on=TODAY) == seen.Seen(ever=4, lately=2)


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"user-agent": "facebookexternalhit/1.1"},
        {"sec-purpose": "prefetch;prerender"},
    ],
)
def test_programs_are_not_counted(credential, client, headers):
    page_of(credential, client, **headers)
    client.head(credential.get_absolute_url())
    client.get(credential.get_absolute_url(), headers={"accept": "application/vc"})

    assert views(credential) == 0
    page_of(credential, client, **{"user-agent": "Mozilla/5.0 (X11; Linux x86_64)"})
    assert views(credential) == 1


def test_the_page_is_shown_when_counting_fails(credential, client):
    with mock.patch.object(QuerySet, "update", side_effect=DatabaseError("read only")):
        page_of(credential, client)


def test_a_day_is_counted_in_one_row(credential):
    seen.count(credential, on=TODAY)

    with pytest.raises(IntegrityError), transaction.atomic():
        ViewCount.objects.create(credential=credential, day=TODAY)


def test_counts_go_when_the_holder_is_erased(credential):
    seen.count(credential, on=TODAY)
    learner = credential.award.learner

    account_actions.request_erasure(user=learner, by=learner, at=TUESDAY)
    account_actions.erase_due(at=TUESDAY)

    assert not ViewCount.objects.exists()


def test_the_holder_can_add_it_to_a_profile(credential, holder):
    said = page_of(credential, holder)

    link = said.split('href="https://www.linkedin.com/profile/add?')[1].split('"')[0]
    asked = parse_qs(urlsplit("?" + link.replace("&amp;", "&")).query)
    assert asked["name"] == [credential.award.version.name]
    assert asked["organizationName"] == [credential.award.achievement.awarding_body.name]
    assert asked["issueYear"] == [str(credential.issued_at.year)]
    assert asked["certUrl"][0].endswith(credential.get_absolute_url())
    assert "linkedin.com" not in page_of(credential, Client())
