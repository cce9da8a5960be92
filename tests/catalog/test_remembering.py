"""Public pages are made once for each state of the catalog, and never for one visitor."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from catalog import actions
from catalog.search import courses_changed
from catalog.search import index as indexes
from catalog.search.index import live
from enrollment import actions as enrollment_actions
from tests.factories import (
    TUESDAY,
    CourseRunFactory,
    UserFactory,
    complete,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _with_an_index(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(indexes, "LOOK_AGAIN", 0)
    settings.SEARCH_INDEX_DIR = tmp_path


def test_a_page_that_was_made_costs_next_to_nothing(client: Client, django_assert_max_num_queries):
    course = published_course()
    track = published_track(course)
    live().build()
    pages = [course.get_absolute_url(), track.get_absolute_url()]
    first = [client.get(page).text for page in pages]

    for page, text in zip(pages, first, strict=True):
        # Whether something has changed; of a course also how long it was measured to take.
        with django_assert_max_num_queries(2):
            assert client.get(page).text == text


def test_seats_are_never_remembered(client: Client):
    course = published_course()
    run = CourseRunFactory(course=course, seats=2)
    live().build()
    assert "2 of 2 seats left" in client.get(course.get_absolute_url()).text

    enrollment_actions.enroll(learner=UserFactory(), run=run, at=timezone.now())

    assert "1 of 2 seats left" in client.get(course.get_absolute_url()).text


def test_a_change_shows_at_once(client: Client):
    course = published_course(title="Granite")
    track = published_track(course, title="Rocks")
    live().build()
    for page in (course, track):
        client.get(page.get_absolute_url())

    course.title, track.title = "Gneiss", "Stones"
    course.save()
    track.save()
    courses_changed([course.pk])

    assert "Gneiss" in client.get(track.get_absolute_url()).text
    page = client.get(course.get_absolute_url()).text
    assert "Gneiss" in page
    assert "Stones" in page


def test_what_is_retired_takes_no_more_learners(client: Client):
    course = published_course()
    live().build()
    assert "Sign up to enroll" in client.get(course.get_absolute_url()).text

    actions.retire(item=course)

    page = client.get(course.get_absolute_url()).text
    assert "no longer offered" in page
    assert "Sign up to enroll" not in page


def test_nothing_of_one_visitor_is_shown_to_another(client: Client):
    course = published_course()
    track = published_track(course)
    live().build()
    learner = UserFactory()
    enrollment = enrollment_actions.enroll(learner=learner, run=course.runs.get(), at=TUESDAY)
    complete(enrollment=enrollment, at=timezone.now())
    client.force_login(learner)
    assert "See your result" in client.get(course.get_absolute_url()).text
    assert "is-done" in client.get(track.get_absolute_url()).text

    visitor = Client()

    assert "See your result" not in visitor.get(course.get_absolute_url()).text
    assert "is-done" not in visitor.get(track.get_absolute_url()).text
