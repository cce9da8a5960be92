"""What can be learned, and what can be earned by it."""

from __future__ import annotations

from catalog.models.achievements import (
    Achievement,
    AchievementVersion,
    AchievementVersionSkill,
    Renewal,
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
    LEVEL_RANK,
    Assessment,
    GradingScale,
    OutcomeLevel,
    Participation,
    Supervision,
)
from catalog.models.equivalences import Equivalence, RuleBook
from catalog.models.occupations import Occupation, OccupationSkill
from catalog.models.prerequisites import Prerequisite
from catalog.models.publishing import Field, Status
from catalog.models.rule_trees import Operator, RuleTreeNode
from catalog.models.search import SearchChange
from catalog.models.skills import Skill
from catalog.models.tracks import Track
from catalog.models.translations import CourseTranslation, UnitTranslation

__all__ = [
    "LEVEL_RANK",
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
    "Equivalence",
    "Field",
    "GradingScale",
    "LearningOutcome",
    "LiveSession",
    "Occupation",
    "OccupationSkill",
    "Operator",
    "OutcomeLevel",
    "Participation",
    "Prerequisite",
    "Question",
    "QuestionPool",
    "Quiz",
    "Renewal",
    "RuleBook",
    "RuleNode",
    "RuleTreeNode",
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
