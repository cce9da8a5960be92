"""A cohort of the demo that is under way, for its instructor to look after."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from django.db.models import F

from accounts.models import Membership, User
from catalog.models import Course, CourseRun, LiveSession, Unit
from catalog.search import courses_changed
from enrollment import actions
from enrollment.models import Enrollment
from enrollment.papers import posed, right_response

COURSE = "course-coaching-conversations"
DAY = datetime.timedelta(days=1)
SEATS = 10


class Person(NamedTuple):
    """Has read so many lessons, the last one so many days ago; how often the quiz was wrong."""

    name: str
    lessons: int = 0
    days_ago: int = 0
    came: bool = True
    failures: int = 0


LEARNERS = (
    Person("Amara Diallo", lessons=4, days_ago=1),
    Person("Bruno Keller", lessons=3, days_ago=2),
    Person("Chiara Moretti", lessons=4, days_ago=3),
    Person("Daniel Osei", lessons=2, days_ago=4),
    Person("Elif Kaya", lessons=3, days_ago=2, failures=2),
    Person("Farah Haddad", lessons=1, days_ago=17, came=False),
    Person("Gustavo Lima", lessons=3, days_ago=5),
    Person("Hanna Virtanen", came=False),
    Person("Ikram Benali", lessons=4, days_ago=1, failures=1),
    Person("Jonas Berg", lessons=2, days_ago=6),
)
WAITING = ("Keiko Tanaka", "Liam Byrne")
ASKING = ("Maya Cohen", "Nikhil Rao")


def create(instructor: User, *, at: datetime.datetime) -> None:
    """The run, its sessions and its people, as if they had come and learned for three weeks."""
    course = Course.objects.published().filter(external_id=COURSE).first()
    if course is None:
        return
    Membership.objects.get_or_create(
        user=instructor, organization=course.provider, role=Membership.Role.INSTRUCTOR
    )
    run = _run(course, at=at)
    sessions = _sessions(run, at=at)
    learners = {one: _enroll(run, one.name, at=at - 21 * DAY) for one in LEARNERS}
    for name in WAITING:
        _enroll(run, name, at=at - 9 * DAY)
    for person, enrollment in learners.items():
        _learn(person, enrollment, at=at)
    actions.mark_attendance(
        session=sessions[0],
        marks={enrollment.pk: person.came for person, enrollment in learners.items()},
        by=instructor,
        at=sessions[0].ends_at,
    )
    for name in ASKING:
        actions.enroll(learner=_person(name), run=run, at=at - DAY)
    # They cannot read their mail, and what has become of them is no news.
    run.enrollments.update(told_status=F("status"))
    courses_changed([course.pk])


def _run(course: Course, *, at: datetime.datetime) -> CourseRun:
    return CourseRun.objects.create(
        course=course,
        title="Cohort that is under way",
        is_self_paced=False,
        is_cohort=True,
        time_zone="Europe/Lisbon",
        starts_on=(at - 21 * DAY).date(),
        ends_on=(at + 14 * DAY).date(),
        price=0,
        seats=SEATS,
        needs_approval=True,
    )


def _sessions(run: CourseRun, *, at: datetime.datetime) -> list[LiveSession]:
    """One that was, and one to come, at six in the evening of the run's time zone."""
    evening = datetime.time(18)
    made = []
    for unit, days in zip(run.course.units.filter(kind=Unit.Kind.LIVE), (-10, 4), strict=True):
        day = (at + days * DAY).astimezone(run.zone).date()
        starts_at = datetime.datetime.combine(day, evening, run.zone)
        made.append(
            LiveSession.objects.create(
                run=run,
                unit=unit,
                starts_at=starts_at,
                ends_at=starts_at + datetime.timedelta(minutes=unit.minutes),
                place="Online, in groups of three",
                url="https://meet.example.org/coaching",
            )
        )
    return made


def _person(name: str) -> User:
    """Nobody can sign in as one of them."""
    email = f"{name.lower().replace(' ', '.')}@cairn.example"
    return User.objects.filter(email=email).first() or User.objects.create_user(
        email, credential_name=name
    )


def _enroll(run: CourseRun, name: str, *, at: datetime.datetime) -> Enrollment:
    asked = actions.enroll(learner=_person(name), run=run, at=at)
    return actions.approve(enrollment=asked, at=at)


def _learn(person: Person, enrollment: Enrollment, *, at: datetime.datetime) -> None:
    last = at - person.days_ago * DAY
    lessons = enrollment.run.course.units.filter(kind=Unit.Kind.LESSON)[: person.lessons]
    for number, unit in enumerate(reversed(lessons)):
        actions.finish_unit(enrollment=enrollment, unit=unit, at=last - number * DAY)
    quiz = enrollment.run.course.units.filter(kind=Unit.Kind.QUIZ).first()
    if quiz is None:
        return
    for _ in range(person.failures):
        _answer(enrollment, quiz, is_right=False, at=last)
    if person.lessons == len(enrollment.run.course.units.filter(kind=Unit.Kind.LESSON)):
        _answer(enrollment, quiz, is_right=True, at=last)


def _answer(enrollment: Enrollment, quiz: Unit, *, is_right: bool, at: datetime.datetime) -> None:
    """Everything rightly, or nothing at all."""
    attempt = actions.start_attempt(enrollment=enrollment, unit=quiz, at=at)
    right = {asked["id"]: right_response(asked) for _, asked in posed(attempt)}
    actions.submit_attempt(attempt=attempt, responses=right if is_right else {}, at=at)
