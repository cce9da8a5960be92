"""Awards compared with their rules when somebody asks for it: a row, which nothing loses."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Membership, User
from credentials import actions, nudges, reconciling, tasks
from credentials.models import Award, ReconcileRequest, ReconcileRun
from credentials.models.reconciling import LEASE, MOST_TRIES
from credentials.reconciling import reconcile
from tests.factories import TUESDAY, EnrollmentFactory, MembershipFactory, published_course

pytestmark = pytest.mark.django_db
ASK = reverse("admin:credentials_drift_compare")
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def missed(learner):
    """A completion that was never judged."""
    return EnrollmentFactory(
        learner=learner, run=published_course(title="Course").runs.get(), completed=True
    )


@pytest.fixture
def as_curator(client, curator):
    MembershipFactory(user=curator, role=Membership.Role.CURATOR)
    User.objects.filter(pk=curator.pk).update(is_staff=True)
    client.force_login(curator)
    return client


@pytest.fixture
def woken(monkeypatch):
    found: list[str] = []
    monkeypatch.setattr("lib.nudges.wake", found.append)
    monkeypatch.setattr("credentials.tasks.wake", found.append)
    return found


def first_page(client):
    return " ".join(client.get(reverse("admin:index")).text.split())


def test_a_curator_has_awards_compared_at_once(
    as_curator, missed, woken, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        as_curator.post(ASK)
    assert woken == [nudges.RECONCILE]

    tasks.reconcile_as_requested()

    assert Award.objects.get().learner == missed.learner
    assert tasks.reconcile_as_requested.name == nudges.RECONCILE


def test_what_was_asked_for_is_done_though_the_nudge_was_lost(
    as_curator, missed, monkeypatch, django_capture_on_commit_callbacks
):
    def broken(*args, **kwargs):
        raise OperationalError("no broker")

    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr("lib.nudges.current_app.send_task", broken)
        as_curator.post(ASK)
    later: list[str] = []
    monkeypatch.setattr("credentials.tasks.wake", later.append)

    tasks.sweep()
    assert later == [nudges.RECONCILE]
    tasks.reconcile_as_requested()

    assert Award.objects.get().learner == missed.learner


def test_who_asks_twice_asks_once(as_curator, woken):
    as_curator.post(ASK)
    as_curator.post(ASK)

    assert ReconcileRequest.objects.count() == 1


def test_while_it_waits_the_page_says_so_instead_of_asking(as_curator, woken):
    as_curator.post(ASK)
    request = ReconcileRequest.objects.get()
    asked = f"Asked for at {request.requested_at:%H:%M} UTC;"

    assert f"{asked} it begins as soon as a worker is free." in first_page(as_curator)
    actions.take_reconcile_request(at=timezone.now())
    assert f"{asked} it runs now." in first_page(as_curator)
    assert "Compare now" not in first_page(as_curator)
    reconcile(at=timezone.now(), repair=True)

    assert "Compare again" in first_page(as_curator)


def test_two_workers_do_not_compare_at_once():
    actions.request_reconciling(at=TUESDAY)

    assert actions.take_reconcile_request(at=TUESDAY)
    assert not actions.take_reconcile_request(at=TUESDAY + MINUTE)


def test_what_was_not_asked_for_is_not_done():
    tasks.reconcile_as_requested()

    assert not ReconcileRun.objects.exists()


def test_what_a_worker_did_not_finish_is_due_again_three_times_at_most():
    actions.request_reconciling(at=TUESDAY)
    after = [TUESDAY + LEASE * number for number in range(MOST_TRIES + 1)]

    taken = [actions.take_reconcile_request(at=at) for at in after]

    assert taken == [True, True, True, False]
    assert not ReconcileRequest.objects.waiting(at=after[-1]).exists()


def test_what_was_given_up_may_be_asked_for_anew():
    actions.request_reconciling(at=TUESDAY)
    ReconcileRequest.objects.update(tries=MOST_TRIES, taken_at=TUESDAY)

    actions.request_reconciling(at=TUESDAY + LEASE)

    assert ReconcileRequest.objects.get().requested_at == TUESDAY + LEASE
    assert actions.take_reconcile_request(at=TUESDAY + LEASE)


def test_any_run_that_repairs_answers_who_asked_before_it():
    actions.request_reconciling(at=TUESDAY)

    reconcile(at=TUESDAY, repair=False)
    assert ReconcileRequest.objects.exists()
    tasks.reconcile()

    assert not ReconcileRequest.objects.exists()


def test_who_asks_while_it_runs_may_ask_for_what_was_read_too_early(monkeypatch):
    read = reconciling.read_world

    def read_and_meanwhile():
        world = read()
        ReconcileRequest.objects.create(requested_at=TUESDAY)
        return world

    monkeypatch.setattr(reconciling, "read_world", read_and_meanwhile)
    reconcile(at=TUESDAY + MINUTE, repair=True)

    assert ReconcileRequest.objects.exists()


def test_what_was_just_compared_is_not_compared_again(admin_client):
    reconcile(at=timezone.now(), repair=False)

    page = admin_client.post(ASK, follow=True)

    assert "less than a minute ago" in page.text
    assert not ReconcileRequest.objects.exists()
