"""What a credential says of the European standard elements, frozen when it was published."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from catalog import actions as catalog_actions
from catalog.models import AchievementVersion
from credentials import verifying
from tests.credentials.awards import issued
from tests.factories import TUESDAY, SkillFactory, complete_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    course = complete_course(title="Maps", ects=Decimal("2.5"))
    course.skills.add(SkillFactory(uri="http://data.europa.eu/esco/skill/1", label="read maps"))
    catalog_actions.publish_course(course=course, at=TUESDAY)
    course.refresh_from_db()
    return course


def achievement_of(credential):
    return json.loads(bytes(credential.document))["credentialSubject"]["achievement"]


def test_a_credential_says_all_elements(course):
    (credential,) = issued(achievement=course.achievement)
    said = achievement_of(credential)

    assert said["creditsAvailable"] == 2.5
    assert said["tag"] == ["read maps"]
    assert said["fieldOfStudy"] == course.get_field_display()
    assert [(one["targetUrl"], one.get("targetType")) for one in said["alignment"]] == [
        ("http://data.europa.eu/esco/skill/1", "ceasn:Competency"),
        ("http://data.europa.eu/snb/eqf/5", None),
    ]
    assert said["criteria"]["narrative"].splitlines()[2:] == [
        "- Workload: 30 min",
        "- ECTS credits: 2.5",
        "- Form of participation: Online, at your own pace",
        "- Assessment: Quiz",
        "- Supervision of the assessment: Not supervised, identity not checked",
        "- Quality assurance: Two teachers read it every year.",
    ]
    assert verifying.verify_stored(credential).is_valid


@pytest.mark.parametrize("ects", ["0.1", "0.2", "8.2", "12.3"])
def test_whatever_credits_a_course_has_its_credential_is_issued(ects):
    course = complete_course(title="Maps", ects=Decimal(ects))
    catalog_actions.publish_course(course=course, at=TUESDAY)
    course.refresh_from_db()

    (credential,) = issued(achievement=course.achievement)

    said = achievement_of(credential)
    assert f"- ECTS credits: {float(ects)}" in said["criteria"]["narrative"]
    assert said.get("creditsAvailable", float(ects)) == float(ects)
    assert verifying.verify_stored(credential).is_valid


def test_a_later_edit_of_the_course_changes_nothing_of_what_was_published(course):
    course.assessment = "exam"
    course.save()

    (credential,) = issued(achievement=course.achievement)

    assert "Assessment: Quiz" in achievement_of(credential)["criteria"]["narrative"]
    assert AchievementVersion.objects.get().assessment == "quiz"


def test_the_issuer_s_country_is_said_once(course):
    (credential,) = issued(achievement=course.achievement)
    document = json.loads(bytes(credential.document))

    assert document["issuer"]["address"] == {"type": ["Address"], "addressCountryCode": "NL"}
    assert "address" not in achievement_of(credential)["creator"]
