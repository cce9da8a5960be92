"""What can be learned, and what can be earned by it."""

from __future__ import annotations

from catalog.models.achievements import (
    Achievement,
    AchievementVersion,
    AchievementVersionSkill,
    RuleNode,
)
from catalog.models.assessment import Choice, Question
from catalog.models.courses import Course, CourseRun, CourseSkill, LearningOutcome, Unit
from catalog.models.elements import Assessment, OutcomeLevel, Participation, Supervision
from catalog.models.occupations import Occupation, OccupationSkill
from catalog.models.publishing import Field, Status
from catalog.models.search import SearchChange
from catalog.models.skills import Skill
from catalog.models.tracks import Track

__all__ = [
    "Achievement",
    "AchievementVersion",
    "AchievementVersionSkill",
    "Assessment",
    "Choice",
    "Course",
    "CourseRun",
    "CourseSkill",
    "Field",
    "LearningOutcome",
    "Occupation",
    "OccupationSkill",
    "OutcomeLevel",
    "Participation",
    "Question",
    "RuleNode",
    "SearchChange",
    "Skill",
    "Status",
    "Supervision",
    "Track",
    "Unit",
]
