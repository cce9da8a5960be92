"""Assignments and work for the tests of handing in and of marking."""

from __future__ import annotations

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Membership, User
from catalog.models import Assignment, Criterion, Unit
from enrollment import uploads
from enrollment.actions import assignments
from enrollment.actions.assignments import Mark
from enrollment.models import Enrollment, Review, Submission
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    MembershipFactory,
    UnitFactory,
    UserFactory,
    published_course,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


def assignment_unit(
    *points: int, course=None, position: int = 9, pass_percent: int = 50, **settings: object
) -> Unit:
    """An assignment in a published course; a criterion for each of ``points``, 10 by default."""
    course = course or published_course()
    unit = UnitFactory(
        course=course, position=position, kind="assignment", title="Map", pass_percent=pass_percent
    )
    Assignment.objects.create(unit=unit, **settings)
    for place, most in enumerate(points or (10,)):
        Criterion.objects.create(unit=unit, position=place, title=f"Criterion {place}", points=most)
    return unit


def enrolled(unit: Unit, learner: User | None = None) -> Enrollment:
    return EnrollmentFactory(learner=learner or UserFactory(), run=unit.course.runs.get())


def handed_in(unit: Unit, enrollment: Enrollment | None = None, **values: object) -> Submission:
    given = {"text": "My work.", "files": [], "at": TUESDAY} | values
    return assignments.hand_in(enrollment=enrollment or enrolled(unit), unit=unit, **given)


def reviewer_of(unit: Unit, role: str = Membership.Role.REVIEWER) -> User:
    return MembershipFactory(organization=unit.course.provider, role=role).user


def mark(submission: Submission, *points: int, by: User | None = None, **values: object) -> Review:
    criteria = submission.unit.criteria.all()
    given = {"decision": "grade", "comment": "", "at": TUESDAY} | values
    return assignments.mark(
        submission=submission,
        by=by or reviewer_of(submission.unit),
        marks={one.pk: Mark(most) for one, most in zip(criteria, points, strict=False)},
        **given,
    )


def graded(submission: Submission) -> Submission:
    return Submission.objects.with_grade().get(pk=submission.pk)


def file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def upload(name: str = "map.png", content: bytes = PNG) -> uploads.Upload:
    return uploads.checked(file(name, content))


def zipped(**entries: bytes) -> bytes:
    """A ZIP file; ``__`` in a name is a slash, ``_`` in front of an ending is a dot."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return made.getvalue()


def document(**more: bytes) -> bytes:
    return zipped(**{"[Content_Types].xml": b"<x/>", "word__document.xml": b"<x/>"} | more)
