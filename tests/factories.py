"""Rows for tests. Defaults are valid and fixed; traits name what a test is about."""

from __future__ import annotations

import datetime
from functools import cache

import factory
from django.contrib.auth.hashers import make_password

from accounts.models import Membership, Organization, User
from catalog import actions as catalog_actions
from catalog import rules
from catalog.models import (
    Achievement,
    Choice,
    Course,
    CourseRun,
    Occupation,
    OccupationSkill,
    Question,
    Skill,
    Status,
    Track,
    Unit,
)
from enrollment import actions as enrollment_actions
from enrollment.models import Enrollment, UnitProgress
from enrollment.progress import units_of

TUESDAY = datetime.datetime(2026, 3, 3, 9, 0, tzinfo=datetime.UTC)
PASSWORD = "a long enough password"


@cache
def hashed() -> str:
    """Hashing is slow on purpose: once is enough."""
    return make_password(PASSWORD)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    credential_name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.LazyFunction(hashed)


class OrganizationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"Institute {n}")
    slug = factory.Sequence(lambda n: f"institute-{n}")
    external_id = factory.Sequence(lambda n: f"org-{n}")
    url = "https://institute.example.org/"
    is_provider = True
    is_awarding_body = True


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organization = factory.SubFactory(OrganizationFactory)
    role = Membership.Role.CURATOR


class SkillFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Skill

    uri = factory.Sequence(lambda n: f"http://data.europa.eu/esco/skill/{n:08d}")
    label = factory.Sequence(lambda n: f"skill {n}")


class OccupationFactory(factory.django.DjangoModelFactory):
    """``needs(occupation, skill)`` says what it asks for."""

    class Meta:
        model = Occupation

    uri = factory.Sequence(lambda n: f"http://data.europa.eu/esco/occupation/{n:08d}")
    label = factory.Sequence(lambda n: f"occupation {n}")


class CourseFactory(factory.django.DjangoModelFactory):
    """A draft without units. ``published_course()`` makes one that can be taken."""

    class Meta:
        model = Course

    title = factory.Sequence(lambda n: f"Course {n}")
    slug = factory.Sequence(lambda n: f"course-{n}")
    external_id = factory.Sequence(lambda n: f"course-{n}")
    summary = "What it is about."
    provider = factory.SubFactory(OrganizationFactory)
    awarding_body = factory.SelfAttribute("provider")


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Unit

    course = factory.SubFactory(CourseFactory)
    position = factory.Sequence(lambda n: n)
    title = factory.Sequence(lambda n: f"Unit {n}")
    minutes = 30
    body = "Read **this**."

    class Params:
        quiz = factory.Trait(kind=Unit.Kind.QUIZ, title="Quiz", body="")


class QuestionFactory(factory.django.DjangoModelFactory):
    """Two choices, of which the first is right."""

    class Meta:
        model = Question
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory, quiz=True)
    position = factory.Sequence(lambda n: n)
    text = "Which one?"
    explanation = "Because it is so."

    @factory.post_generation
    def choices(self, create: bool, extracted: object, **kwargs: object) -> None:
        Choice.objects.create(question=self, position=0, text="This one", is_correct=True)
        Choice.objects.create(question=self, position=1, text="That one", is_correct=False)


class CourseRunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CourseRun

    course = factory.SubFactory(CourseFactory, status=Status.PUBLISHED, published_at=TUESDAY)


class TrackFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Track

    title = factory.Sequence(lambda n: f"Track {n}")
    slug = factory.Sequence(lambda n: f"track-{n}")
    external_id = factory.Sequence(lambda n: f"track-{n}")
    summary = "A stack of courses."
    organization = factory.SubFactory(OrganizationFactory)


class EnrollmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Enrollment

    learner = factory.SubFactory(UserFactory)
    run = factory.LazyFunction(lambda: published_course().runs.get())
    status = Enrollment.Status.ACTIVE
    enrolled_at = TUESDAY

    class Params:
        completed = factory.Trait(
            status=Enrollment.Status.COMPLETED,
            completed_at=TUESDAY,
            completed_by=Enrollment.CompletedBy.UNITS,
        )


def complete(*, enrollment: Enrollment, at: datetime.datetime) -> None:
    """All that the course requires is done at once, however its units are finished."""
    for unit in units_of(enrollment).filter(is_required=True):
        UnitProgress.objects.create(enrollment=enrollment, unit=unit, opened_at=at, completed_at=at)
    enrollment_actions.complete_if_due(enrollment_id=enrollment.pk, at=at)
    enrollment.refresh_from_db()


def published_course(*, quiz: bool = False, lessons: int = 1, **fields: object) -> Course:
    """A published course with ``lessons`` lessons, maybe a quiz, and one open self-paced run."""
    course = CourseFactory(**fields)
    for position in range(lessons):
        UnitFactory(course=course, position=position, title=f"Lesson {position + 1}")
    if quiz:
        QuestionFactory(unit=UnitFactory(course=course, position=lessons, quiz=True))
    CourseRunFactory(course=course)
    catalog_actions.publish_course(course=course, at=TUESDAY)
    course.refresh_from_db()
    return course


STATED = {
    "eqf_level": 5,
    "assessment": "quiz",
    "participation": "online_self_paced",
    "supervision": "unsupervised",
    "quality_assurance": "Two teachers read it every year.",
}
"""European elements of a course; ``complete_course()`` has the others."""


def complete_course(**fields: object) -> Course:
    """A draft that can be handed in for review."""
    course: Course = CourseFactory(**STATED | fields)
    UnitFactory(course=course)
    course.outcomes.create(position=1, text="Read a map.", level="foundation")
    if not course.awarding_body.country:
        course.awarding_body.country = "NL"
        course.awarding_body.save()
    return course


def put_in_review(item: Course | Track) -> None:
    type(item)._default_manager.filter(pk=item.pk).update(
        status=Status.REVIEW, submitted_at=TUESDAY
    )


def published_track(
    *parts: Course | Track,
    kind: str = Achievement.Kind.CERTIFICATE,
    tree: rules.Node | None = None,
    **fields: object,
) -> Track:
    """A published track over all of ``parts``, or by ``tree``."""
    track = TrackFactory(**fields)
    Achievement.objects.create(track=track, awarding_body=track.organization, kind=kind)
    catalog_actions.publish_track(
        track=track, at=TUESDAY, tree=tree or rules.all_of(*map(leaf, parts))
    )
    track.refresh_from_db()
    return track


def needs(
    occupation: Occupation, *skills: Skill, relation: str = OccupationSkill.Relation.ESSENTIAL
) -> Occupation:
    for skill in skills:
        OccupationSkill.objects.create(occupation=occupation, skill=skill, relation=relation)
    return occupation


def leaf(part: Course | Track) -> rules.Leaf:
    if isinstance(part, Course):
        return rules.CourseLeaf(part.pk)
    return rules.AchievementLeaf(part.achievement.pk)
