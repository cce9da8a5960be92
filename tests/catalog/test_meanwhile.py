"""Two curators, or two tabs, that have the same page open."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Membership
from catalog import drafting, rule_text, rules
from catalog.models import Course, Track
from tests.admin_pages import errors, filled, save, url
from tests.factories import (
    CourseFactory,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
    published_course,
    published_track,
)

BOTH = "all of\n  course: one\n  course: two\n"
EITHER = "any of\n  course: one\n  course: two\n"


@pytest.fixture
def own(db):
    return OrganizationFactory()


@pytest.fixture
def curator(client: Client, own) -> Client:
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=own, role=Membership.Role.CURATOR)
    client.force_login(user)
    return client


@pytest.fixture
def track(own) -> Track:
    courses = [published_course(provider=own, slug=slug) for slug in ("one", "two")]
    return published_track(*courses, organization=own)


@pytest.fixture
def page(track):
    return url("catalog_track_change", track.pk)


def opened(curator: Client, page: str) -> dict[str, object]:
    """What a tab has that is opened now."""
    return filled(curator.get(page))


def send(curator: Client, page: str, tab: dict[str, object], **changes: object):
    return curator.post(page, tab | changes)


def rule_of(track: Track) -> str:
    tree = rules.load(drafting.shown_version(track))
    return rule_text.format_rule(tree, names=rule_text.names_of(tree))


def test_a_rule_that_somebody_else_has_changed_is_not_written_over(curator, track, page):
    tab = opened(curator, page)
    save(curator, page, rule=EITHER)

    answer = send(curator, page, tab, summary="Mine")

    assert "Somebody has changed “Rule” since you opened this page." in errors(answer)
    assert rule_of(track) == EITHER
    track.refresh_from_db()
    assert track.summary != "Mine"


def test_whoever_saves_again_means_it(curator, track, page):
    tab = opened(curator, page)
    save(curator, page, rule=EITHER)
    told = send(curator, page, tab)

    answer = send(curator, page, _filled_again(told))

    assert answer.status_code == 302
    assert rule_of(track) == BOTH


def _filled_again(answer) -> dict[str, object]:
    form = answer.context["adminform"].form
    return {bound.html_name: bound.value() or "" for bound in form}


def test_a_button_that_is_pressed_twice_is_no_conflict(curator, track, page):
    tab = opened(curator, page) | {"rule": "any of\r\n    course: one\r\n    course: two"}

    answers = [send(curator, page, tab, summary="A\r\nB") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert rule_of(track) == EITHER


def test_what_was_changed_elsewhere_on_the_page_stays_if_nobody_writes_over_it(
    curator, track, page
):
    tab = opened(curator, page)
    save(curator, page, summary="Theirs")

    answer = send(curator, page, tab, rule=EITHER, summary="Theirs")

    assert answer.status_code == 302
    assert rule_of(track) == EITHER


@pytest.mark.parametrize("sent", ["", "{}", "[1]", "no json", '{"title": 1}', '"x"', "7"])
def test_a_page_that_does_not_say_what_it_showed_is_saved(curator, track, page, sent):
    answer = save(curator, page, rule=EITHER, as_shown=sent)

    assert answer.status_code in (200, 302)


def test_the_page_of_a_course_says_so_too(curator, own):
    course = CourseFactory(provider=own)
    page = url("catalog_course_change", course.pk)
    tab = opened(curator, page)
    Course.objects.filter(pk=course.pk).update(description="Theirs")

    answer = send(curator, page, tab, description="Mine")

    assert "Somebody has changed “Description”" in errors(answer)


def test_saving_a_published_track_says_that_it_is_a_draft_and_publishing_nothing_so(
    curator, track, page
):
    publish = url("catalog_track_publish", track.pk)

    assert "Nothing has changed since version 1." in curator.post(publish, follow=True).text
    save(curator, page, rule=EITHER)
    said = curator.get(page).text

    assert "are changed in the draft of version 2." in said
    assert "is published as version 2" in curator.post(publish, follow=True).text
