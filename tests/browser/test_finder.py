"""Searching and filtering as a visitor does it, with scripts and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from catalog.search.index import live
from tests.factories import published_course


@pytest.fixture
def catalog(transactional_db, settings, tmp_path) -> None:
    settings.SEARCH_INDEX_DIR = tmp_path
    published_course(title="Granite and gneiss", field="data", eqf_level=5)
    published_course(title="Granite for gardeners", field="finance", eqf_level=4)
    published_course(title="Basalt", field="data", eqf_level=4)
    index = live()
    assert index is not None
    index.build()


def test_results_follow_what_is_typed_and_ticked_without_a_reload(page: Page, site, catalog):
    page.goto(f"{site}/courses/")
    page.evaluate("window.stayed = true")
    page.locator("#id_q").press_sequentially("gran", delay=20)
    expect(page.locator("#found")).to_have_text(re.compile("2 courses for “gran”"))
    page.get_by_label("Data").check()

    expect(page.locator("#found")).to_have_text(re.compile("1 course for “gran”"))
    expect(page.get_by_role("link", name="Granite and gneiss")).to_be_visible()
    expect(page.locator("#id_q")).to_have_value("gran")
    assert re.search(r"q=gran&.*field=data", page.url)
    # The other field still says what it would add.
    expect(page.locator("label", has_text="Finance")).to_contain_text("1")
    assert page.evaluate("window.stayed")

    page.get_by_role("link", name=re.compile("Data")).click()
    expect(page.locator("#found")).to_have_text(re.compile("2 courses"))


def test_an_address_brings_the_whole_state_back(page: Page, site, catalog):
    page.goto(f"{site}/courses/?q=granite&field=finance&sort=hours")

    expect(page.get_by_label("Finance")).to_be_checked()
    expect(page.get_by_label("Sort by")).to_have_value("hours")
    expect(page.locator("#found")).to_have_text(re.compile("1 course for “granite”"))


def test_it_works_without_scripts(browser: Browser, site, catalog):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/courses/")
    page.locator("#id_q").fill("basallt")
    page.get_by_label("Data").check()
    page.get_by_role("button", name="Show results").click()

    expect(page.locator("#found")).to_have_text(
        re.compile("1 course for “basalt”, because none has “basallt”")
    )
    expect(page.get_by_role("link", name="Basalt")).to_be_visible()
    context.close()
