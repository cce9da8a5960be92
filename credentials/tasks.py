"""What workers do. Each task drains rows that are due, and may run any number of times."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from credentials import actions, nudges, reconciling, reminding
from credentials.actions.issue import BATCH as ISSUED_AT_ONCE
from credentials.models import (
    Award,
    Endorsement,
    Heartbeat,
    JudgementRequest,
    ReconcileRequest,
    RulePreview,
    StatusList,
    Transcript,
)
from lib.nudges import Gathering, wake

logger = logging.getLogger(__name__)


@shared_task(base=Gathering, bind=True)
def judge(self: Gathering) -> None:
    """Judge all learners that are due, and issue what they have newly earned."""
    self.gather(_judge)


def _judge() -> int:
    """One batch: while more completions come, no credential waits for the last of them."""
    try:
        done, left = actions.judge_and_issue_due(at=timezone.now())
    except Exception:
        # What is wrong with issuing must keep nobody from being judged.
        logger.exception("credentials could not be issued at once")
        left = done = actions.judge_due(at=timezone.now())
    if left:
        issue()
    return done


@shared_task
def issue() -> None:
    """Sign and store the credentials of all awards that are due."""
    while actions.issue_due(at=timezone.now()) == ISSUED_AT_ONCE:
        pass


@shared_task
def sign_status_lists() -> None:
    """Sign the status lists whose rows have changed."""
    actions.sign_due_status_lists(at=timezone.now())


@shared_task
def sign_jwts() -> None:
    """Sign the JWTs that were asked for."""
    while actions.sign_due_jwts(at=timezone.now()):
        pass


@shared_task
def sign_transcripts() -> None:
    """Sign the transcripts that were asked for."""
    while actions.sign_due_transcripts(at=timezone.now()):
        pass


@shared_task
def sign_endorsements() -> None:
    """Sign the endorsements that were published."""
    while actions.sign_due_endorsements(at=timezone.now()):
        pass


@shared_task
def foresee() -> None:
    """Work out the previews that were asked for."""
    while actions.foresee_due(at=timezone.now()):
        pass


@shared_task
def sweep() -> None:
    """Find what a lost message has left lying, and show that this worker is alive."""
    now = timezone.now()
    # First: a worker with much to do is alive all the same.
    Heartbeat.objects.update_or_create(name="sweep", defaults={"at": now})
    actions.replay_revocations()
    if JudgementRequest.objects.exists():
        judge()
    if Award.objects.due(at=now).exists():
        issue()
    if StatusList.objects.due().exists():
        sign_status_lists()
    if actions.due_jwts().exists():
        sign_jwts()
    if Transcript.objects.due().exists():
        sign_transcripts()
    if Endorsement.objects.due().exists():
        sign_endorsements()
    if RulePreview.objects.due(at=now).exists():
        # Not in this task's own time, as what follows: each may take minutes, and the sweep says
        # who is alive.
        wake(nudges.FORESEE)
    if ReconcileRequest.objects.due(at=now).exists():
        wake(nudges.RECONCILE)


@shared_task
def remind() -> None:
    """Say which credentials expire soon."""
    reminding.remind(at=timezone.now())


@shared_task
def reconcile() -> None:
    """Judge everything anew, and put in the queue who is missing an award."""
    if reconciling.reconcile(at=timezone.now(), repair=True).repaired:
        judge()


@shared_task
def reconcile_as_requested() -> None:
    """Do now what is done every night."""
    if actions.take_reconcile_request(at=timezone.now()):
        reconcile()
