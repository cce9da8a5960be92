"""Writing a course in the admin, by keyboard, under the content security policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Membership
from catalog.models import Course
from tests.browser.conftest import session_of
from tests.factories import MembershipFactory, UnitFactory, UserFactory, complete_course


@pytest.fixture
def course(transactional_db) -> Course:
    made = complete_course(title="Maps")
    UnitFactory(course=made, position=30_000, title="Second")
    return made


@pytest.fixture
def curator(course, context: BrowserContext, site) -> None:
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=course.provider, role=Membership.Role.CURATOR)
    context.add_cookies([{"name": "sessionid", "value": session_of(user), "url": site}])


@pytest.mark.usefixtures("curator")
def test_units_are_moved_and_a_course_is_handed_in_by_keyboard(page: Page, site, course):
    page.goto(f"{site}/admin/catalog/course/{course.pk}/change/")
    first = page.locator("#units-group tr.form-row").first
    first.get_by_role("button", name="Move down").press("Enter")
    expect(page.locator("#units-group input[name$='-title']").first).to_have_value("Second")
    page.get_by_role("button", name="Save and continue editing").press("Enter")

    page.get_by_role("button", name="Hand in for review").press("Enter")
    expect(page.get_by_text("In review: handed in by")).to_be_visible()
    page.get_by_role("button", name="Publish now").press("Enter")

    expect(page.get_by_text("is published as version 1")).to_be_visible()
    assert next(unit.title for unit in course.units.all()) == "Second"


@pytest.mark.usefixtures("curator")
def test_who_adds_a_row_writes_in_it_next_and_can_move_it(page: Page, site, course):
    page.goto(f"{site}/admin/catalog/course/{course.pk}/change/")
    rows = page.locator("#units-group tr.form-row:not(.empty-form)")
    before = rows.count()

    page.locator("#units-group .add-row a").press("Enter")

    new = rows.nth(before)
    expect(new.locator("select[name$='-kind']")).to_be_focused()
    expect(new.locator("input[name$='-position']")).to_have_value(str(before + 1))
    new.locator("input[name$='-title']").fill("Third")
    new.get_by_role("button", name="Move up").press("Enter")
    expect(rows.nth(before - 1).locator("input[name$='-title']")).to_have_value("Third")


@pytest.mark.usefixtures("curator")
def test_markdown_is_shown_while_it_is_written(page: Page, site, course):
    page.goto(f"{site}/admin/catalog/unit/{course.units.first().pk}/change/")
    shown = page.locator(".markdown-preview").first

    page.locator("#id_body").fill("## North\n\nIs *up*.")

    expect(shown.get_by_role("heading", name="North")).to_be_visible()
    expect(shown.locator("em")).to_have_text("up")


@pytest.mark.usefixtures("curator")
def test_spreadsheets_go_in_and_out_under_the_policy(page: Page, site, course):
    page.goto(f"{site}/admin/catalog/course/export/")
    page.get_by_label("Format").select_option(label="csv")
    with page.expect_download() as download:
        page.get_by_role("button", name="Submit").click()
    file = download.value.path()

    page.goto(f"{site}/admin/catalog/course/import/")
    page.locator("input[type=file]").set_input_files(
        {"name": "courses.csv", "mimeType": "text/csv", "buffer": file.read_bytes()}
    )
    page.get_by_label("Format").select_option(label="csv")
    page.get_by_role("button", name="Submit").click()

    expect(page.get_by_role("button", name="Confirm import")).to_be_visible()
