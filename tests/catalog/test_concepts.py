from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction

from catalog.models import Occupation, OccupationSkill, Skill
from catalog.models.concepts import concept_id
from lib.folding import fold
from tests.factories import OccupationFactory, SkillFactory, needs

pytestmark = pytest.mark.django_db

UUID = "3a2d5b45-56e4-4f5a-a55a-4a4a65afdc43"


def found(text: str) -> list[str]:
    return [occupation.label for occupation in Occupation.objects.matching(text)]


def test_an_esco_concept_is_addressed_by_the_id_that_esco_gave_it():
    skill = SkillFactory(uri=f"http://data.europa.eu/esco/skill/{UUID}")

    assert skill.get_absolute_url() == f"/skills/{UUID}/"


@pytest.mark.parametrize(
    "uri",
    [
        f"https://example.org/{UUID}",
        f"http://data.europa.eu/esco/isced-f/{UUID}",
        f"http://data.europa.eu/esco/skill/{UUID.upper()}",
        f"http://data.europa.eu/esco/skill/{UUID}/",
        "http://data.europa.eu/esco/skill/S1.2",
    ],
)
def test_another_uri_has_an_id_of_its_own_that_is_the_same_everywhere(uri: str):
    assert concept_id(uri) == uuid.uuid5(uuid.NAMESPACE_URL, uri)
    assert SkillFactory(uri=uri).public_id == concept_id(uri)


def test_rows_made_in_bulk_have_addresses_and_are_found():
    Skill.objects.bulk_create([Skill(uri="http://example.org/1", label="Öl")])

    assert Skill.objects.matching("ol").get().public_id == concept_id("http://example.org/1")


def test_a_new_label_is_found_though_only_the_label_was_saved():
    skill = SkillFactory(label="old")
    skill.label = "new"
    skill.save(update_fields=["label"])

    assert Skill.objects.matching("new").exists()
    assert not Skill.objects.matching("old").exists()


def test_the_best_match_comes_first():
    OccupationFactory(label="bank manager", alt_labels="keeper of data scientists")
    OccupationFactory(label="statistician", alt_labels="data scientist")
    OccupationFactory(label="data scientist assistant")
    OccupationFactory(label="data scientist")
    OccupationFactory(label="data clerk")

    assert found("Data  SCIENTIST") == [
        "data scientist",
        "data scientist assistant",
        "statistician",
        "bank manager",
    ]


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("data scientist", "dat sci"),
        ("Économiste", "economiste"),
        ("Bauingenieur", "ingenieur"),
        ("数据科学家", "科学"),
        ("C++ developer", "c++"),
        (".NET developer", ".net"),
        ("nurse", "I want to become a nurse"),
        ("head of department", "head of department"),
        ("nurse", "nurse zzz"),
    ],
)
def test_words_are_found_as_people_write_them(label: str, text: str):
    OccupationFactory(label=label)
    OccupationFactory(label="other")

    assert found(text) == [label]


@pytest.mark.parametrize("text", ["%", "_", "\\", "..", "🙂", "'", "zzz", "\n", "x" * 500])
def test_what_is_no_name_finds_nothing(text: str):
    OccupationFactory(label="nurse")

    assert found(text) == (["nurse"] if not text.strip() else [])


def test_folding_twice_is_folding_once():
    assert fold(fold("Ärzte & C# (Éxpert).")) == "arzte c# expert"


@pytest.mark.parametrize(
    "values",
    [
        {"relation": "perhaps"},
        {"relation": ""},
    ],
)
def test_a_relation_is_one_that_is_known(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        OccupationSkill.objects.create(
            occupation=OccupationFactory(), skill=SkillFactory(), **values
        )


def test_an_occupation_needs_a_skill_once():
    skill = SkillFactory()
    occupation = needs(OccupationFactory(), skill)

    with pytest.raises(IntegrityError), transaction.atomic():
        needs(occupation, skill, relation="optional")


@pytest.mark.parametrize(
    ("factory", "values"),
    [
        (SkillFactory, {"kind": "talent"}),
        (SkillFactory, {"label": ""}),
        (OccupationFactory, {"label": ""}),
        (OccupationFactory, {"uri": ""}),
        (OccupationFactory, {"isco08": "25"}),
    ],
)
def test_the_database_refuses_what_no_concept_is(factory, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        factory(**values)
