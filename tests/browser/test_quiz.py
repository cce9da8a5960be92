"""A quiz of every kind, by keyboard and without scripts; what a page saves by itself."""

from __future__ import annotations

import datetime
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import session_of
from tests.enrollment.quizzes import enrolled, quiz_unit, started
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def learner():
    return UserFactory()


def signed_in(context, site: str, learner) -> Page:
    context.add_cookies([{"name": "sessionid", "value": session_of(learner), "url": site}])
    return context.new_page()


def address(site: str, enrollment, unit) -> str:
    return f"{site}/learning/{enrollment.public_id}/units/{unit.public_id}/"


def fill(page: Page) -> None:
    page.get_by_label("This", exact=True).focus()
    page.keyboard.press("Space")
    for choice in ("One", "Two"):
        page.get_by_label(choice, exact=True).focus()
        page.keyboard.press("Space")
    page.get_by_role("textbox", name=re.compile("How much")).fill("12.5")
    page.get_by_role("textbox", name=re.compile("Where")).fill("new york")
    for place, label in enumerate(("First", "Second", "Third"), 1):
        page.get_by_label(label, exact=True).select_option(str(place))
    for left, right in (("France", "Paris"), ("Japan", "Tokyo")):
        page.get_by_label(left, exact=True).select_option(label=right)


def test_every_kind_is_answered_without_scripts(browser: Browser, site, learner):
    unit = quiz_unit()
    enrollment = enrolled(unit, learner)
    context = browser.new_context(java_script_enabled=False)
    page = signed_in(context, site, learner)
    page.goto(address(site, enrollment, unit))

    fill(page)
    page.get_by_role("button", name="Hand in").click()

    expect(page.get_by_role("heading", name="Passed with 100 %")).to_be_visible()
    context.close()


def test_the_page_saves_what_is_answered_and_shows_the_time(context, site, learner):
    unit = quiz_unit(time_limit=20)
    enrollment = enrolled(unit, learner)
    started(unit, enrollment, at=timezone.now())
    page = signed_in(context, site, learner)
    page.goto(address(site, enrollment, unit))

    page.get_by_label("This", exact=True).check()

    expect(page.locator("#saved")).to_contain_text("Saved at")
    expect(page.locator(".countdown")).to_have_text(re.compile(r"1\d:\d\d"))
    page.reload()
    expect(page.get_by_label("This", exact=True)).to_be_checked()


def test_the_page_hands_in_when_the_time_is_up(context, site, learner):
    unit = quiz_unit(time_limit=1)
    enrollment = enrolled(unit, learner)
    started(unit, enrollment, at=timezone.now() - datetime.timedelta(seconds=56))
    page = signed_in(context, site, learner)
    page.goto(address(site, enrollment, unit))

    fill(page)

    expect(page.get_by_role("heading", name="Passed with 100 %")).to_be_visible(timeout=15_000)
