"""What can be learned, and what can be earned by it."""

from __future__ import annotations

from catalog.models.achievements import (
    Achievement,
    AchievementVersion,
    AchievementVersionSkill,
    RuleNode,
)
from catalog.models.assessment import Choice, Question, QuestionPool, Quiz, quiz_of
from catalog.models.assignments import Assignment, Criterion, CriterionLevel, assignment_of
from catalog.models.courses import (
    Course,
    CourseRun,
    CourseSkill,
    LearningOutcome,
    LiveSession,
    Unit,
    UnitQuerySet,
)
from catalog.models.elements import (
    Assessment,
    GradingScale,
    OutcomeLevel,
    Participation,
    Supervision,
)
from catalog.models.occupations import Occupation, OccupationSkill
from catalog.models.prerequisites import Prerequisite
from catalog.models.publishing import Field, Status
from catalog.models.search import SearchChange
from catalog.models.skills import Skill
from catalog.models.tracks import Track
from catalog.models.translations import CourseTranslation, UnitTranslation

__all__ = [
    "Achievement",
    "AchievementVersion",
    "AchievementVersionSkill",
    "Assessment",
    "Assignment",
    "Choice",
    "Course",
    "CourseRun",
    "CourseSkill",
    "CourseTranslation",
    "Criterion",
    "CriterionLevel",
    "Field",
    "GradingScale",
    "LearningOutcome",
    "LiveSession",
    "Occupation",
    "OccupationSkill",
    "OutcomeLevel",
    "Participation",
    "Prerequisite",
    "Question",
    "QuestionPool",
    "Quiz",
    "RuleNode",
    "SearchChange",
    "Skill",
    "Status",
    "Supervision",
    "Track",
    "Unit",
    "UnitQuerySet",
    "UnitTranslation",
    "assignment_of",
    "quiz_of",
]
