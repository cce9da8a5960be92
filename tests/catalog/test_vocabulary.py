from __future__ import annotations

import pytest

from catalog.search import Filters, find, vocabulary
from catalog.search.index import live
from tests.factories import published_course


def meanings(text: str) -> list[list[str]]:
    return [[" ".join(phrase) for phrase in term.means] for term in vocabulary.terms(text)]


@pytest.mark.parametrize(
    "text",
    ["künstliche Intelligenz", "kuenstliche intelligenz", "KI", "人工知能", "الذكاء الاصطناعي"],
)
def test_other_languages_mean_the_same(text):
    assert meanings(text) == [["artificial intelligence"]]


def test_an_entry_of_several_words_is_found_among_others():
    assert [term.words for term in vocabulary.terms("gestión de proyectos con Excel")] == [
        ("gestion", "de", "proyecto"),
        ("excel",),
    ]


def test_a_word_that_every_text_has_is_not_looked_for():
    assert [term.words for term in vocabulary.terms("how to learn sql")] == [("sql",)]


def test_when_there_is_no_other_word_it_is():
    assert [term.words for term in vocabulary.terms("the course")] == [("the",), ("course",)]


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("prognosen", ("forecast",)),
        ("datenanalysen", ("data", "analysi")),
        ("risikomanagement", ("risk", "management")),
    ],
)
def test_endings_and_compounds_need_no_entry(word, means):
    assert means in vocabulary.related(word)


def test_an_entry_is_found_though_misspelled():
    assert vocabulary.misspelled("kubernets") == vocabulary.terms("kubernetes")[0].means


def test_a_compound_of_which_only_the_beginning_is_known_means_that():
    assert ("security",) in vocabulary.first_part("sicherheitskultur")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["Verhandlung", "Verhandlungen", "Verhandlng", "negociación"])
def test_a_course_is_found_in_the_words_of_other_languages(settings, tmp_path, text):
    settings.SEARCH_INDEX_DIR = tmp_path
    negotiation = published_course(title="Negotiation")
    published_course(title="Carpentry")
    live().build()

    assert find(Filters(text=text)).ids == [negotiation.pk]


@pytest.mark.django_db
def test_the_words_as_they_were_typed_come_first(settings, tmp_path):
    settings.SEARCH_INDEX_DIR = tmp_path
    english = published_course(title="Statistics")
    german = published_course(title="Statistik", language="de")
    live().build()

    assert find(Filters(text="Statistik")).ids == [german.pk, english.pk]


@pytest.mark.django_db
def test_the_database_knows_the_vocabulary_too(settings):
    settings.SEARCH_INDEX_DIR = None
    course = published_course(title="Negotiation")

    assert find(Filters(text="Verhandlung")).ids == [course.pk]
