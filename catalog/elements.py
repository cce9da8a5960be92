"""The European standard elements of a course, each with its value or as missing.

Council Recommendation of 16 June 2022 on a European approach to micro-credentials, Annex I.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.durations import in_words
from catalog.models import Course

FINE_PRINT = frozenset(
    {"awarding_body", "country", "workload", "level", "assessment", "participation"}
    | {"supervision", "quality_assurance"}
)
"""What a course's page says in one list at its end."""

HELP = {
    1: gettext_lazy("school basics"),
    2: gettext_lazy("basic vocational training"),
    3: gettext_lazy("lower secondary vocational training"),
    4: gettext_lazy("the end of secondary school"),
    5: gettext_lazy("a short course of higher education"),
    6: gettext_lazy("a bachelor’s degree"),
    7: gettext_lazy("a master’s degree"),
    8: gettext_lazy("a doctorate"),
}
"""What an EQF level compares to; courses are not as long, only as demanding."""


@dataclass(frozen=True)
class Element:
    """``value`` is empty when nobody has stated it. ``key`` does not depend on the language."""

    key: str
    name: str
    value: str
    is_required: bool = True
    note: str = ""


def elements(course: Course, *, minutes: int, outcomes: int) -> list[Element]:
    """In the order of the annex; those that are stated elsewhere on a course's page, too."""
    level = course.eqf_level
    return [
        Element("title", _("Title"), course.title),
        Element("awarding_body", _("Awarding body"), course.awarding_body.name),
        Element("country", _("Country of the awarding body"), course.awarding_body.country),
        Element("outcomes", _("Learning outcomes"), str(outcomes) if outcomes else ""),
        Element("workload", _("Workload"), workload(course, minutes)),
        Element(
            "level",
            _("Level"),
            _("EQF level %(level)s") % {"level": level} if level else "",
            note=_("as demanding as %(stage)s") % {"stage": HELP[level]} if level else "",
        ),
        Element("assessment", _("Assessment"), str(course.get_assessment_display())),
        Element("participation", _("Participation"), str(course.get_participation_display())),
        Element("quality_assurance", _("Quality assurance"), course.quality_assurance),
        Element("prerequisites", _("Prerequisites"), course.prerequisites, is_required=False),
        Element(
            "supervision",
            _("Supervision of the assessment"),
            str(course.get_supervision_display()),
            is_required=False,
        ),
    ]


def workload(course: Course, minutes: int) -> str:
    if not minutes:
        return ""
    if course.ects is None:
        return in_words(minutes)
    return _("%(time)s, %(ects)s ECTS credits") % {
        "time": in_words(minutes),
        "ects": course.ects,
    }


def missing(course: Course, *, minutes: int, outcomes: int) -> list[str]:
    """The names of the required elements that nobody has stated."""
    found = elements(course, minutes=minutes, outcomes=outcomes)
    return [element.name for element in found if element.is_required and not element.value]
