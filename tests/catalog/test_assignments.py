"""An assignment travels with its course: imported, copied, revised, edited by curators."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from catalog import importing, revising
from catalog.copying import copy_course
from catalog.importing.fields import Invalid
from catalog.importing.format import ASSIGNMENT
from catalog.models import Assignment, Course, Criterion, CriterionLevel, Unit, assignment_of
from tests.factories import TUESDAY, MembershipFactory, UnitFactory, UserFactory, published_course

pytestmark = pytest.mark.django_db

UNIT = """
[[courses.units]]
external_id = "map"
kind = "assignment"
title = "Draw a map"
pass_percent = 60

[courses.units.assignment]
files = true
text = false
max_files = 2
second_marker = true
blind = true

[[courses.units.criteria]]
title = "Scale"
points = 10
description = "Is it true to scale?"
levels = [{points = 10, text = "Everywhere"}, {points = 0, text = "Nowhere"}]

[[courses.units.criteria]]
title = "Legend"
points = 5
"""
CATALOG = (
    """
format = "cairn-catalog/1"
organizations = [{external_id = "org", name = "Institute"}]
[[courses]]
external_id = "maps"
provider = "org"
title = "Maps"
"""
    + UNIT
)


@pytest.fixture
def bring(tmp_path):
    def bring(text: str = CATALOG):
        path = tmp_path / "catalog.toml"
        path.write_text(text)
        outcomes = importing.apply(importing.read([path]), at=TUESDAY)
        return [(one.kind, str(one.verdict), one.reason) for one in outcomes]

    return bring


def said(unit: Unit) -> list[object]:
    """All of an assignment."""
    settings = assignment_of(unit)
    return [
        (settings.accepts_text, settings.accepts_files, settings.max_files),
        (settings.second_marker, settings.is_blind),
        [
            (one.title, one.description, one.points, [str(level) for level in one.levels.all()])
            for one in unit.criteria.all()
        ],
    ]


ALL = [
    (False, True, 2),
    (True, True),
    [
        ("Scale", "Is it true to scale?", 10, ["10: Everywhere", "0: Nowhere"]),
        ("Legend", "", 5, []),
    ],
]


def test_an_assignment_is_imported(bring):
    bring()

    unit = Unit.objects.get(external_id="map")
    assert (unit.kind, unit.pass_percent, said(unit)) == ("assignment", 60, ALL)
    assert unit.course.is_published


def test_importing_it_again_changes_nothing(bring):
    bring()

    assert all("unchanged" in verdict.lower() for _, verdict, _ in bring())


def test_a_changed_criterion_is_a_new_one_and_the_others_stay(bring):
    bring()
    kept = Criterion.objects.get(title="Legend").pk

    bring(CATALOG.replace("Everywhere", "On every page"))

    assert Criterion.objects.get(title="Legend").pk == kept
    assert CriterionLevel.objects.filter(text="On every page").exists()
    assert not CriterionLevel.objects.filter(text="Everywhere").exists()


def test_an_assignment_without_a_rubric_is_not_published(bring):
    outcomes = bring(CATALOG.split("[[courses.units.criteria]]")[0])

    assert "has no criterion" in outcomes[-1][2]
    assert not Course.objects.exists()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("points = 10\n", "points = 9\n"), "a level earns 10 points of 9"),
        (("points = 0, ", "points = 10, "), "two levels earn the same points"),
        (("files = true", "files = false"), "accepts neither text nor files"),
        (("max_files = 2", "max_files = 6"), "must be a whole number from 1 to 5"),
        (('kind = "assignment"', 'kind = "lesson"'), "only a unit of kind assignment"),
        (("points = 5", "points = 0"), "must be a whole number from 1 to 1000"),
    ],
)
def test_a_rubric_that_cannot_be_is_refused(bring, change: tuple[str, str], problem: str):
    assert problem in bring(CATALOG.replace(*change))[-1][2]


def test_a_misspelt_setting_is_named():
    with pytest.raises(Invalid, match="did you mean “blind”"):
        ASSIGNMENT({"blnd": True})


def test_a_copy_has_the_same_assignment(bring):
    bring()

    copy = copy_course(Course.objects.get(), title="Maps again")

    assert said(copy.units.get()) == ALL
    assert Assignment.objects.count() == 2


def test_a_revision_brings_its_rubric_back(bring):
    bring()
    course = Course.objects.get()
    unit = course.units.get()
    revision = revising.revision_of(course)
    assert revising.changes(revision) == []
    Criterion.objects.filter(unit__course=revision, title="Legend").update(points=6)
    Assignment.objects.filter(unit__course=revision).update(is_blind=False)

    lines = [line.text for change in revising.changes(revision) for line in change.lines]
    revising.apply(revision, at=TUESDAY)

    assert {"Legend (5 points)", "Legend (6 points)", "blind: True", "blind: False"} <= set(lines)
    assert [one.points for one in unit.criteria.all()] == [10, 6]
    assert not assignment_of(unit).is_blind


# --- In the admin ---------------------------------------------------------------------------------


@pytest.fixture
def unit() -> Unit:
    return UnitFactory(kind="assignment", title="Draw a map")


@pytest.fixture
def curator(client: Client, unit: Unit) -> Client:
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=unit.course.provider)
    client.force_login(user)
    return client


def page_of(item: Unit | Criterion) -> str:
    return reverse(f"admin:catalog_{item._meta.model_name}_change", args=[item.pk])


def management(prefix: str, *, total: int, initial: int = 0) -> dict[str, object]:
    return {f"{prefix}-TOTAL_FORMS": total, f"{prefix}-INITIAL_FORMS": initial}


def test_curators_write_the_rubric_on_the_units_page(curator: Client, unit: Unit):
    response = curator.post(
        page_of(unit),
        {
            "kind": "assignment",
            "title": "Draw",
            "minutes": 5,
            "pass_percent": 60,
            **management("translations", total=0),
            **management("assignment", total=1),
            "assignment-0-accepts_text": "on",
            "assignment-0-max_files": 2,
            **management("criteria", total=1),
            "criteria-0-title": "Scale",
            "criteria-0-points": 10,
        },
    )

    assert response.status_code == 302, response.context["errors"]
    assert said(unit) == [(True, False, 2), (False, False), [("Scale", "", 10, [])]]


def levels(criterion: Criterion, *points: int, most: int = 10) -> dict[str, object]:
    sent: dict[str, object] = {"title": criterion.title, "points": most, "description": ""}
    sent |= management("levels", total=len(points))
    for number, earned in enumerate(points):
        sent |= {f"levels-{number}-points": earned, f"levels-{number}-text": "Good"}
    return sent


@pytest.mark.parametrize(("points", "status"), [((10, 0), 302), ((11,), 200), ((5, 5), 200)])
def test_levels_stay_within_their_criterion(curator: Client, unit: Unit, points, status: int):
    criterion = Criterion.objects.create(unit=unit, position=1, title="Scale", points=10)

    response = curator.post(page_of(criterion), levels(criterion, *points))

    assert response.status_code == status
    assert criterion.levels.count() == (len(points) if status == 302 else 0)


def test_a_criterion_is_not_made_smaller_than_its_levels(curator: Client, unit: Unit):
    criterion = Criterion.objects.create(unit=unit, position=1, title="Scale", points=10)
    CriterionLevel.objects.create(criterion=criterion, points=10, text="Good")

    response = curator.post(page_of(criterion), levels(criterion, most=9))

    assert "A level of it earns 10 points" in response.content.decode()


def test_a_published_rubric_is_only_read(client: Client):
    course = published_course()
    unit = UnitFactory(course=course, kind="assignment", position=7)
    criterion = Criterion.objects.create(unit=unit, position=1, title="Scale", points=10)
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=course.provider)
    client.force_login(user)

    response = client.post(page_of(criterion), levels(criterion, most=9))

    assert response.status_code == 403
