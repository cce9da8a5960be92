"""The index follows the database, on every host, and may be lost at any time."""

from __future__ import annotations

import os
import time

import pytest
from django.db import transaction
from django.utils import timezone

from catalog import actions
from catalog.models import Course, SearchChange
from catalog.search import Filters, courses_changed, everything_changed, find, finding, store
from catalog.search import index as indexes
from catalog.search.index import LiveIndex, live
from catalog.search.store import Busy, Store
from tests.factories import CourseFactory, UnitFactory, published_course, published_track

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _looks_every_time(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(indexes, "LOOK_AGAIN", 0)
    settings.SEARCH_INDEX_DIR = tmp_path / "search"


@pytest.fixture
def built(db):
    published_course(title="Granite")
    live().build()


def titles(text: str = "", **values: str) -> set[str]:
    filters = Filters(text=text, values={f: frozenset([v]) for f, v in values.items()})
    return set(Course.objects.filter(pk__in=find(filters).ids).values_list("title", flat=True))


def is_answered_by_the_index() -> bool:
    return live().searcher() is not None


def test_what_is_published_is_found_by_the_next_search(built):
    course = CourseFactory(title="Basalt")
    UnitFactory(course=course)
    assert titles("basalt") == set()

    actions.publish_course(course=course, at=timezone.now())

    assert titles("basalt") == {"Basalt"}
    assert is_answered_by_the_index()


def test_what_is_retired_is_found_no_more(built):
    assert titles("granite") == {"Granite"}

    actions.retire(item=Course.objects.get(title="Granite"))

    assert titles("granite") == set()


def test_what_is_renamed_is_found_by_its_new_name_alone(built):
    course = Course.objects.get(title="Granite")
    course.title = "Gabbro"
    course.save()
    courses_changed([course.pk])

    assert (titles("granite"), titles("gabbro")) == (set(), {"Gabbro"})
    assert live().searcher().num_docs == 1


def test_a_track_makes_its_courses_stackable_and_its_end_undoes_it(built):
    granite = Course.objects.get(title="Granite")
    assert titles(stackable="yes") == set()
    track = published_track(granite)
    assert titles(stackable="yes") == {"Granite"}

    actions.retire(item=track)

    assert titles(stackable="yes") == set()


def test_another_host_reads_the_same_changes(built, tmp_path):
    other = LiveIndex(tmp_path / "other host")
    other.build()
    published_course(title="Slate")

    live().searcher()

    assert other.searcher().num_docs == live().searcher().num_docs == 2


def test_another_process_of_the_host_sees_what_one_has_written(built, settings):
    other = LiveIndex(settings.SEARCH_INDEX_DIR)
    assert other.searcher().num_docs == 1
    published_course(title="Slate")
    live().searcher()
    SearchChange.objects.all().delete()

    assert other.searcher().num_docs == 2


def test_a_change_that_commits_late_is_not_missed(built):
    """Its number is lower than one that the index has seen already."""
    late = CourseFactory(title="Late")
    early, first = SearchChange(course_id=late.pk), published_course(title="First")
    early.at = timezone.now()
    early.pk = SearchChange.objects.order_by("pk").last().pk + 1
    courses_changed([first.pk])
    SearchChange.objects.filter(pk=early.pk).delete()
    courses_changed([first.pk])
    assert titles("first") == {"First"}
    Course.objects.filter(pk=late.pk).update(status="published", published_at=timezone.now())

    early.save(force_insert=True)

    assert titles("late") == {"Late"}


def test_a_change_that_is_rolled_back_never_happened(built):
    with transaction.atomic():
        published_course(title="Gone")
        transaction.set_rollback(True)

    assert titles("gone") == set()


def test_while_another_process_writes_the_old_answers_are_given(built, settings, monkeypatch):
    monkeypatch.setattr(indexes, "TRY_AGAIN", 0)
    published_course(title="Slate")
    with Store(settings.SEARCH_INDEX_DIR)._lock("lock"):
        assert titles("granite") == {"Granite"}
        assert titles("slate") == set()

    assert titles("slate") == {"Slate"}


def test_only_one_process_makes_an_index(built, settings):
    with Store(settings.SEARCH_INDEX_DIR)._lock("building"), pytest.raises(Busy):
        live().build()


def test_what_is_published_while_all_is_made_anew_is_found_at_once(built, settings, monkeypatch):
    monkeypatch.setattr(LiveIndex, "_in_background", lambda self, pending: None)
    everything_changed()
    published_course(title="Slate")

    assert titles("slate") == {"Slate"}
    assert (
        Store(settings.SEARCH_INDEX_DIR)
        .pending(live()._state, day=timezone.localdate(), at=timezone.now())
        .everything
    )


def test_what_changes_while_an_index_is_made_is_in_it(built, monkeypatch):
    def read_and_then_publish(**kwargs):
        yield from entries(**kwargs)
        if not kwargs.get("course_ids"):
            published_course(title="Slate")

    entries = store.entries
    monkeypatch.setattr(store, "entries", read_and_then_publish)
    live().build()

    assert live()._searcher.num_docs == 2


def test_who_was_overtaken_does_not_write(built, settings):
    files = Store(settings.SEARCH_INDEX_DIR)
    state, at = files.state(), timezone.now()
    published_course(title="Slate")
    pending = files.pending(state, day=timezone.localdate(), at=at)
    live().build()

    with pytest.raises(Busy):
        files.apply(state, pending, day=timezone.localdate(), at=at)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("harm", ["removed", "zeros", "cut off"])
def test_damage_under_our_hands_is_noticed(harm, built, settings, monkeypatch):
    monkeypatch.setattr(indexes, "EXAMINE_AGAIN", 0)
    assert titles("granite") == {"Granite"}
    for path in settings.SEARCH_INDEX_DIR.glob("*/*"):
        if harm == "removed":
            path.unlink()
        elif harm == "zeros":
            path.write_bytes(bytes(path.stat().st_size))
        else:
            os.truncate(path, path.stat().st_size // 2)

    assert titles("granite") == {"Granite"}

    wait_for_the_index(Store(settings.SEARCH_INDEX_DIR))
    assert titles("granite") == {"Granite"}


def test_a_panic_of_the_library_is_answered_by_the_database(built, monkeypatch):
    class PanicError(BaseException):
        """As the library's own, which is no Exception."""

    def panic(*args):
        raise PanicError

    monkeypatch.setattr(finding, "_by_index", panic)
    monkeypatch.setattr(LiveIndex, "_in_background", lambda self, pending: None)

    assert titles("granite") == {"Granite"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("harm", ["all", "state", "files", "garbage"])
def test_a_lost_index_is_made_again_while_the_catalog_answers(harm, built, settings):
    folder = settings.SEARCH_INDEX_DIR
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in files:
        if (
            harm == "all"
            or (harm == "state" and path.name == "state.json")
            or (harm == "files" and path.name == "meta.json")
        ):
            path.unlink()
        elif harm == "garbage" and path.parent != folder:
            path.write_bytes(b"garbage")
    indexes._live = None

    assert titles("granite") == {"Granite"}

    wait_for_the_index(Store(folder))
    assert titles("granite") == {"Granite"}


@pytest.mark.django_db(transaction=True)
def test_everything_is_read_anew_in_the_background(built, settings):
    before = Store(settings.SEARCH_INDEX_DIR).state().folder
    Course.objects.update(title="Gneiss")
    everything_changed()

    assert titles("granite") in ({"Gneiss"}, set())
    wait_for_the_index(Store(settings.SEARCH_INDEX_DIR), other_than=before)

    assert titles("gneiss") == {"Gneiss"}


def wait_for_the_index(files: Store, *, other_than: str = "") -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        live().searcher()
        building = live()._building
        if building:
            building.join(timeout=10)
        if live().searcher() is not None and files.state().folder != other_than:
            return
        time.sleep(0.05)
    pytest.fail("the index was not made again")


def test_an_index_of_other_code_is_not_used(built, monkeypatch):
    monkeypatch.setattr("catalog.search.schema.version", lambda: "other")
    indexes._live = None
    monkeypatch.setattr(LiveIndex, "_in_background", lambda self, pending: None)

    assert live().searcher() is None
    assert titles("granite") == {"Granite"}


def test_words_that_nothing_has_are_corrected(built):
    published_course(title="Machine learning in the field")
    published_course(title="Machine shop safety")

    found = find(Filters(text="mashine lerning"))

    assert found.corrected == "machine learning"
    assert found.total == 2
