from __future__ import annotations

import datetime
import json

import pytest
from django.db import IntegrityError

from catalog import actions as catalog_actions
from catalog import rules
from credentials import actions, tasks, verifying
from credentials.models import Award, Credential, JudgementRequest, StatusList
from credentials.vc import status_list
from credentials.vc.verify import Verdict
from enrollment import actions as enrollment_actions
from tests.factories import (
    TUESDAY,
    OrganizationFactory,
    UserFactory,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db
LATER = TUESDAY + datetime.timedelta(days=1)


def complete(learner, course):
    """The learner's own way: enroll and finish every unit."""
    enrollment = enrollment_actions.enroll(learner=learner, run=course.runs.get(), at=TUESDAY)
    for unit in course.units.all():
        enrollment_actions.finish_unit(enrollment=enrollment, unit=unit, at=TUESDAY)
    enrollment.refresh_from_db()
    return enrollment


def judge_all():
    while actions.judge_due(at=TUESDAY):
        pass


def names_of(learner):
    return set(
        Award.objects.standing().filter(learner=learner).values_list("version__name", flat=True)
    )


@pytest.fixture
def stack():
    """Two courses, a track over both, and a track stacked on that one."""
    org = OrganizationFactory()
    first = published_course(title="First", provider=org)
    second = published_course(title="Second", provider=org)
    lower = published_track(first, second, title="Lower", organization=org)
    upper = published_track(lower, title="Upper", organization=org, kind="Diploma")
    return first, second, lower, upper


def test_under_load_nobody_s_credential_waits_for_the_others(stack, monkeypatch):
    for _ in range(2):
        complete(UserFactory(), stack[0])
    monkeypatch.setattr("credentials.actions.judge.BATCH", 1)
    issued, judge_and_issue_due = [], actions.judge_and_issue_due

    def judge_one(*, at):
        issued.append(Credential.objects.count())
        return judge_and_issue_due(at=at)

    monkeypatch.setattr(actions, "judge_and_issue_due", judge_one)

    tasks.judge()

    # The last two found nothing: before others are woken again, and after.
    assert issued == [0, 1, 2, 2]


def test_what_comes_until_others_are_woken_again_is_judged_too(stack, monkeypatch):
    complete(UserFactory(), stack[0])
    rested = []

    def rest(task):
        rested.append(task)
        complete(UserFactory(), stack[0])

    monkeypatch.setattr("lib.nudges.rest", rest)

    tasks.judge()

    assert rested == [tasks.judge.name]
    assert not JudgementRequest.objects.exists()
    assert Credential.objects.count() == 2


def test_a_batch_is_full_of_requests_not_of_learners(learner, stack):
    actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)
    actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)

    assert actions.judge_due(at=TUESDAY) == 2


def test_a_completion_leaves_a_row_that_says_judging_is_due(learner):
    complete(learner, published_course())

    assert JudgementRequest.objects.get().learner == learner


def test_a_completion_wakes_a_worker(learner, django_capture_on_commit_callbacks, sent):
    course = published_course()

    with django_capture_on_commit_callbacks(execute=True):
        complete(learner, course)

    assert sent == ["credentials.tasks.judge"]


def test_a_dead_broker_fails_no_completion(
    learner, django_capture_on_commit_callbacks, monkeypatch
):
    def refuse(task, **values):
        raise ConnectionRefusedError

    monkeypatch.setattr("lib.nudges.current_app.send_task", refuse)

    with django_capture_on_commit_callbacks(execute=True):
        enrollment = complete(learner, published_course())

    assert enrollment.is_completed


def test_the_last_course_awards_the_whole_stack_in_one_pass(learner, stack):
    first, second, _, _ = stack
    complete(learner, first)
    judge_all()
    complete(learner, second)

    actions.judge_due(at=TUESDAY)

    assert names_of(learner) == {"First", "Second", "Lower", "Upper"}


def test_part_of_a_stack_awards_no_more_than_its_part(learner, stack):
    complete(learner, stack[0])

    judge_all()

    assert names_of(learner) == {"First"}


def test_judging_again_awards_nothing_again(learner, stack):
    complete(learner, stack[0])
    judge_all()

    actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)
    judge_all()

    assert Award.objects.count() == 1


def test_an_award_names_its_evidence(learner, stack):
    enrollment = complete(learner, stack[0])
    complete(learner, stack[1])
    judge_all()

    course_award = Award.objects.get(version__name="First")
    upper_award = Award.objects.get(version__name="Upper")

    assert course_award.evidence.get().enrollment == enrollment
    assert upper_award.evidence.get().supporting_award.version.name == "Lower"


def test_publishing_a_track_awards_those_who_have_met_it_already(learner):
    course = published_course()
    complete(learner, course)
    judge_all()

    track = published_track(course, title="New")
    judge_all()

    assert track.title in names_of(learner)


def test_a_rule_that_is_not_current_awards_nothing(learner):
    first, second = published_course(title="First"), published_course(title="Second")
    track = published_track(first, title="Track")
    catalog_actions.publish_track(track=track, at=LATER, tree=rules.all_of(leaf(second)))

    complete(learner, first)
    judge_all()

    assert names_of(learner) == {"First"}


def test_the_worker_issues_every_award(learner, stack):
    for course in stack[:2]:
        complete(learner, course)

    tasks.judge()

    assert Credential.objects.held_by(learner).count() == 4
    assert not Award.objects.due(at=LATER).exists()


def test_every_issued_credential_verifies(learner, stack):
    for course in stack[:2]:
        complete(learner, course)
    tasks.judge()

    verdicts = [verifying.verify_stored(item).verdict for item in Credential.objects.all()]

    assert verdicts == [Verdict.VALID] * 4


def issued(learner, course=None):
    complete(learner, course or published_course())
    tasks.judge()
    return Credential.objects.held_by(learner).order_by("pk").first()


def test_issuing_again_issues_nothing_again(learner):
    issued(learner)

    tasks.issue()

    assert Credential.objects.count() == 1


def test_a_credential_carries_the_name_of_its_day(learner):
    credential = issued(learner)
    learner.credential_name = "Somebody Else"
    learner.save(update_fields=["credential_name"])

    assert b"Ada Lovelace" in bytes(credential.document)


def test_a_credential_does_not_carry_the_address(learner):
    assert b"ada@example.org" not in bytes(issued(learner).document)


def test_one_letter_changed_is_noticed(learner):
    credential = issued(learner)
    changed = bytes(credential.document).replace(b"Ada Lovelace", b"Ada Lovelacf")

    assert verifying.verify_document(changed).verdict == Verdict.INVALID


def test_an_award_that_cannot_be_signed_waits_with_its_reason(learner):
    learner.credential_name = "Ada\x07Lovelace"
    learner.save(update_fields=["credential_name"])

    complete(learner, published_course())
    tasks.judge()

    award = Award.objects.get()
    assert award.issued_at is None
    assert "U+0007" in award.last_failure
    assert not Award.objects.due(at=award.decided_at).exists()


def test_one_bad_award_does_not_hold_up_the_others(learner):
    bad = UserFactory(credential_name="Bad\x07")
    course = published_course()
    complete(bad, course)

    assert issued(learner, course) is not None


def test_revoking_needs_a_reason(learner):
    award = issued(learner).award

    with pytest.raises(actions.ReasonMissing):
        actions.revoke(award=award, by=UserFactory(), reason=" ", at=LATER)


def test_a_revoked_credential_is_known_as_revoked_at_once(learner):
    credential = issued(learner)

    actions.revoke(award=credential.award, by=UserFactory(), reason="A mistake", at=LATER)

    assert verifying.verify_document(bytes(credential.document)).verdict == Verdict.REVOKED


def test_the_signed_list_says_revoked_after_the_worker_ran(learner):
    credential = issued(learner)
    actions.revoke(award=credential.award, by=UserFactory(), reason="A mistake", at=LATER)

    tasks.sweep()

    listed = json.loads(bytes(StatusList.objects.get().document))
    bits = status_list.decode(listed["credentialSubject"]["encodedList"])
    assert [index for index in range(len(bits) * 8) if status_list.is_set(bits, index)] == [
        credential.status_index
    ]


def test_revoking_a_part_takes_what_is_stacked_on_it(learner, stack):
    for course in stack[:2]:
        complete(learner, course)
    tasks.judge()
    lower = Award.objects.get(version__name="Lower")

    shown = actions.falling_with(lower)
    fallen = actions.revoke(award=lower, by=UserFactory(), reason="A mistake", at=LATER)

    assert (
        [award.version.name for award in fallen]
        == ["Upper"]
        == [award.version.name for award in shown]
    )
    assert names_of(learner) == {"First", "Second"}


def test_a_revoked_award_is_not_made_again(learner):
    credential = issued(learner)
    actions.revoke(award=credential.award, by=UserFactory(), reason="A mistake", at=LATER)

    actions.request_judgement(learner_ids=[learner.pk], at=LATER)
    tasks.judge()

    assert not Award.objects.standing().exists()


def test_a_revoked_award_stays_revoked(learner):
    credential = issued(learner)
    actions.revoke(award=credential.award, by=UserFactory(), reason="A mistake", at=LATER)

    with pytest.raises(IntegrityError):
        Award.objects.update(revoked_at=None, revocation_reason="")


def test_a_revoked_credential_stays_revoked(learner):
    credential = issued(learner)
    actions.revoke(award=credential.award, by=UserFactory(), reason="A mistake", at=LATER)

    with pytest.raises(IntegrityError):
        Credential.objects.update(revoked_at=None, revocation_reason="")


def test_a_signed_document_never_changes(learner):
    issued(learner)

    with pytest.raises(IntegrityError):
        Credential.objects.update(document=b"{}")


def test_an_award_has_one_live_credential(learner):
    credential = issued(learner)

    with pytest.raises(IntegrityError):
        Credential.objects.create(
            award=credential.award,
            key=credential.key,
            document=b"{}",
            recipient_name="Ada",
            status_list=credential.status_list,
            status_index=(credential.status_index + 1) % 1000,
            issued_at=LATER,
        )


def test_an_award_needs_a_published_version(learner):
    course = published_course()
    draft = catalog_actions.draft_version(achievement=course.achievement)

    with pytest.raises(IntegrityError):
        Award.objects.create(
            learner=learner,
            achievement=course.achievement,
            version=draft,
            decided_at=TUESDAY,
            due_at=TUESDAY,
        )


def test_a_learner_has_each_award_number_once(learner):
    award = issued(learner).award

    with pytest.raises(IntegrityError):
        Award.objects.create(
            learner=learner,
            achievement=award.achievement,
            version=award.version,
            decided_at=TUESDAY,
            due_at=TUESDAY,
        )
