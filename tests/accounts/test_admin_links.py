"""What a page of the admin links: what its reader may open. ``test_states_of_pages`` reads all."""

from __future__ import annotations

import pytest

from accounts.models import Membership
from tests.admin_pages import url
from tests.factories import (
    EnrollmentFactory,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
    published_course,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrollment():
    return EnrollmentFactory(
        learner=UserFactory(credential_name="Ada <b>"),
        run=published_course(provider=OrganizationFactory()).runs.get(),
    )


def page_for(client, user, enrollment):
    client.force_login(user)
    return client.get(url("enrollment_enrollment_change", enrollment.pk)).text


def test_a_curator_reads_a_name_where_there_is_no_page_for_them(client, enrollment):
    curator = UserFactory(is_staff=True)
    provider = enrollment.run.course.provider
    MembershipFactory(user=curator, organization=provider, role=Membership.Role.CURATOR)

    page = page_for(client, curator, enrollment)

    assert '<div class="readonly">Ada &lt;b&gt;</div>' in page
    assert url("accounts_user_change", enrollment.learner_id) not in page
    assert url("catalog_courserun_change", enrollment.run_id) in page


def test_a_superuser_is_led_to_the_person(client, enrollment):
    page = page_for(client, UserFactory(is_staff=True, is_superuser=True), enrollment)

    assert (
        f'<a href="{url("accounts_user_change", enrollment.learner_id)}">Ada &lt;b&gt;</a>' in page
    )
