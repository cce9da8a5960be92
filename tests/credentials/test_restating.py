"""A completion has another grade: awards state it, and what was signed is replaced."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.urls import reverse

from catalog import rules
from credentials import actions, comparing, elm, tasks, verifying_own
from credentials.models import Award, Credential
from enrollment import actions as enrolling
from enrollment.models import Correction
from notifications.models import Message
from tests.credentials.awards import issue_all
from tests.credentials.judging import DAY, completed, held, judge_all
from tests.factories import TUESDAY, EnrollmentFactory, published_course, published_track

LATER = TUESDAY + DAY
pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return published_course(title="A")


@pytest.fixture
def enrollment(learner, course):
    return completed(learner, course, grade=Decimal(85))


@pytest.fixture
def credential(enrollment):
    judge_all()
    issue_all()
    return Credential.objects.get()


def correct(enrollment, grade, by):
    enrolling.correct_grade(
        enrollment=enrollment, grade=Decimal(grade), by=by, reason="Added up.", at=LATER
    )


def stated(credential):
    """The grade in the signed document."""
    return json.loads(bytes(credential.document))["credentialSubject"]["result"][-1]["value"]


def verdict(credential):
    return verifying_own.verify_id(credential.public_id).verdict


@pytest.mark.parametrize("grade", ["70", "97.5"])
def test_a_credential_with_the_old_grade_is_replaced(credential, enrollment, curator, grade):
    correct(enrollment, grade, curator)
    tasks.judge()
    tasks.issue()
    tasks.sweep()

    successor = Credential.objects.get(supersedes=credential)
    credential.refresh_from_db()
    assert (stated(credential), stated(successor)) == ("85", grade)
    assert (verdict(credential), verdict(successor)) == ("revoked", "valid")
    assert Award.objects.get().grade == Decimal(grade)
    assert (
        credential.revocation_reason == "Its grade was corrected. A new credential takes its place."
    )


def test_the_learner_is_told_of_the_successor_once(credential, enrollment, curator):
    before = Message.objects.count()
    for _ in range(2):
        correct(enrollment, 70, curator)
        tasks.judge()
        tasks.issue()

    assert Message.objects.count() == before + 1
    newest = Message.objects.first()
    assert newest.subject == "A new credential takes the place of “A”"
    assert newest.link == Credential.objects.get(supersedes=credential).get_absolute_url()


def test_the_page_of_the_old_one_leads_to_the_new_one(credential, enrollment, curator, client):
    correct(enrollment, 70, curator)
    tasks.issue()

    page = client.get(credential.get_absolute_url())

    assert Credential.objects.get(supersedes=credential).get_absolute_url() in page.text
    assert "Its grade was corrected." in page.text


def test_the_list_of_ones_credentials_says_which_was_replaced(
    credential, enrollment, curator, client
):
    correct(enrollment, 70, curator)
    tasks.issue()
    client.force_login(enrollment.learner)

    page = client.get(reverse("credentials:mine")).text

    assert page.count("Replaced by a newer one") == 1
    assert "Revoked" not in page


def test_the_same_grade_again_changes_nothing(credential, enrollment, curator):
    correct(enrollment, 85, curator)
    tasks.issue()

    assert Credential.objects.get() == credential
    assert verdict(credential) == "valid"


def test_an_award_that_waits_for_its_credential_is_issued_with_the_new_grade(enrollment, curator):
    judge_all()
    correct(enrollment, 70, curator)
    issue_all(at=LATER)

    assert stated(Credential.objects.get()) == "70"


def test_what_asks_for_a_grade_of_the_award_falls_with_it(learner, course, enrollment, curator):
    leaf = rules.AchievementLeaf(course.achievement.pk, min_grade=Decimal(80))
    published_track(tree=leaf, title="Upon its credential")
    judge_all()
    assert held(learner) == {"A", "Upon its credential"}

    correct(enrollment, 70, curator)

    assert held(learner) == {"A"}


def test_what_rests_on_more_states_no_grade_and_stays(learner, course, enrollment, curator):
    other = published_course(title="B")
    published_track(course, other, title="Both")
    completed(learner, other, grade=Decimal(90))
    judge_all()
    issue_all()

    correct(enrollment, 70, curator)

    both = Award.objects.get(version__name="Both")
    assert (both.grade, both.credentials.get().revoked_at) == (None, None)


def test_a_suspended_credential_stays_suspended_with_its_successor(credential, enrollment, curator):
    actions.suspend(award=credential.award, by=curator, reason="Under review", at=LATER)

    correct(enrollment, 70, curator)
    tasks.issue()
    tasks.sweep()

    successor = Credential.objects.get(supersedes=credential)
    assert verdict(successor) == "suspended"
    assert successor.suspension_reason == "Under review"
    actions.reinstate(award=credential.award)
    tasks.sweep()
    assert verdict(successor) == "valid"


@pytest.mark.parametrize("visibility", Credential.Visibility.values)
def test_a_successor_is_shown_to_whom_the_one_before_was(
    credential, enrollment, curator, visibility
):
    actions.set_visibility(credential=credential, visibility=visibility)

    correct(enrollment, 70, curator)
    tasks.issue()

    assert Credential.objects.get(supersedes=credential).visibility == visibility


def test_each_page_says_the_grade_that_was_signed(credential, enrollment, curator, client):
    correct(enrollment, 70, curator)
    tasks.issue()

    successor = Credential.objects.get(supersedes=credential)
    for one, grade in ((credential, "85 %"), (successor, "70 %")):
        one.refresh_from_db()
        assert f"<dd>{grade}</dd>" in client.get(one.get_absolute_url()).text
        (claim,) = elm.export(one)["credentialSubject"]["hasClaim"]
        assert claim["provenBy"]["grade"]["noteLiteral"]["en"] == grade


def test_results_that_come_late_are_stated_and_take_nothing(learner):
    """A test of before the end, which another system reports after it."""
    course = published_course(title="A")
    rule = rules.CourseLeaf(course.pk, min_grade=Decimal(80))
    published_track(tree=rule, title="Good")
    enrollment = EnrollmentFactory(learner=learner, run=course.runs.get())
    report(enrollment, "1", at=TUESDAY, score=85)
    tasks.judge()
    tasks.issue()
    assert held(learner) == {"A", "Good"}

    report(enrollment, "2", at=TUESDAY - DAY, score=70, received_at=LATER)
    tasks.judge()
    tasks.issue()

    enrollment.refresh_from_db()
    assert (enrollment.completed_at, enrollment.grade) == (TUESDAY - DAY, 70)
    assert held(learner) == {"A", "Good"}
    newest = Credential.objects.standing().get(award__version__name="A")
    assert stated(newest) == "70"
    change = enrollment.corrections.get()
    assert (change.kind, change.by, change.grade_before) == (Correction.Kind.RESULTS, None, 85)
    assert not any(comparing.faults_of(award) for award in Award.objects.all())


def report(enrollment, event_id, *, at, score, received_at=None):
    event = enrolling.Event(
        source="test",
        event_id=event_id,
        enrollment_id=enrollment.pk,
        unit_id=enrollment.run.course.units.get().pk,
        verb="passed",
        at=at,
        score=Decimal(score),
    )
    enrolling.record_events([event], received_at=received_at or at)


def test_why_says_that_the_grade_was_corrected(credential, enrollment, curator, client, capsys):
    correct(enrollment, 70, curator)
    award = Award.objects.get()

    call_command("explain", str(award.public_id))
    client.force_login(award.learner)
    page = client.get(reverse("credentials:why", args=[award.achievement.public_id]))

    assert "85 %, corrected to 70 % since" in capsys.readouterr().out
    assert "85 %, corrected to 70 % since" in page.text


def test_a_grade_that_nothing_gave_is_found(credential):
    Award.objects.update(grade=99)

    assert comparing.faults_of(Award.objects.get()) == [
        "The award states the grade 99.00, not 85.00."
    ]
