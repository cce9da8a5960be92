"""Courses in several languages: shown in the reader's, found in each, with fallback."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from catalog import reviewing, revising, translating
from catalog.importing import translations
from catalog.importing.fields import Invalid
from catalog.models import Course, CourseTranslation, UnitTranslation
from catalog.search import Filters, find, plain
from catalog.search.index import live
from enrollment import actions as enrollment
from tests.factories import TUESDAY, UserFactory, published_course, put_in_review

pytestmark = pytest.mark.django_db
GERMAN = {"language": "de", "title": "Karten lesen", "summary": "Den Weg finden."}
ARABIC = {"language": "ar", "title": "قراءة الخرائط"}


@pytest.fixture
def course() -> Course:
    made = published_course(title="Reading maps", summary="Find the way.", quiz=True)
    made.units.filter(kind="lesson").update(external_id="one")
    translations.apply(
        made,
        [{**GERMAN, "units": [{"external_id": "one", "title": "Norden", "body": "Oben."}]}, ARABIC],
    )
    return made


def page(course: Course, language: str = "en", **query: str) -> str:
    headers = {"accept-language": language}
    return Client().get(course.get_absolute_url(), query, headers=headers).text


def test_a_page_is_in_the_readers_language_or_else_in_its_own(course):
    assert '<h1 lang="de" dir="auto">Karten lesen</h1>' in page(course, "de-CH")
    assert "Norden" in page(course, "de-CH")
    assert '<h1 lang="en" dir="auto">Reading maps</h1>' in page(course, "es")


def test_another_language_can_be_chosen_than_the_interface_has(course):
    arabic = page(course, "en", **{"in": "ar"})

    assert '<html lang="en" dir="ltr">' in arabic
    assert '<h1 lang="ar" dir="auto">قراءة الخرائط</h1>' in arabic
    assert "Find the way." in arabic  # what is not translated
    assert 'href="?in=de"' in arabic
    assert 'hreflang="ar"' in page(course)
    assert "Reading maps" in page(course, **{"in": "xx"})
    assert "Reading maps" in page(course, **{"in": "../../"})


def test_a_lesson_is_read_in_the_readers_language(course, client):
    learner = UserFactory()
    enrolled = enrollment.enroll(learner=learner, run=course.runs.get(), at=TUESDAY)
    client.force_login(learner)
    unit = course.units.get(kind="lesson")
    path = reverse("enrollment:unit", args=[enrolled.public_id, unit.public_id])

    assert "Oben." in client.get(path, headers={"accept-language": "de"}).text
    assert "Read" in client.get(path, headers={"accept-language": "es"}).text


@pytest.mark.parametrize("indexed", [True, False])
def test_it_is_found_in_each_of_its_languages(course, indexed, settings, tmp_path):
    published_course(title="Something else")
    settings.SEARCH_INDEX_DIR = tmp_path if indexed else None
    if index := live():
        index.build()

    for text in ("maps", "Karten", "الخرائط"):
        assert find(Filters(text=text)).ids == [course.pk], text
    german = find(Filters(values={"language": frozenset(["de"])}), facets=["language"])
    assert list(german.ids) == [course.pk]
    assert german.facets["language"] == {"en": 2, "ar": 1, "de": 1}
    assert plain.counts(Filters(), "language", day=TUESDAY.date()) == german.facets["language"]


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [("pt", "pt-BR"), ("pt-BR", "pt-BR"), ("zh-Hant-TW", "zh-Hans"), ("en-GB", None), ("fr", None)],
)
def test_the_nearest_language_is_taken(wanted, shown):
    course = published_course()
    for language in ("pt-BR", "zh-Hans"):
        CourseTranslation.objects.create(course=course, language=language, title=language)

    assert translating.into(course, wanted) == shown


def test_importing_again_changes_nothing_and_leaving_out_deletes(course):
    rows = [{**GERMAN, "units": [{"external_id": "one", "title": "Norden", "body": "Oben."}]}]

    fresh = Course.objects.get(pk=course.pk)
    assert translations.apply(fresh, rows)  # the Arabic one goes
    assert not translations.apply(Course.objects.get(pk=course.pk), rows)
    assert translations.apply(Course.objects.get(pk=course.pk), [])
    assert not UnitTranslation.objects.exists()


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([{"language": "en", "title": "Again"}], "the course's own language"),
        ([{**GERMAN, "units": [{"external_id": "no", "title": "x"}]}], "has no unit “no”"),
    ],
)
def test_what_cannot_be_is_refused(rows, problem):
    with pytest.raises(Invalid, match=problem):
        translations.apply(published_course(), rows)


def test_translations_go_through_a_revision(course):
    revision = revising.revision_of(course)
    revision.translations.filter(language="de").update(title="Karten verstehen")
    revision.translations.filter(language="ar").delete()
    assert {change.title for change in revising.changes(revision)} == {
        "In the language de",
        "In the language ar",
    }
    put_in_review(revision)

    reviewing.publish(revision, at=TUESDAY)

    assert [one.title for one in course.translations.all()] == ["Karten verstehen"]
    assert UnitTranslation.objects.get().title == "Norden"
