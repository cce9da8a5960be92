"""The choices of the European standard elements to describe a microcredential.

Council Recommendation of 16 June 2022 on a European approach to micro-credentials, Annex I.
The values of supervision and participation follow the controlled vocabularies of the European
Digital Credentials for Learning; the levels of outcomes are the four broad ones of DigComp 2.2.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Assessment(models.TextChoices):
    QUIZ = "quiz", _("Quiz")
    ASSIGNMENT = "assignment", _("Assignment")
    QUIZ_AND_ASSIGNMENT = "quiz_and_assignment", _("Quiz and assignment")
    PROJECT = "project", _("Project")
    EXAM = "exam", _("Exam")


class Participation(models.TextChoices):
    ONLINE_SELF_PACED = "online_self_paced", _("Online, at your own pace")
    ONLINE_LIVE = "online_live", _("Online, live")
    BLENDED = "blended", _("Online and in person")
    IN_PERSON = "in_person", _("In person")


class Supervision(models.TextChoices):
    UNSUPERVISED = "unsupervised", _("Not supervised, identity not checked")
    SUPERVISED = "supervised", _("Supervised, identity not checked")
    SUPERVISED_ONLINE_ID = "supervised_online_id", _("Supervised online, identity checked")
    SUPERVISED_ONSITE_ID = "supervised_onsite_id", _("Supervised on site, identity checked")


class OutcomeLevel(models.TextChoices):
    FOUNDATION = "foundation", _("Foundation")
    INTERMEDIATE = "intermediate", _("Intermediate")
    ADVANCED = "advanced", _("Advanced")
    SPECIALIZED = "specialized", _("Highly specialized")


LEVEL_RANK = {"": 0} | {level: rank for rank, level in enumerate(OutcomeLevel.values, start=1)}
"""Levels in their order; unknown is below them all."""


class GradingScale(models.TextChoices):
    """How a grade in percent is said."""

    PERCENT = "percent", _("Percent")
    PASS_FAIL = "pass_fail", _("Passed or not")
    LETTERS = "letters", _("Letters, A to F")
