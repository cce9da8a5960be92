"""Numbers of rules in words and in pictures are written as the reader's language writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from catalog import rules, stacks
from tests.factories import published_course, published_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    course = published_course(title="Maps", ects=Decimal("2.5"))
    return rules.Group("ects", (rules.CourseLeaf(course.pk, min_grade=Decimal("62.5")),), 150)


@pytest.mark.parametrize(
    ("language", "ects", "grade"), [("en", "1.5", "62.5"), ("de", "1,5", "62,5")]
)
def test_the_sentence(tree, language, ects, grade):
    with translation.override(language):
        said = rules.sentence(tree, names=rules.leaf_names(tree))

    assert f"{ects} ECTS" in said
    assert f"{grade} %" in said


def test_the_picture(tree):
    track = published_track(tree=tree)

    with translation.override("de"):
        (group,) = stacks.Loader(track.achievement).part().parts
        note = (group.parts or (group,))[0].note

    assert "2,5 ECTS" in note
    assert "62,5 %" in note
