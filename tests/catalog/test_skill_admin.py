from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from catalog.models import Skill
from tests.factories import (
    TUESDAY,
    MembershipFactory,
    OccupationFactory,
    SkillFactory,
    UserFactory,
    needs,
)

pytestmark = pytest.mark.django_db

SKILLS = reverse("admin:catalog_skill_changelist")


@pytest.fixture
def curator(client: Client) -> Client:
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, role=Membership.Role.CURATOR)
    client.force_login(user)
    return client


@pytest.fixture
def superuser(client: Client) -> Client:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def suggested(client: Client, term: str) -> list[str]:
    response = client.get(
        reverse("admin:autocomplete"),
        {
            "term": term,
            "app_label": "catalog",
            "model_name": "courseskill",
            "field_name": "skill",
        },
    )
    return [result["text"] for result in response.json()["results"]]


def test_curators_are_offered_the_best_match_first_and_nothing_retired(curator: Client):
    SkillFactory(label="administer databases", alt_labels="SQL servers")
    SkillFactory(label="SQL Server")
    SkillFactory(label="SQL")
    SkillFactory(label="SQL on tape", retired_at=TUESDAY)

    assert suggested(curator, "sql") == ["SQL", "SQL Server", "administer databases"]


def test_lists_are_searched_by_synonym_and_by_uri(curator: Client):
    skill = SkillFactory(label="SQL", alt_labels="query language")
    SkillFactory(label="welding")

    for term in ("language", skill.uri):
        html = curator.get(SKILLS, {"q": term}).text
        assert "SQL" in html
        assert "welding" not in html


@pytest.mark.parametrize("model", ["skill", "occupation"])
def test_lists_take_a_bounded_number_of_queries(
    curator: Client, model: str, django_assert_max_num_queries
):
    for _ in range(60):
        SkillFactory()
        OccupationFactory()

    with django_assert_max_num_queries(12):
        answer = curator.get(reverse(f"admin:catalog_{model}_changelist"), {"q": model})

    assert answer.status_code == 200


def test_curators_look_and_do_not_touch(curator: Client):
    skill = needs(OccupationFactory(), SkillFactory())
    page = reverse("admin:catalog_occupation_change", args=[skill.pk])

    assert "1 essential and 0 optional skills" in curator.get(page).text
    assert curator.post(page, {"label": "mine"}).status_code == 403


def test_what_a_superuser_writes_is_found(superuser: Client):
    add = reverse("admin:catalog_skill_add")
    values = {"label": "Weaving", "alt_labels": "loom work", "uri": "http://example.org/weaving"}

    assert superuser.get(add).status_code == 200
    assert superuser.post(add, values).status_code == 302

    skill = Skill.objects.matching("loom").get()
    page = reverse("admin:catalog_skill_change", args=[skill.pk])
    assert skill.get_absolute_url() in superuser.get(page).text
    superuser.post(page, {"label": "Knitting", "uri": "http://example.org/other"})
    skill.refresh_from_db()
    assert (skill.label, skill.uri) == ("Knitting", "http://example.org/weaving")
    assert Skill.objects.matching("knit").exists()
