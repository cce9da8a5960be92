"""Live sessions are planned in the admin, at their run."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError
from django.test import Client

from accounts.models import Membership
from catalog.models import LiveSession
from tests.admin_pages import errors, save, url
from tests.enrollment.teaching import HOUR, a_run, a_session, attend, join, teacher_of
from tests.factories import TUESDAY, MembershipFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    run = a_run()
    run.time_zone = "Europe/Berlin"
    run.save()
    return run


@pytest.fixture
def unit(run):
    return UnitFactory(course=run.course, position=9, kind="live", title="Practice round")


@pytest.fixture
def admin(client: Client, run):
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=run.course.provider, role=Membership.Role.CURATOR)
    client.force_login(user)
    return client


def page(run) -> str:
    return url("catalog_courserun_change", run.pk)


def plan(admin, run, **changes):
    given = {
        "sessions__TOTAL_FORMS": "1",
        "sessions__0__starts_at_0": "2026-07-08",
        "sessions__0__starts_at_1": "18:00",
        "sessions__0__ends_at_0": "2026-07-08",
        "sessions__0__ends_at_1": "19:15",
    }
    return save(admin, page(run), **given | changes)


def test_a_session_is_planned_in_the_time_zone_of_its_run(admin, run, unit):
    plan(admin, run, sessions__0__unit=unit.pk)

    session = LiveSession.objects.get()
    assert session.starts_at == datetime.datetime(2026, 7, 8, 16, 0, tzinfo=datetime.UTC)
    assert session.run == run
    assert "18:00:00" in admin.get(page(run)).content.decode()


def test_only_live_units_of_the_course_are_offered(admin, run, unit):
    elsewhere = UnitFactory(kind="live", title="Elsewhere")

    answer = plan(admin, run, sessions__0__unit=elsewhere.pk)

    assert "valid choice" in errors(answer)
    assert "Elsewhere" not in admin.get(page(run)).content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sessions__0__ends_at_1": "17:00"}, "ends before it starts"),
        ({"sessions__0__ends_at_0": "2026-07-10"}, "lasts at most a day"),
        # The clocks are put forward: there is no such time.
        (
            {"sessions__0__starts_at_0": "2026-03-29", "sessions__0__starts_at_1": "02:30"},
            "time zone Europe/Berlin",
        ),
    ],
)
def test_times_that_cannot_be(admin, run, unit, changes, said):
    assert said in errors(plan(admin, run, sessions__0__unit=unit.pk, **changes))


def test_a_session_that_was_marked_stays(admin, run):
    session = a_session(run)
    attend(join(run), session=session, by=teacher_of(run))

    answer = save(admin, page(run), sessions__0__DELETE="on")

    assert "would require deleting the following protected" in errors(answer)
    assert LiveSession.objects.filter(pk=session.pk).exists()


def test_the_course_leads_to_the_sessions_of_its_runs(admin, run):
    course = url("catalog_course_change", run.course_id)

    assert page(run) in admin.get(course).content.decode()


def test_another_organizations_run_is_not_found(admin):
    assert admin.get(page(a_run())).status_code == 302


def test_a_session_ends_after_it_starts(run, unit):
    with pytest.raises(IntegrityError, match="session_ends_after_it_starts"):
        LiveSession.objects.create(run=run, unit=unit, starts_at=TUESDAY, ends_at=TUESDAY - HOUR)
