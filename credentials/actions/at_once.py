"""From evidence to credentials in one transaction, where all is as usual."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction

from credentials.actions import issue, judge
from credentials.actions.judge import Decided
from credentials.drafting import draftings
from credentials.due import Due, Learner
from lib.prepared import together


class Done(NamedTuple):
    requests: int
    """Of so many; 0 when nobody was due."""
    left: int
    """Awards whose credential is still due."""


def judge_and_issue_due(*, at: datetime.datetime) -> Done:
    """As ``judge_due``, and issue what is earned.

    It takes less than half of what it takes in two transactions, as nothing is read again. What is
    out of the ordinary, because more is to be said of it, it is halted or cannot be signed, is left
    for ``issue_due``.
    """
    with transaction.atomic(), together():
        learners, decided = judge.decide_due(at=at)
        signed, _ = issue.sign(_issuable(decided, learners), at=at)
        issued = {one.award.pk for one in signed}
        for one in decided:
            if one.award.pk in issued:
                one.award.issued_at = at
        judge.write(decided)
        issue.store(signed, at=at)
    return Done(len(learners), left=len(decided) - len(signed))


def _issuable(decided: list[Decided], learners: list[Learner]) -> Iterable[Due]:
    usual = [one for one in decided if one.is_usual]
    if not usual:
        return
    by_pk = {learner.pk: learner for learner in learners}
    drafted = draftings({one.award.version_id for one in usual})
    for one in usual:
        award = one.award
        if award.version_id not in drafted:
            continue
        yield Due(
            pk=award.pk,
            public_id=award.public_id,
            learner=by_pk[award.learner_id],
            drafting=drafted[award.version_id],
            grade=award.grade,
            expires_at=award.expires_at,
            failures=0,
            how="",
            supersedes_id=None,
        )
