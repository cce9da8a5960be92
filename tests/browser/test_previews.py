"""A curator sees what publishing a rule would do, before and after, by keyboard and on a phone."""

from __future__ import annotations

import csv

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import Membership
from catalog import rules
from catalog.models import Course, Track
from credentials.actions import foresee
from credentials.models import Award
from tests.browser.conftest import session_of
from tests.browser.test_accessibility import SCREENS, STILL, faults
from tests.credentials.test_preview import completed, drafted, judged
from tests.factories import (
    MembershipFactory,
    UserFactory,
    leaf,
    published_course,
    published_track,
)


@pytest.fixture
def courses(transactional_db) -> list[Course]:
    lessons = {"Maps": 4, "Tides": 2, "Stars": 2}
    return [published_course(title=title, lessons=n) for title, n in lessons.items()]


@pytest.fixture
def track(courses) -> Track:
    """Two of the courses; its draft asks for either of them, and for the third."""
    maps, tides, stars = map(leaf, courses)
    made = published_track(*courses[:2], title="Navigator", organization=courses[0].provider)
    published_track(made, title="Admiral", organization=courses[0].provider)
    drafted(made, rules.any_of(maps, rules.all_of(tides, stars)))
    return made


@pytest.fixture
def learners(track, courses):
    """One who gains it, one who holds it, and one who comes closer by an hour."""
    for name, done in {"Ada": [0], "Grace": [0, 1], "Sofja": [1]}.items():
        judged(completed(*(courses[n] for n in done), by=UserFactory(credential_name=name)))


@pytest.fixture
def session(track) -> str:
    user = UserFactory(is_staff=True)
    for organization in {track.organization, *(course.provider for course in Course.objects.all())}:
        MembershipFactory(user=user, organization=organization, role=Membership.Role.CURATOR)
    return session_of(user)


@pytest.fixture
def curator(context: BrowserContext, site, session) -> None:
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])


def draft_page(site: str, track: Track) -> str:
    return f"{site}/admin/catalog/track/{track.pk}/change/"


@pytest.mark.usefixtures("curator", "learners")
def test_a_rule_is_previewed_and_then_published_by_keyboard(page: Page, site, track):
    page.goto(draft_page(site, track))
    page.get_by_role("button", name="Preview effects").press("Enter")
    numbers = page.get_by_role("region", name="What publishing would do")
    expect(numbers.get_by_text("Nothing has been changed")).to_be_visible()
    expect(numbers.get_by_role("listitem").filter(has_text="gain it at once")).to_contain_text("1")
    expect(numbers.get_by_role("listitem").filter(has_text="Admiral")).to_contain_text("1 gain it")
    closer = numbers.get_by_role("listitem").filter(has_text="come closer")
    expect(closer).to_contain_text("1 come closer, 1\xa0h in all")
    page.get_by_text("What differs").press("Enter")
    expect(page.locator(".compare-new").filter(has_text="Stars")).to_be_visible()
    assert Award.objects.filter(achievement=track.achievement).count() == 1

    page.get_by_role("button", name="Publish changes").press("Enter")

    expect(page.get_by_text("is published as version 2")).to_be_visible()


@pytest.mark.usefixtures("curator", "learners")
def test_a_number_leads_to_those_it_counts_and_the_file_has_them(page: Page, site, track):
    page.goto(draft_page(site, track))
    page.get_by_role("button", name="Preview effects").press("Enter")
    rows = page.locator(".preview-list tbody tr")
    everybody = rows.count()

    page.get_by_role("link", name="gain it at once").press("Enter")

    expect(page.get_by_role("heading", name="Who: gains it")).to_be_visible()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Ada")
    expect(page.get_by_role("link", name="gain it at once")).to_have_attribute(
        "aria-current", "true"
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").press("Enter")
    lines = list(csv.reader(download.value.path().read_text("utf-8-sig").splitlines()))
    assert [line[0] for line in lines] == ["name", "Ada"]
    page.get_by_role("link", name="Show everybody").press("Enter")
    expect(rows).to_have_count(everybody)


@pytest.mark.usefixtures("curator", "learners")
def test_a_preview_that_a_worker_works_out_comes_by_itself(
    page: Page, site, track, worker, monkeypatch
):
    monkeypatch.setattr(foresee, "AT_ONCE", 0)
    page.goto(draft_page(site, track))

    page.get_by_role("button", name="Preview effects").press("Enter")

    expect(page.get_by_role("region", name="What publishing would do")).to_be_visible(
        timeout=20_000
    )


@pytest.mark.usefixtures("curator")
def test_a_draft_that_was_changed_since_is_said_to_be(page: Page, site, track, courses):
    page.goto(draft_page(site, track))
    page.get_by_role("button", name="Preview effects").press("Enter")
    expect(page.get_by_text("Nobody.")).to_be_visible()
    drafted(track, rules.any_of(*map(leaf, courses)))

    page.reload()
    expect(page.get_by_text("The draft has changed since.")).to_be_visible()
    page.get_by_role("button", name="Preview again").press("Enter")

    expect(page.get_by_text("Complete any one of Maps, Tides or Stars.")).to_be_visible()
    expect(page.get_by_text("The draft has changed since.")).to_be_hidden()


@pytest.mark.usefixtures("learners")
def test_it_is_read_without_scripts_on_a_phone(browser: Browser, site, track, session):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    page = context.new_page()
    page.goto(draft_page(site, track))
    page.get_by_role("button", name="Preview effects").click()
    page.get_by_role("link", name="gain it at once").click()

    expect(page.locator(".preview-list tbody tr")).to_contain_text("Ada")
    context.close()


@pytest.mark.usefixtures("learners")
def test_axe_finds_nothing_in_previews_and_versions(browser: Browser, site, track, session):
    found = {}
    for name, viewport in SCREENS.items():
        context = browser.new_context(viewport=viewport, **STILL)
        context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
        page = context.new_page()
        page.goto(draft_page(site, track))
        page.get_by_role("button", name="Preview effects").click()
        page.get_by_text("What differs").click()
        found[f"preview, {name}"] = faults(page)
        versions = f"{site}/admin/catalog/achievement/{track.achievement.pk}/versions/"
        page.goto(versions)
        found[f"versions, {name}"] = faults(page)
        page.get_by_role("link", name="since the version before").click()
        found[f"comparison, {name}"] = faults(page)
        context.close()

    assert {name: faults for name, faults in found.items() if faults} == {}
