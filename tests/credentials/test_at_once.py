"""Judged and issued in one transaction: the same as one after the other, and never more."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import Organization, User
from accounts.models.people import ERASED_DOMAIN
from catalog.actions import publish_course
from catalog.models import Skill
from credentials import actions, checking, drafting, tasks, verifying
from credentials.models import Award, Credential, Halt, JudgementRequest
from notifications.models import Message
from tests.credentials.test_actions import complete
from tests.credentials.test_endorsements import endorsed, revoke
from tests.factories import (
    TUESDAY,
    CourseFactory,
    CourseRunFactory,
    SkillFactory,
    UnitFactory,
    UserFactory,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db


def at_once():
    return actions.judge_and_issue_due(at=TUESDAY)


def one_after_the_other():
    requests = actions.judge_due(at=TUESDAY)
    actions.issue_due(at=TUESDAY)
    return requests, 0


def said(credential):
    """What is not drawn by lot, or another learner's."""
    document = json.loads(bytes(credential.document))
    subject = document["credentialSubject"]
    del document["proof"]["proofValue"], subject["identifier"]
    for drawn in (document["id"], document["credentialStatus"]["id"]):
        document = json.loads(json.dumps(document).replace(drawn, "…"))
    del document["credentialStatus"]["statusListIndex"]
    award = credential.award
    evidence = award.evidence.count(), award.evidence.filter(supporting_award=None).count()
    columns = award.grade, award.number, award.decided_at, award.expires_at, award.issued_at
    return award.version.name, document, columns, evidence


def earned(do, stack):
    learner = UserFactory(credential_name="Ada Lovelace")
    for course in stack:
        complete(learner, course)
    assert tuple(do()) == (2, 0)
    credentials = Credential.objects.filter(award__learner=learner)
    for credential in credentials:
        assert verifying.verify_stored(credential).is_valid
        trace = credential.award.trace
        assert checking.faults(trace.document, trace.digest) == []
    assert not Award.objects.filter(learner=learner, issued_at=None).exists()
    told = Message.objects.filter(recipient=learner, kind="credential_issued")
    return (
        sorted((said(one) for one in credentials), key=lambda one: one[0]),
        sorted(told.values_list("subject", "text", "delivery", "due_at")),
    )


def test_it_makes_what_judging_and_then_issuing_make(stack):
    made = earned(at_once, stack)

    assert len(made[0]) == len(made[1]) == 4
    assert made == earned(one_after_the_other, stack)


def test_who_has_nothing_new_is_done_with(stack):
    actions.request_judgement(learner_ids=[UserFactory().pk], at=TUESDAY)

    assert at_once() == (1, 0)
    assert at_once() == (0, 0)


def test_what_is_halted_is_awarded_and_waits(stack):
    learner = UserFactory()
    complete(learner, stack[0])
    complete(learner, stack[1])
    achievement = stack[0].achievement
    halted = Halt.objects.create(
        achievement=achievement, by=UserFactory(), reason="A look first.", at=TUESDAY
    )

    assert at_once() == (2, 1)
    assert Award.objects.get(issued_at=None).achievement == achievement
    assert Credential.objects.count() == 3

    actions.lift(halt=halted, by=UserFactory(), at=TUESDAY)
    tasks.sweep()
    assert Credential.objects.count() == 4


def test_a_halt_of_all_stops_all():
    complete(UserFactory(), published_course())
    Halt.objects.create(achievement=None, by=UserFactory(), reason="A look first.", at=TUESDAY)

    assert at_once() == (1, 1)
    assert not Credential.objects.exists()


def test_who_was_erased_is_awarded_nothing():
    learner = UserFactory()
    complete(learner, published_course())
    User.objects.filter(pk=learner.pk).update(
        erased_at=TUESDAY, email=f"1@{ERASED_DOMAIN}", credential_name="", is_active=False
    )

    assert at_once() == (1, 0)
    assert not Award.objects.exists()


def test_what_more_is_to_be_said_of_is_left_for_who_reads_it():
    learner = UserFactory()
    enrollment = complete(learner, published_course())
    enrollment.completed_by = "challenge"
    enrollment.save()

    assert at_once() == (1, 1)

    actions.issue_due(at=TUESDAY)
    assert "challenge assessment" in bytes(Credential.objects.get().document).decode()


def test_what_cannot_be_signed_is_put_off_and_holds_up_nobody():
    course = published_course()
    for name in ("Bad\x07", "Ada"):
        complete(UserFactory(credential_name=name), course)

    tasks.judge()

    assert Credential.objects.get().recipient_name == "Ada"
    assert "U+0007" in Award.objects.get(issued_at=None).last_failure


def test_where_issuing_fails_all_are_judged_nevertheless(stack, monkeypatch):
    def fail(*args, **values):
        raise OSError("The device is gone.")

    complete(UserFactory(), stack[0])
    monkeypatch.setattr("credentials.actions.issue.keys.open_key", fail)

    with pytest.raises(OSError, match="gone"):
        tasks.judge()

    assert not JudgementRequest.objects.exists()
    assert Award.objects.get().issued_at is None
    monkeypatch.undo()
    tasks.sweep()
    assert Credential.objects.count() == 1


def test_nothing_stands_half_written_when_it_fails(stack, monkeypatch):
    def fail(*args, **values):
        raise OSError("The disk is full.")

    complete(UserFactory(), stack[0])
    monkeypatch.setattr("credentials.actions.issue.notify_each", fail)

    with pytest.raises(OSError, match="full"):
        at_once()

    assert JudgementRequest.objects.count() == 1
    assert not Award.objects.exists()
    assert not Credential.objects.exists()


def test_its_queries_do_not_grow_with_the_rules(django_assert_max_num_queries):
    courses = [published_course() for _ in range(3)]
    published_track(*courses, title="All")

    def asked():
        learner = UserFactory()
        complete(learner, courses[0])
        with django_assert_max_num_queries(99) as queries:
            at_once()
        return len([one for one in queries if "SAVEPOINT" not in one["sql"]])

    asked()
    before = asked()
    for number in range(20):
        published_track(*courses, title=f"Track {number}")
    asked()

    assert asked() == before
    # All that it writes goes at once.
    assert connection.vendor != "postgresql" or before <= 9


@pytest.mark.django_db(transaction=True)
def test_two_who_judge_the_same_learners_award_each_thing_once(monkeypatch):
    """Each of two requests of a learner is taken by another, and the second waits for the first."""
    monkeypatch.setattr("credentials.actions.judge.BATCH", 1)
    first, second = published_course(), published_course()
    published_track(first, second, title="Both")
    learners = UserFactory.create_batch(8)
    for learner in learners:
        complete(learner, first)
        complete(learner, second)

    def work(_):
        try:
            while at_once().requests:
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))

    assert not JudgementRequest.objects.exists()
    assert Award.objects.filter(issued_at__isnull=False).count() == 3 * len(learners)
    places = Credential.objects.values("status_list", "status_index").distinct()
    assert Credential.objects.count() == places.count() == 3 * len(learners)


# --- What is kept of a version -------------------------------------------------------------------


@pytest.fixture
def course():
    """It proves a skill."""
    course = CourseFactory()
    UnitFactory(course=course)
    CourseRunFactory(course=course)
    course.course_skills.create(skill=SkillFactory(label="Weaving"))
    publish_course(course=course, at=TUESDAY)
    course.refresh_from_db()
    return course


def document(course):
    complete(UserFactory(), course)
    assert at_once() == (1, 0)
    return json.loads(bytes(Credential.objects.latest("pk").document))


def test_a_draft_is_made_once_while_nothing_of_it_changes(course, monkeypatch):
    made = []
    make = drafting.achievement_description
    monkeypatch.setattr(
        drafting, "achievement_description", lambda version: made.append(1) or make(version)
    )

    for _ in range(3):
        document(course)

    assert len(made) == (1 if connection.vendor == "postgresql" else 3)


def test_a_body_that_is_renamed_signs_by_its_new_name(course):
    assert document(course)["issuer"]["name"] == course.provider.name
    Organization.objects.filter(pk=course.provider_id).update(name="Renamed")

    assert document(course)["issuer"]["name"] == "Renamed"


def test_a_skill_that_is_renamed_is_named_anew(course):
    assert document(course)["credentialSubject"]["achievement"]["tag"] == ["Weaving"]
    Skill.objects.update(label="Knitting")

    assert document(course)["credentialSubject"]["achievement"]["tag"] == ["Knitting"]


def test_an_endorsement_is_carried_from_when_it_is_signed_until_it_is_taken_back(course):
    def carried():
        return len(document(course)["credentialSubject"]["achievement"].get("endorsement", []))

    assert carried() == 0
    endorsement = endorsed(course.achievement)
    assert carried() == 1
    revoke(endorsement)
    assert carried() == 0


def test_another_address_of_the_site_is_signed_at_once(course, settings):
    document(course)
    settings.BASE_URL = "https://elsewhere.example"

    assert document(course)["id"].startswith("https://elsewhere.example/")
    assert "elsewhere.example" in json.dumps(document(course)["credentialSubject"]["achievement"])
