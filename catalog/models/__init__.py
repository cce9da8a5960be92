"""What can be learned, and what can be earned by it."""

from __future__ import annotations

from catalog.models.achievements import (
    Achievement,
    AchievementVersion,
    AchievementVersionSkill,
    RuleNode,
)
from catalog.models.assessment import Choice, Question
from catalog.models.courses import Course, CourseRun, CourseSkill, Unit
from catalog.models.occupations import Occupation, OccupationSkill
from catalog.models.publishing import Field, Status
from catalog.models.skills import Skill
from catalog.models.tracks import Track

__all__ = [
    "Achievement",
    "AchievementVersion",
    "AchievementVersionSkill",
    "Choice",
    "Course",
    "CourseRun",
    "CourseSkill",
    "Field",
    "Occupation",
    "OccupationSkill",
    "Question",
    "RuleNode",
    "Skill",
    "Status",
    "Track",
    "Unit",
]
