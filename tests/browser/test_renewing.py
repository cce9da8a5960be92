"""A credential that expires soon is renewed by whoever holds it, by mouse and without scripts."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from catalog import actions as catalog_actions
from catalog.models import Course
from credentials import tasks
from credentials.models import Award
from enrollment import actions
from tests.browser.conftest import session_of
from tests.browser.test_accessibility import SCREENS, STILL, faults
from tests.factories import UserFactory, complete, published_course


@pytest.fixture
def course(transactional_db) -> Course:
    """Its credential expires after three months, so it can be renewed at once."""
    made = published_course(title="First aid")
    draft = catalog_actions.draft_version(achievement=made.achievement)
    draft.valid_months, draft.renewal = 3, "whole"
    draft.save()
    catalog_actions.publish_course(course=made, at=timezone.now())
    return made


@pytest.fixture
def session(course) -> str:
    learner, now = UserFactory(credential_name="Grace Hopper"), timezone.now()
    enrollment = actions.enroll(learner=learner, run=course.runs.get(), at=now)
    complete(enrollment=enrollment, at=now)
    tasks.judge()
    return session_of(learner)


def test_it_is_renewed_click_by_click(browser: Browser, site, session):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    page = context.new_page()
    page.goto(f"{site}/credentials/")
    page.get_by_role("link", name="First aid", exact=True).click()
    old = page.url
    page.get_by_role("link", name="Renew", exact=True).click()
    expect(page.get_by_role("region", name="To renew it")).to_contain_text("Not yet")
    page.get_by_role("region", name="To renew it").get_by_role("link", name="First aid").click()
    page.get_by_role("button", name="Take it again").click()
    page.get_by_role("link", name="Start").click()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="You completed this course")).to_be_visible()
    tasks.judge()

    page.goto(old)
    page.get_by_text("Renewed by").get_by_role("link").click()

    expect(page.get_by_text("Renews")).to_be_visible()
    assert [award.number for award in Award.objects.order_by("number")] == [1, 2]
    context.close()


def test_the_mouse_reaches_why_it_was_awarded(page: Page, context, site, session):
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    page.goto(f"{site}/credentials/")

    page.get_by_role("link", name="Why First aid").click()

    expect(page.get_by_text("Why you were awarded it")).to_be_visible()


def test_axe_finds_nothing_on_the_way(browser: Browser, site, session, course):
    found = {}
    why = f"/achievements/{course.achievement.public_id}/why"
    for name, viewport in SCREENS.items():
        context = browser.new_context(viewport=viewport, **STILL)
        context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
        page = context.new_page()
        for path in ("/credentials/", why, course.get_absolute_url()):
            page.goto(f"{site}{path}")
            found[f"{path}, {name}"] = faults(page)
        context.close()

    assert {name: faults for name, faults in found.items() if faults} == {}
