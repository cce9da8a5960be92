"""Enrollments of every state, and what learners do in them."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal

from catalog import prerequisites, rules
from catalog.models import Course, CourseRun, LiveSession, Occupation
from enrollment import actions, measuring
from enrollment.actions import assignments
from enrollment.models import Enrollment, Exemption, Voucher
from enrollment.paying import Payment
from enrollment.recording import Event
from tests.enrollment.assignments import assignment_unit, handed_in, mark, upload
from tests.enrollment.quizzes import all_right, quiz_unit, started
from tests.enrollment.teaching import a_session, attend
from tests.factories import (
    TUESDAY,
    CourseRunFactory,
    UserFactory,
    complete,
    published_course,
)
from tests.states.people import DAY, NOW, People

WHY = "It was agreed by phone."


def build(p: People) -> None:
    waiting(p)
    under_way(p)
    completed(p)
    ended(p)
    undone(p)
    again(p)
    paid(p)
    exempted(p)
    tested(p)
    marked(p)
    taught(p)
    stacked(p)
    timed(p)


def joined(
    p: People, title: str, *, lessons: int = 2, who: object = None, at=TUESDAY, **run: object
) -> Enrollment:
    """In a course of its own, with this one run."""
    course = published_course(title=title, lessons=lessons, provider=p.own)
    course.runs.update(**run)
    return actions.enroll(learner=who or p.ada, run=course.runs.get(), at=at)


def done(enrollment: Enrollment, *, at=TUESDAY + DAY) -> Enrollment:
    complete(enrollment=enrollment, at=at)
    return enrollment


def waiting(p: People) -> None:
    joined(p, "Requested", needs_approval=True)
    refused = joined(p, "Refused", needs_approval=True)
    actions.refuse(enrollment=refused, by=p.curator, reason=WHY, at=TUESDAY)
    first = joined(p, "Waitlisted", seats=1, who=p.other)
    waits = actions.enroll(learner=p.ada, run=first.run, at=TUESDAY)
    assert waits.is_waitlisted
    for title, at in ("Lapsed", TUESDAY), ("Offered", NOW):
        held = joined(p, title, seats=1, who=p.other)
        actions.enroll(learner=p.ada, run=held.run, at=TUESDAY)
        actions.withdraw(enrollment=held, at=at)
        actions.end_offers(at=TUESDAY + 5 * DAY)
    paid = joined(p, "Approved", needs_approval=True, price=10, currency="EUR")
    actions.approve(enrollment=paid, at=NOW)


def under_way(p: People) -> None:
    joined(p, "Not begun")
    half = joined(p, "Half", ends_on=(NOW + 5 * DAY).date())
    actions.finish_unit(enrollment=half, unit=half.run.course.units.first(), at=TUESDAY)
    late = joined(p, "Ended meanwhile", ends_on=(NOW - DAY).date())
    actions.finish_unit(enrollment=late, unit=late.run.course.units.first(), at=TUESDAY)
    longer = joined(p, "With more time", ends_on=(NOW - DAY).date())
    actions.extend(
        enrollment=longer, due_on=(NOW + DAY).date(), by=p.curator, reason=WHY, at=TUESDAY
    )
    moved = joined(p, "Transferred")
    other = CourseRunFactory(course=moved.run.course, title="The other one")
    actions.transfer(enrollment=moved, run=other, at=TUESDAY)
    left = joined(p, "Left behind")
    done(left)
    Course.objects.filter(pk=left.run.course_id).update(min_grade=Decimal(60))
    graded = joined(p, "Graded too low")
    Enrollment.objects.filter(pk=graded.pk).update(min_grade=Decimal(60))
    graded.refresh_from_db()
    done(graded)
    joined(p, "Of the nameless", who=p.nameless)
    retired = joined(p, "Retired under way")
    Course.objects.filter(pk=retired.run.course_id).update(status="retired")


def completed(p: People) -> None:
    report(done(joined(p, "By units")), at=TUESDAY - DAY)
    by_hand = joined(p, "By hand")
    actions.complete_by_hand(
        enrollment=by_hand, by=p.curator, reason=WHY, at=TUESDAY + DAY, grade=Decimal("87.5")
    )
    actions.correct_grade(
        enrollment=by_hand, grade=Decimal(91), by=p.curator, reason=WHY, at=TUESDAY + 2 * DAY
    )
    late = joined(p, "After leaving", lessons=1)
    actions.withdraw(enrollment=late, at=TUESDAY + 5 * DAY)
    report(late, at=TUESDAY + DAY)
    late.refresh_from_db()
    assert late.is_completed
    assert late.withdrawn_at
    done(joined(p, "By the nameless", who=p.nameless))
    done(joined(p, "By another", who=p.other))


def report(enrollment: Enrollment, *, at: datetime.datetime) -> None:
    for unit in enrollment.run.course.units.all():
        event = Event("lms", uuid.uuid4().hex, enrollment.pk, unit.pk, "completed", at)
        actions.record_events([event], received_at=NOW)


def ended(p: People) -> None:
    gone = joined(p, "Withdrawn")
    actions.withdraw(enrollment=gone, at=TUESDAY + DAY)
    failed = joined(p, "Failed")
    actions.fail(enrollment=failed, by=p.curator, reason=WHY, at=TUESDAY + DAY)
    away = joined(p, "Did not come")
    actions.fail(enrollment=away, by=p.curator, reason=WHY, at=TUESDAY + DAY, is_no_show=True)


def undone(p: People) -> None:
    """Completions that were taken back: those of whom awards were made are in ``earned``."""
    for title in ("Reopened", "Reopened failure", "Completed anew"):
        one = joined(p, title)
        if title == "Reopened failure":
            actions.fail(enrollment=one, by=p.curator, reason=WHY, at=TUESDAY)
        else:
            done(one)
        actions.reopen(enrollment=one, by=p.curator, reason=WHY, at=TUESDAY + 2 * DAY)
        if title == "Completed anew":
            actions.complete_by_hand(enrollment=one, by=p.curator, reason=WHY, at=TUESDAY + 3 * DAY)


def again(p: People) -> None:
    under_way = done(joined(p, "Taken again"))
    assert actions.take_again(enrollment=under_way, at=TUESDAY + 3 * DAY).is_active
    twice = done(joined(p, "Completed twice"))
    done(actions.take_again(enrollment=twice, at=TUESDAY + 3 * DAY), at=TUESDAY + 4 * DAY)
    left = done(joined(p, "Taken again and left"))
    actions.withdraw(
        enrollment=actions.take_again(enrollment=left, at=TUESDAY + 3 * DAY), at=TUESDAY + 4 * DAY
    )
    asked = done(joined(p, "Asked for again"))
    CourseRun.objects.filter(pk=asked.run_id).update(needs_approval=True)
    asked.refresh_from_db()
    assert actions.take_again(enrollment=asked, at=TUESDAY + 3 * DAY).is_requested
    other_run = done(joined(p, "In another run"))
    run = CourseRunFactory(course=other_run.run.course, title="Later")
    actions.enroll(learner=p.ada, run=run, at=TUESDAY + 3 * DAY)


def paid(p: People) -> None:
    cost = {"price": Decimal("49.90"), "currency": "EUR", "accepts_employer": True}

    def order(title: str, **payment: object) -> Enrollment:
        course = published_course(title=title, provider=p.own)
        course.runs.update(**cost)
        run = course.runs.get()
        return actions.enroll(learner=p.ada, run=run, at=TUESDAY, payment=Payment(**payment))

    invoice = {"method": "invoice", "billing_name": "Ada", "billing_address": "1 Road\nTown"}
    order("Invoice", **invoice)
    actions.withdraw(enrollment=order("Invoice canceled", **invoice), at=TUESDAY + DAY)
    done(order("Invoice open and completed", **invoice))
    employer = order("Employer pays", method="employer", employer_id=p.employer.pk)
    employer.order.status, employer.order.paid_at = "paid", NOW
    employer.order.recorded_by = p.curator
    employer.order.save()
    Voucher.objects.create(code="MAPS-2026", provider=p.own, uses_allowed=2, note="For Ada.")
    used = order("Voucher", method="voucher", voucher_code="MAPS-2026")
    Voucher.objects.create(
        code="ONE-RUN", provider=p.own, run=used.run, valid_until=TUESDAY.date(), uses_allowed=1
    )


def exempted(p: People) -> None:
    first = published_course(title="Comes first", provider=p.own)
    for status in (*Exemption.Status.values, "joined"):
        course = published_course(title=f"Exemption {status}", provider=p.own)
        prerequisites.store(course, rules.all_of(rules.CourseLeaf(first.pk)))
        asked = actions.ask_exemption(learner=p.ada, course=course, reason=WHY, at=TUESDAY)
        if status != "asked":
            actions.decide_exemption(
                exemption=asked,
                is_granted=status != "refused",
                by=p.curator,
                answer="Welcome." if status == "joined" else "",
                at=TUESDAY + DAY,
            )
        if status == "joined":
            done(actions.enroll(learner=p.ada, run=course.runs.get(), at=TUESDAY + DAY))


def tested(p: People) -> None:
    course = published_course(title="Quizzes", provider=p.own)
    one = course.runs.get()
    mine = actions.enroll(learner=p.ada, run=one, at=TUESDAY)
    kinds = {
        "untouched": {},
        "under way": {"time_limit": 60},
        "out of time": {"time_limit": 10, "max_attempts": 2},
        "passed": {"shuffles_choices": True},
        "failed": {"max_attempts": 1, "counts": "last"},
        "saved": {"wait_minutes": 60},
    }
    for position, (title, settings) in enumerate(kinds.items(), start=20):
        unit = quiz_unit(course=course, position=position, **settings)
        unit.title = f"Quiz {title}"
        unit.save()
        if title == "untouched":
            continue
        attempt = started(unit, mine, at=NOW if title == "under way" else TUESDAY)
        if title == "passed":
            actions.submit_attempt(attempt=attempt, responses=all_right(attempt), at=TUESDAY)
        elif title == "failed":
            actions.submit_attempt(attempt=attempt, responses={}, at=TUESDAY)
        elif title == "saved":
            actions.save_answers(attempt=attempt, responses=all_right(attempt), at=TUESDAY)
    actions.close_overdue(at=NOW)
    actions.give_quiz_time(enrollment=mine, extra_percent=50, by=p.curator, reason=WHY, at=TUESDAY)
    challenge = joined(p, "By challenge")
    out = quiz_unit(course=challenge.run.course, position=30)
    out.is_challenge, out.is_required = True, False
    out.save()
    attempt = started(out, challenge)
    actions.submit_attempt(attempt=attempt, responses=all_right(attempt), at=TUESDAY)
    challenge.refresh_from_db()
    assert challenge.completed_by == "challenge"


def marked(p: People) -> None:
    course = published_course(title="Assignments", provider=p.own)
    mine = actions.enroll(learner=p.ada, run=course.runs.get(), at=TUESDAY)
    kinds = {
        "untouched": {},
        "submitted": {"accepts_files": True},
        "returned": {"is_blind": True},
        "passed": {},
        "failed": {"accepts_text": False},
        "corrected": {},
        "half marked": {"second_marker": True},
        "handed in again": {},
        "empty text": {},
    }
    second = p.member("reviewer", credential_name="")
    for position, (title, settings) in enumerate(kinds.items(), start=20):
        unit = assignment_unit(6, 4, course=course, position=position, **settings)
        unit.title = f"Work {title}"
        unit.save()
        if title == "untouched":
            continue
        files = [upload()] if title in {"submitted", "empty text"} else []
        text = "" if title == "empty text" else "My work."
        work = handed_in(unit, mine, files=files, text=text)
        if title in {"returned", "handed in again"}:
            mark(work, by=p.reviewer, decision="return", comment="More, please.")
        if title == "handed in again":
            handed_in(unit, mine)
        if title in {"passed", "corrected", "half marked"}:
            mark(work, 6, 3, by=second, comment="Fine.")
        if title == "failed":
            mark(work, 0, 1, by=p.reviewer)
        if title == "corrected":
            marks = {c.pk: assignments.Mark(1) for c in unit.criteria.all()}
            assignments.correct(
                submission=work,
                by=p.curator,
                marks=marks,
                reason="Counted wrongly.",
                comment="",
                at=TUESDAY,
            )
    gone = actions.enroll(learner=p.other, run=course.runs.get(), at=TUESDAY)
    handed_in(course.units.filter(kind="assignment").first(), gone)
    actions.withdraw(enrollment=gone, at=NOW)


def taught(p: People) -> None:
    run = published_course(title="Cohort", lessons=2, provider=p.own).runs.get()
    CourseRun.objects.filter(pk=run.pk).update(
        is_self_paced=False,
        is_cohort=True,
        title="Spring",
        starts_on=TUESDAY.date(),
        ends_on=(NOW + 9 * DAY).date(),
    )
    run.refresh_from_db()
    past = a_session(run, at=TUESDAY)
    a_session(run, at=NOW + DAY, place="Room 1", url="https://meet.example/1")
    LiveSession.objects.create(
        run=run, unit=past.unit, starts_at=NOW - DAY, ends_at=NOW - DAY + DAY / 24
    )
    ada, other, nameless = (
        actions.enroll(learner=one, run=run, at=TUESDAY) for one in (p.ada, p.other, p.nameless)
    )
    attend(ada, other, session=past, by=p.instructor)
    actions.mark_attendance(
        session=past,
        marks={other.pk: False},
        by=p.instructor,
        reason="It was another.",
        at=NOW,
    )
    for audience in ("all", "stuck", "not_started"):
        actions.write_to_cohort(
            run=run,
            public_id=uuid.uuid4(),
            audience=audience,
            body="See you.",
            by=p.admin if audience == "stuck" else p.instructor,
            at=NOW,
        )
    actions.fail(enrollment=nameless, by=p.curator, reason=WHY, at=NOW, is_no_show=True)
    actions.aim_for(
        learner=p.ada, occupation=Occupation.objects.get(label="cartographer"), at=TUESDAY
    )


def stacked(p: People) -> None:
    """What tracks of tracks rest on, graded by each scale."""
    for slug, scale, grade in [
        ("part-1", "letters", Decimal(85)),
        ("part-2", "pass_fail", Decimal(70)),
        ("part-3", "percent", None),
    ]:
        Course.objects.filter(slug=slug).update(grading_scale=scale)
        run = CourseRun.objects.get(course__slug=slug)
        taken = actions.enroll(learner=p.ada, run=run, at=TUESDAY)
        actions.complete_by_hand(
            enrollment=taken, by=p.curator, reason=WHY, at=TUESDAY + DAY, grade=grade
        )
    changed = joined(p, "Its units have changed").run.course
    changed.units.filter(position=1).update(until_edition=2)
    Course.objects.filter(pk=changed.pk).update(edition=2)


def timed(p: People) -> None:
    course = published_course(title="Measured", provider=p.own)
    run = course.runs.get()
    for _ in range(20):
        one = actions.enroll(learner=UserFactory(), run=run, at=TUESDAY)
        actions.open_unit(enrollment=one, unit=course.units.get(), at=TUESDAY)
        actions.spend_time(enrollment=one, unit=course.units.get(), seconds=60, at=TUESDAY)
        actions.finish_unit(enrollment=one, unit=course.units.get(), at=TUESDAY + DAY)
    measuring.measure(at=NOW)
