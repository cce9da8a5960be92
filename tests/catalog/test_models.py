from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from catalog import rules
from catalog.models import Achievement, AchievementVersion, Course, CourseRun, RuleNode
from tests.factories import (
    TUESDAY,
    CourseFactory,
    CourseRunFactory,
    SkillFactory,
    TrackFactory,
    UnitFactory,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db


def refused():
    return pytest.raises(IntegrityError)


def draft_over(*parts: Course) -> AchievementVersion:
    track = TrackFactory()
    achievement = Achievement.objects.create(track=track, awarding_body=track.organization)
    version = AchievementVersion.objects.create(achievement=achievement, number=1, name="Draft")
    rules.store(version, rules.all_of(*(rules.CourseLeaf(part.pk) for part in parts)))
    return version


def publish(version: AchievementVersion) -> None:
    version.published_at = TUESDAY
    version.save(update_fields=["published_at"])


def test_a_course_published_without_a_time_is_refused():
    with refused():
        CourseFactory(status="published", published_at=None)


def test_an_unknown_status_is_refused():
    with refused():
        CourseFactory(status="imaginary", published_at=TUESDAY)


@pytest.mark.parametrize("level", [0, 9])
def test_an_eqf_level_outside_1_to_8_is_refused(level):
    with refused():
        CourseFactory(eqf_level=level)


def test_two_units_in_one_place_are_refused():
    unit = UnitFactory(position=1)

    with refused():
        UnitFactory(course=unit.course, position=1)


def test_a_run_cannot_be_oversold():
    run = CourseRunFactory(seats=1)

    with refused():
        CourseRun.objects.filter(pk=run.pk).update(seats_taken=2)


def test_a_scheduled_run_without_a_start_is_refused():
    with refused():
        CourseRunFactory(is_self_paced=False)


def test_an_achievement_of_neither_course_nor_track_is_refused():
    with refused():
        Achievement.objects.create(awarding_body=CourseFactory().provider)


def test_a_published_version_cannot_be_changed():
    version = published_course().achievement.versions.get()

    with refused():
        AchievementVersion.objects.filter(pk=version.pk).update(name="Something else")


def test_a_published_version_cannot_be_deleted():
    version = published_course().achievement.versions.get()

    with refused():
        version.delete()


def test_the_rule_of_a_published_version_cannot_be_changed():
    version = published_track(published_course()).achievement.versions.get()

    with refused():
        version.rule_nodes.filter(number=0).update(operator="any")


def test_the_rule_of_a_published_version_cannot_lose_a_node():
    version = published_track(published_course()).achievement.versions.get()

    with refused():
        version.rule_nodes.filter(number=1).delete()


def test_the_rule_of_a_published_version_cannot_gain_a_node():
    version = published_track(published_course()).achievement.versions.get()

    with refused():
        RuleNode.objects.create(
            version=version, number=9, parent_number=0, operator="course", course=CourseFactory()
        )


def test_the_skills_of_a_published_version_cannot_grow():
    version = published_course().achievement.versions.get()

    with refused():
        version.version_skills.create(skill=SkillFactory())


def test_a_version_without_a_rule_cannot_be_published():
    version = draft_over(CourseFactory())
    version.rule_nodes.all().delete()

    with refused():
        publish(version)


def test_a_version_cannot_be_born_published():
    achievement = draft_over(CourseFactory()).achievement

    with refused():
        AchievementVersion.objects.create(
            achievement=achievement, number=2, name="Born", published_at=TUESDAY
        )


def test_a_rule_with_an_empty_group_cannot_be_published():
    version = draft_over()

    with refused():
        publish(version)


def test_a_rule_that_asks_for_more_than_it_has_cannot_be_published():
    version = draft_over(CourseFactory())
    version.rule_nodes.filter(number=0).update(operator="at_least", n=2)

    with refused():
        publish(version)


def test_a_rule_node_under_a_leaf_cannot_be_published():
    version = draft_over(CourseFactory())
    RuleNode.objects.create(
        version=version, number=2, parent_number=1, operator="course", course=CourseFactory()
    )

    with refused():
        publish(version)


@pytest.mark.parametrize(
    "fields",
    [
        {"operator": "all", "n": 1},
        {"operator": "at_least", "n": None},
        {"operator": "at_least", "n": 0},
        {"operator": "credits", "n": None},
        {"operator": "course"},
        {"operator": "achievement"},
        {"operator": "imaginary"},
        {"operator": "all", "min_grade": 50},
    ],
)
def test_a_node_without_what_its_operator_needs_is_refused(fields):
    version = draft_over(CourseFactory())

    with refused():
        RuleNode.objects.create(version=version, number=2, parent_number=0, **fields)


@pytest.mark.parametrize(("number", "parent"), [(0, 0), (2, None), (2, 2), (2, 3)])
def test_a_node_that_is_not_below_an_earlier_one_is_refused(number, parent):
    version = draft_over()
    version.rule_nodes.filter(number=number).delete()

    with refused(), transaction.atomic():
        RuleNode.objects.create(
            version=version,
            number=number,
            parent_number=parent,
            operator="course",
            course=CourseFactory(),
        )


def test_an_achievement_has_one_draft_at_a_time():
    version = draft_over(CourseFactory())

    with refused():
        AchievementVersion.objects.create(achievement=version.achievement, number=2, name="Other")
