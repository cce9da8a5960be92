"""Everything is judged anew: what is missing, what stands without reason, what is told of it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from catalog import actions as catalog_actions
from catalog import rules
from credentials import actions, tasks
from credentials.models import Award, Drift, JudgementRequest, ReconcileRun
from credentials.reconciling import RUNS_KEPT, reconcile
from enrollment.models import Enrollment
from tests.credentials.awards import due_awards
from tests.credentials.histories import History
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    leaf,
    published_course,
    published_track,
)
from tests.tries import seeds

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def course():
    return published_course(title="Course")


def completed(learner, course, **fields):
    return EnrollmentFactory(learner=learner, run=course.runs.get(), completed=True, **fields)


def judge(learner, at=TUESDAY):
    actions.request_judgement(learner_ids=[learner.pk], at=at)
    actions.judge_due(at=at)
    return list(Award.objects.filter(learner=learner))


def drifts(*, at=TUESDAY, repair=False):
    return list(reconcile(at=at, repair=repair).drifts.values_list("kind", "learner", "award"))


@seeds(3)
def test_whatever_happens_awards_agree_with_their_rules(seed):
    history = History(seed)

    for _ in range(10):
        history.go_on()
        history.judge()

    assert drifts(at=history.at) == []


def test_a_missing_award_and_what_is_stacked_on_it_are_found(learner, course):
    published_track(course)
    completed(learner, course)

    assert drifts() == [("missing", learner.pk, None)] * 2


def test_whoever_waits_to_be_judged_is_not_missing_anything(learner, course):
    completed(learner, course)
    actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)

    assert drifts() == []


def test_repairing_puts_who_is_missing_an_award_in_the_queue(learner, course):
    completed(learner, course)

    run = reconcile(at=TUESDAY, repair=True)

    assert (run.found, run.repaired, run.remaining) == (1, 1, 0)
    assert JudgementRequest.objects.get().learner == learner


def test_an_award_whose_evidence_is_gone_is_listed_and_not_revoked(learner, course):
    enrollment = completed(learner, course)
    (award,) = judge(learner)
    _undo(enrollment)

    assert drifts(repair=True) == [("surplus", learner.pk, award.pk)]
    assert Award.objects.standing().filter(pk=award.pk).exists()


def _undo(enrollment):
    """As nobody may, without saying why: an old fault, or a restored backup."""
    enrollment.corrections.create(
        kind="reopened", by=enrollment.learner, at=TUESDAY, reason="…", undoes=TUESDAY
    )
    Enrollment.objects.filter(pk=enrollment.pk).update(
        status="active", completed_at=None, completed_by=""
    )


def test_a_grade_that_sank_unnoticed_is_found(learner, course):
    published_track(tree=rules.CourseLeaf(course.pk, min_grade=Decimal(80)))
    enrollment = completed(learner, course, grade=85)
    judge(learner)
    Enrollment.objects.filter(pk=enrollment.pk).update(grade=70)

    assert [kind for kind, _, _ in drifts()] == ["surplus"]


def test_other_evidence_still_holds_an_award_up(learner, course):
    first = completed(learner, course)
    judge(learner)
    EnrollmentFactory(learner=learner, run=course.runs.create(), completed=True)
    _undo(first)

    assert drifts() == []


def test_an_award_without_any_evidence_is_found(course):
    (award,) = due_awards(1, achievement=course.achievement)

    assert drifts() == [("surplus", award.learner_id, award.pk)]


def test_an_award_by_hand_needs_no_rule(learner, course):
    Award.objects.create(
        learner=learner,
        achievement=course.achievement,
        version=course.achievement.versions.get(),
        decided_at=TUESDAY,
        due_at=TUESDAY,
        granted_by=learner,
        grant_reason="Seen.",
    )

    assert drifts() == []


def test_an_award_by_a_version_that_had_been_replaced_is_found(learner, course):
    other = published_course()
    track = published_track(course, title="Track")
    catalog_actions.publish_track(
        track=track, at=TUESDAY + DAY, tree=rules.any_of(leaf(course), leaf(other))
    )
    completed(learner, course)
    judge(learner, at=TUESDAY + DAY)
    award = Award.objects.get(achievement=track.achievement)
    copy = Award.objects.create(
        learner=learner,
        achievement=track.achievement,
        version=track.achievement.versions.get(number=1),
        number=2,
        renews=award,
        decided_at=TUESDAY + 2 * DAY,
        due_at=TUESDAY,
    )
    copy.evidence.create(node_number=1, enrollment=learner.enrollments.get())

    assert drifts(at=TUESDAY + 2 * DAY) == [("version", learner.pk, copy.pk)]


def test_the_command_says_what_it_found_and_fails_while_something_remains(learner, course):
    completed(learner, course)
    out = StringIO()

    with pytest.raises(CommandError, match=r"^1 remains\.$") as failed:
        call_command("reconcile", stdout=out)

    assert failed.value.returncode == 1
    assert "0 awards of 1 learner: 1 does not agree with their rules" in out.getvalue()
    assert f"{learner.public_id}: Microcredential: Course: not awarded" in out.getvalue()


def test_the_command_is_content_once_all_is_repaired(learner, course):
    completed(learner, course)

    call_command("reconcile", "--repair", stdout=StringIO())

    assert ReconcileRun.objects.get().remaining == 0


def test_the_nightly_task_makes_up_for_what_was_missed(learner, course):
    completed(learner, course)

    tasks.reconcile()

    assert Award.objects.get().learner == learner


def test_only_the_last_runs_are_kept():
    for _ in range(RUNS_KEPT + 2):
        reconcile(at=TUESDAY, repair=False)

    assert ReconcileRun.objects.count() == RUNS_KEPT


def test_a_missing_award_is_no_award(learner, course):
    (award,) = due_awards(1, achievement=course.achievement)
    run = reconcile(at=TUESDAY, repair=False)

    with pytest.raises(IntegrityError, match="drift_names_its_award"), transaction.atomic():
        Drift.objects.create(
            run=run, kind="missing", learner=learner, achievement=award.achievement, award=award
        )


def test_the_first_page_says_that_awards_agree(admin_client):
    reconcile(at=TUESDAY, repair=False)

    page = admin_client.get(reverse("admin:index"))

    assert "Awards agree with their rules" in page.content.decode()


def test_the_first_page_says_when_awards_will_be_compared(admin_client):
    page = admin_client.get(reverse("admin:index")).content.decode()

    assert "Not compared yet: this is done every night at 02:40 UTC" in page
    assert reverse("admin:credentials_drift_compare") in page


def test_nobody_is_made_to_compare_by_a_link(admin_client):
    assert admin_client.get(reverse("admin:credentials_drift_compare")).status_code == 405


def test_the_first_page_lists_what_does_not_agree(admin_client, course):
    (award,) = due_awards(1, achievement=course.achievement)
    reconcile(at=TUESDAY, repair=False)

    page = admin_client.get(reverse("admin:index")).content.decode()

    assert reverse("admin:credentials_award_change", args=[award.pk]) in page
    assert "awarded, though nothing holds it up" in page
