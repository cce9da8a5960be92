"""What a course asks for beforehand, and what of it a learner lacks."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from accounts.models import User
from catalog import judging, prerequisites
from catalog.judging import Evidence
from catalog.models import Course
from enrollment.models import Exemption

EvidenceOf = Callable[[User], Evidence]

_evidence_of: list[EvidenceOf] = []


def evidence_comes_from(source: EvidenceOf) -> None:
    """Let the app above, which knows awards, say what counts for a learner."""
    _evidence_of[:] = [source]


def missing(learner: User, course: Course, *, at: datetime.datetime) -> str:
    """What the learner lacks, in words that say what to do; empty when nothing is asked for."""
    tree = prerequisites.load(course)
    if tree is None:
        # Rows that make no rule let nobody in: it fails closed, and a curator sees it.
        return prerequisites.in_words(course)
    if _is_exempt(learner, course) or judging.judge(tree, evidence(learner), at=at) is not None:
        return ""
    return prerequisites.sentence(tree)


def _is_exempt(learner: User, course: Course) -> bool:
    return Exemption.objects.filter(
        learner=learner, course=course, status=Exemption.Status.GRANTED
    ).exists()


def evidence(learner: User) -> Evidence:
    """All that counts for this learner, the newest first."""
    return _evidence_of[0](learner)
