"""Facts in words: what a learner has done, held or had recognized, and when."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalog import rules
from catalog.judging import Fact
from credentials.models import Award, Recognition
from enrollment import grades
from enrollment.models import Enrollment


class FactWords:
    """The rows of these facts are read at once."""

    def __init__(self, facts: Collection[Fact]) -> None:
        pks = {
            kind: [fact.pk for fact in facts if fact.kind == kind]
            for kind in ("completion", "award", "recognition")
        }
        self.completions = Enrollment.objects.select_related("run__course").in_bulk(
            pks["completion"]
        )
        self.awards = Award.objects.select_related("version").in_bulk(pks["award"])
        self.recognitions = Recognition.objects.select_related("course", "skill").in_bulk(
            pks["recognition"]
        )

    def of(self, leaf: rules.Leaf, fact: Fact) -> str:
        day = date_format(fact.at, "DATE_FORMAT")
        match fact.kind:
            case "completion":
                enrollment = self.completions[fact.pk]
                course = enrollment.run.course
                said = _("“%(name)s”, completed on %(day)s") % {"name": course.title, "day": day}
                if fact.grade is not None:
                    grade = grades.said(fact.grade, course.grading_scale)
                    said = _("%(what)s: %(grade)s") % {"what": said, "grade": grade}
                    if enrollment.grade not in (None, fact.grade):
                        now = grades.said(enrollment.grade, course.grading_scale)
                        said = _("%(what)s, corrected to %(grade)s since") % {
                            "what": said,
                            "grade": now,
                        }
                course_id = course.pk
            case "award":
                name = self.awards[fact.pk].version.name
                return _("the credential “%(name)s” of %(day)s") % {"name": name, "day": day}
            case _:
                row = self.recognitions[fact.pk]
                name = str(row.course or row.skill)
                said = _("prior learning, recognized as “%(name)s” on %(day)s") % {
                    "name": name,
                    "day": day,
                }
                course_id = row.course_id or 0
        if isinstance(leaf, rules.CourseLeaf) and course_id != leaf.course_id:
            return _("%(what)s, which counts as it") % {"what": said}
        return said
