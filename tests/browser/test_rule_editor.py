"""A rule is built, moved about and mended in the admin by keyboard alone, and with the mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from accounts.models import Membership
from catalog import drafting, rules
from catalog.models import Course, Track
from tests.browser.conftest import session_of
from tests.browser.test_accessibility import SCREENS, STILL, faults
from tests.factories import MembershipFactory, UserFactory, leaf, published_course, published_track


@pytest.fixture
def courses(transactional_db) -> list[Course]:
    return [published_course(title=title) for title in ("Maps", "Tides", "Stars")]


@pytest.fixture
def track(courses) -> Track:
    maps, tides, stars = map(leaf, courses)
    tree = rules.all_of(maps, rules.any_of(tides, stars))
    return published_track(tree=tree, title="Navigator", organization=courses[0].provider)


@pytest.fixture
def session(track) -> str:
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=track.organization, role=Membership.Role.CURATOR)
    return session_of(user)


@pytest.fixture
def editor(page: Page, context: BrowserContext, site, track, session) -> Locator:
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    page.goto(f"{site}/admin/catalog/track/{track.pk}/change/")
    shown = page.get_by_role("group", name="Rule")
    expect(page.get_by_role("status")).to_contain_text("The rule is complete.")
    return shown


def entry(editor: Locator, title: str) -> Locator:
    """The innermost entry of this title."""
    return editor.locator(f".rule-entry:has(> .rule-row input[value='{title}'])")


def status(page: Page) -> Locator:
    return page.get_by_role("status")


def sentence(page: Page) -> Locator:
    return page.locator(".rule-sentence")


def options(page: Page) -> Locator:
    return page.locator("[role='option']")


def test_a_rule_is_built_and_moved_by_keyboard_alone(page: Page, editor, track, courses):
    maps = entry(editor, "Maps")
    maps.get_by_role("button", name="Move down").press("Enter")
    expect(status(page)).to_contain_text("“Maps” is 2 of 2 now.")
    expect(maps.get_by_role("button", name="Move down")).to_be_focused()
    maps.get_by_role("button", name="Move up").press("Enter")
    editor.get_by_role("button", name="Add group").last.press("Enter")
    page.keyboard.press("a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    new = editor.locator(".rule-root > .rule-entry > .rule-list > .rule-entry").last
    for words in ("Sta", "Tid"):
        new.get_by_role("button", name="Add entry").press("Enter")
        page.keyboard.type(words)
        expect(options(page)).to_have_count(1)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    group = editor.locator(".rule-entry[data-kind='group']").nth(1)
    group.locator("> .rule-row").get_by_role("button", name="Remove").press("Enter")
    page.get_by_label("Each course counts once").press(" ")
    expect(sentence(page)).to_contain_text(
        "Complete all of Maps and (at least 2 of Stars and Tides)."
    )

    page.get_by_role("button", name="Save", exact=True).press("Enter")

    expect(page.get_by_text("was changed successfully")).to_be_visible()
    maps, tides, stars = map(leaf, courses)
    saved = rules.load(drafting.shown_version(track))
    assert saved == rules.all_of(maps, rules.at_least(2, stars, tides), counts_once=True)


def test_a_title_that_is_typed_to_its_end_is_chosen(page: Page, editor):
    editor.get_by_role("button", name="Add entry").last.press("Enter")
    page.keyboard.type("stars")
    page.keyboard.press("Tab")

    expect(sentence(page)).to_contain_text("(any one of Tides or Stars) and Stars.")
    expect(editor.get_by_role("combobox", name="Name").last).to_have_value("Stars")


def test_an_entry_goes_into_the_group_above_and_out_again(page: Page, editor):
    stars = entry(editor, "Maps")
    stars.get_by_role("button", name="Move down").press("Enter")
    expect(status(page)).to_contain_text("“Maps” is 2 of 2 now.")

    stars.get_by_role("button", name="Move into the group above").press("Enter")
    expect(sentence(page)).to_contain_text("any one of Tides, Stars or Maps")
    stars.get_by_role("button", name="Move out of its group").press("Enter")

    expect(sentence(page)).to_contain_text("Complete all of (any one of Tides or Stars) and Maps.")
    expect(stars.get_by_role("button", name="Move out of its group")).to_be_focused()


def test_what_cannot_be_is_said_at_once_beside_its_entry(page: Page, editor):
    group = editor.get_by_label("How many of this group")
    group.select_option("least")
    editor.get_by_label("Number").and_(page.locator(":visible")).fill("3")

    expect(group).to_have_accessible_description(
        "“at least 3 of” has only 2 entries. Ask for fewer, or add some."
    )
    expect(status(page)).to_contain_text("1 problem to solve.")


def test_what_was_removed_comes_back(page: Page, editor):
    entry(editor, "Maps").get_by_role("button", name="Remove").press("Enter")
    expect(status(page)).to_contain_text("“Maps” is removed.")
    expect(editor.get_by_label("How many of this group")).to_be_focused()

    page.get_by_role("button", name="Undo").press("Enter")

    expect(sentence(page)).to_contain_text("Complete all of Maps and (any one of Tides or Stars).")


def test_an_entry_is_dragged_into_a_group(page: Page, editor):
    handle = entry(editor, "Maps").locator(".rule-handle")

    handle.drag_to(entry(editor, "Stars").locator(".rule-row"), target_position={"x": 60, "y": 25})

    expect(sentence(page)).to_contain_text("any one of Tides, Stars or Maps")


def test_text_becomes_entries_and_what_is_no_rule_stays_text(page: Page, editor, courses):
    page.get_by_text("The rule as text").click()
    text = page.get_by_label("Rule:")
    text.fill(f"any of\n  course: {courses[2].slug}\n  course: {courses[0].slug}")
    expect(sentence(page)).to_contain_text("Complete any one of Stars or Maps.")
    expect(editor.get_by_role("combobox", name="Name").first).to_have_value("Stars")

    text.fill("none of")

    expect(page.get_by_text("Line 1: “none of” is not understood.")).to_be_visible()
    expect(editor).to_be_hidden()


def test_while_an_entry_is_unfinished_what_was_drawn_last_stays(page: Page, editor):
    editor.get_by_role("button", name="Add entry").last.press("Enter")

    name = editor.get_by_role("combobox", name="Name").last
    expect(name).to_have_accessible_description("Choose a course.")
    expect(name).to_be_focused()
    expect(page.locator(".rule-picture svg")).to_be_visible()
    expect(sentence(page)).to_contain_text("Complete all of Maps and (any one of Tides or Stars).")
    note = page.get_by_text("show the rule as it was when it was last complete")
    expect(note).to_be_visible()

    page.keyboard.type("Sta")
    expect(options(page)).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(sentence(page)).to_contain_text("(any one of Tides or Stars) and Stars.")
    expect(note).to_be_hidden()


def tab_to(page: Page, target: Locator, *, key: str = "Tab", most: int = 120) -> None:
    """As whoever has no mouse: from here on, until it has the focus."""
    for _ in range(most + 1):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"not reached by {key}")


def test_every_control_is_reached_and_used_without_a_mouse(page: Page, editor, courses):
    """From the top of the page: the text is opened, read, written and taken over as entries."""
    tab_to(page, editor.get_by_label("How many entries of the rule"))
    for name in ("Name", "Move up", "Move down", "Move into the group above", "Remove"):
        tab_to(page, entry(editor, "Maps").locator(f"[aria-label='{name}']"), most=2)
    tab_to(page, entry(editor, "Maps").locator("summary"), most=1)
    page.keyboard.press("Enter")
    tab_to(page, editor.get_by_label("Lowest grade, in percent").first, most=1)
    page.keyboard.type("70")
    expect(sentence(page)).to_contain_text("Maps with at least 70 %")

    tab_to(page, page.get_by_text("The rule as text"))
    page.keyboard.press("Enter")
    text = page.get_by_label("Rule:")
    tab_to(page, text, most=1)
    expect(text).to_have_value(re.compile(r"course: \S+ \(min 70 %\)"))
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(f"any of\n  course: {courses[2].slug}\n  course: {courses[0].slug}\n")

    expect(sentence(page)).to_contain_text("Complete any one of Stars or Maps.")
    expect(editor.get_by_role("combobox", name="Name").first).to_have_value("Stars")
    tab_to(page, editor.get_by_role("combobox", name="Name").first, key="Shift+Tab")


def choose(page: Page, words: str) -> None:
    """In the name field that has the focus."""
    page.keyboard.type(words)
    expect(options(page)).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def test_three_levels_are_built_from_nothing_with_tab_enter_and_arrows(
    page: Page, context: BrowserContext, site, session, courses
):
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    page.goto(f"{site}/admin/catalog/track/add/")
    editor = page.get_by_role("group", name="Rule")
    expect(status(page)).to_contain_text("1 problem to solve.")
    page.keyboard.type("Pilot")
    tab_to(page, page.get_by_label("Organization"), most=3)
    page.keyboard.press("ArrowDown")

    tab_to(page, editor.get_by_role("button", name="Add entry"))
    page.keyboard.press("Enter")
    choose(page, "Map")
    tab_to(page, editor.get_by_role("button", name="Add group"))
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    middle = editor.locator(".rule-root > .rule-entry > .rule-list > .rule-entry").last
    tab_to(page, middle.get_by_role("button", name="Add entry"))
    page.keyboard.press("Enter")
    choose(page, "Tid")
    tab_to(page, middle.get_by_role("button", name="Add group"))
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.type("1")
    inner = middle.locator(".rule-entry[data-kind='group']")
    tab_to(page, inner.get_by_role("button", name="Add entry"))
    page.keyboard.press("Enter")
    choose(page, "Sta")
    expect(status(page)).to_contain_text("The rule is complete.")
    tab_to(page, page.get_by_role("button", name="Save", exact=True))
    page.keyboard.press("Enter")

    expect(page.get_by_text("was added successfully")).to_be_visible()
    maps, tides, stars = map(leaf, courses)
    saved = rules.load(drafting.shown_version(Track.objects.get(title="Pilot")))
    assert saved == rules.all_of(maps, rules.any_of(tides, rules.at_least(1, stars)))


def test_without_scripts_a_rule_is_written_as_text_and_refused_by_line(
    browser: Browser, site, track, session, courses
):
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    page = context.new_page()
    page.goto(f"{site}/admin/catalog/track/{track.pk}/change/")
    text = page.get_by_label("Rule:")
    maps, tides, stars = (course.slug for course in courses)
    rows = [f"course: {maps}", "any of", f"  course: {tides}", "  at least 2 of"]

    text.fill("\n".join(["all of", *("  " + row for row in rows), f"      course: {stars}"]))
    page.get_by_role("button", name="Save", exact=True).press("Enter")

    expect(page.get_by_text("has only 1 entry")).to_be_visible()
    text.fill(text.input_value().replace("at least 2 of", "at least 1 of"))
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    context.close()
    maps, tides, stars = map(leaf, courses)
    saved = rules.load(drafting.shown_version(track))
    assert saved == rules.all_of(maps, rules.any_of(tides, rules.at_least(1, stars)))


def refused(page: Page, editor: Locator, words: str) -> None:
    expect(editor.locator(".rule-problem")).to_contain_text([words])
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.locator(".errornote")).to_be_visible()
    expect(page.get_by_text(words).first).to_be_visible()


def test_an_empty_group_is_refused(page: Page, editor):
    editor.get_by_role("button", name="Add group").last.press("Enter")

    refused(page, editor, "has nothing in it")


def test_more_than_a_group_has_is_refused(page: Page, editor):
    editor.get_by_label("How many of this group").press("a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("3")

    refused(page, editor, "has only 2 entries")


def test_credits_that_cannot_be_reached_are_refused(page: Page, editor):
    group = editor.get_by_label("How many of this group")
    group.focus()
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.type("99")
    page.keyboard.press("Tab")
    page.keyboard.press("End")

    refused(page, editor, "99 ECTS")


def test_a_circle_through_another_track_is_refused(page: Page, editor, track):
    published_track(track, title="Admiral")
    editor.get_by_role("button", name="Add entry").last.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("credential of a t")
    page.keyboard.press("Tab")
    page.keyboard.type("Admi")
    expect(options(page)).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    refused(page, editor, "leads back to its own credential")


def test_axe_finds_nothing_in_the_editor(browser: Browser, site, track, session):
    found = {}
    for name, viewport in SCREENS.items():
        context = browser.new_context(viewport=viewport, **STILL)
        context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
        page = context.new_page()
        page.goto(f"{site}/admin/catalog/track/{track.pk}/change/")
        expect(status(page)).to_contain_text("The rule is complete.")
        page.get_by_text("Limits").first.click()
        page.get_by_role("button", name="Add entry").last.click()
        page.keyboard.type("a")
        expect(options(page).first).to_be_visible()
        found[name] = faults(page)
        context.close()

    assert {name: faults for name, faults in found.items() if faults} == {}


def test_whoever_leaves_with_an_unsaved_rule_is_asked(page: Page, editor, track):
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    entry(editor, "Maps").get_by_role("button", name="Remove").press("Enter")
    expect(status(page)).to_contain_text("“Maps” is removed.")

    page.get_by_role("button", name="Publish changes").click()

    expect(entry(editor, "Tides")).to_be_visible()
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    page.get_by_role("button", name="Publish changes").click()
    expect(page.get_by_text("is published as version 2")).to_be_visible()
    assert len(asked) == 1


def test_whoever_is_signed_out_meanwhile_is_told_and_loses_nothing(
    page: Page, context: BrowserContext, editor, site, session
):
    cookies = context.cookies()
    context.clear_cookies(name="sessionid")

    entry(editor, "Maps").get_by_role("button", name="Move down").press("Enter")

    expect(status(page)).to_contain_text("you are signed out: sign in in another tab.")
    context.add_cookies(cookies)
    entry(editor, "Maps").get_by_role("button", name="Move up").press("Enter")
    expect(status(page)).to_contain_text("“Maps” is 1 of 2 now. The rule is complete.")
