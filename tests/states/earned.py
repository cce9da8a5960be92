"""Awards, credentials and what is beside them, of every state."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog import actions as catalog_actions
from catalog import rules
from catalog.models import Achievement, Course, Track
from credentials import actions, keys
from credentials.actions import foresee, prior_learning, pursue
from credentials.models import Award, Credential, Endorsement, Transcript
from credentials.reconciling import reconcile
from enrollment import actions as enrolling
from tests.credentials.awards import due_awards
from tests.credentials.claims import badge_from_abroad, badge_from_here, confirmed, granted
from tests.credentials.endorsed import drafted, endorsed
from tests.enrollment.assignments import upload
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    OrganizationFactory,
    SkillFactory,
    UserFactory,
    published_course,
    published_track,
)
from tests.states.learning import WHY, done, joined
from tests.states.people import DAY, NOW, People, erase


def build(p: People) -> None:
    judged(at=TUESDAY + 6 * DAY)
    taken_back(p)
    by_hand(p)
    in_terms(p)
    shared(p)
    signed_anew(p)
    claims(p)
    endorsements(p)
    transcripts(p)
    previews(p)
    pursued(p)
    drifts(p)
    erased(p)
    not_issued(p)


def judged(*, at=TUESDAY + 6 * DAY) -> None:
    while actions.judge_due(at=at):
        pass
    while actions.issue_due(at=at):
        pass


def earned(p: People, title: str, *, who=None, at=TUESDAY) -> Award:
    """By completing a course of this title."""
    enrollment = done(joined(p, title, who=who), at=at)
    judged()
    return Award.objects.get(achievement__course=enrollment.run.course, learner=enrollment.learner)


def taken_back(p: People) -> None:
    """Each with a track that rested on it."""
    undo = {
        "Fell by reopening": lambda e: enrolling.reopen(
            enrollment=e, by=p.curator, reason=WHY, at=NOW - DAY
        ),
        "Fell by failing": lambda e: enrolling.fail(
            enrollment=e, by=p.curator, reason=WHY, at=NOW - DAY
        ),
        "Fell by not coming": lambda e: enrolling.fail(
            enrollment=e, by=p.curator, reason=WHY, at=NOW - DAY, is_no_show=True
        ),
        "Fell by its grade": lambda e: enrolling.correct_grade(
            enrollment=e, grade=Decimal(10), by=p.curator, reason=WHY, at=NOW - DAY
        ),
        "Came back": lambda e: enrolling.complete_by_hand(
            enrollment=enrolling.reopen(enrollment=e, by=p.curator, reason=WHY, at=NOW - 2 * DAY),
            by=p.curator,
            reason=WHY,
            at=NOW - DAY,
        ),
        "Reopened after taking again": lambda e: enrolling.take_again(enrollment=e, at=NOW - DAY),
    }
    for title, do in undo.items():
        award = earned(p, title)
        course = award.achievement.course
        limits = {"min_grade": Decimal(50)} if title == "Fell by its grade" else {}
        published_track(
            title=f"{title}, and all on it",
            organization=p.own,
            tree=rules.all_of(rules.CourseLeaf(course.pk, **limits)),
        )
        enrollment = award.evidence.get().enrollment
        if limits:
            enrolling.correct_grade(
                enrollment=enrollment, grade=Decimal(80), by=p.curator, reason=WHY, at=TUESDAY
            )
        judged()
        do(enrollment)
        judged(at=NOW)
    for title in ("Revoked", "Revoked before it was issued"):
        if title == "Revoked":
            award = earned(p, title)
        else:
            enrollment = done(joined(p, title))
            while actions.judge_due(at=TUESDAY):
                pass
            award = Award.objects.get(achievement__course=enrollment.run.course)
        actions.revoke(award=award, by=p.curator, reason="A mistake.", at=NOW)


def by_hand(p: People) -> None:
    def course(title: str) -> Achievement:
        return published_course(title=title, provider=p.own).achievement

    given = {"learner": p.ada, "by": p.curator, "reason": WHY, "at": TUESDAY}
    actions.grant(achievement=course("Granted"), **given)
    actions.grant(**given | {"learner": p.nameless, "achievement": course("To the nameless")})
    actions.refuse(achievement=course("Refused"), **given)
    lifted = actions.refuse(achievement=course("Refused and lifted"), **given)
    actions.lift_refusal(refusal=lifted, by=p.curator, reason=WHY, at=NOW)
    for title, is_granted in ("open", None), ("granted", True), ("refused", False):
        asked = actions.appeal(
            learner=p.ada, achievement=course(f"Appeal {title}"), text="I can.", at=TUESDAY
        )
        if is_granted is not None:
            actions.answer_appeal(
                appeal=asked, is_granted=is_granted, by=p.curator, answer=WHY, at=NOW
            )
    judged()


def in_terms(p: People) -> None:
    """Awards that expire: long ago, soon, later; renewed and not."""
    for title, months, at in [
        ("Expired", 1, TUESDAY - 40 * DAY),
        ("Expires soon", 2, TUESDAY - 10 * DAY),
        ("Expires later", 24, TUESDAY),
        ("Renewed", 2, TUESDAY - 10 * DAY),
        ("Expired and renewed", 1, TUESDAY - 40 * DAY),
    ]:
        course = published_course(title=title, provider=p.own)
        draft = catalog_actions.draft_version(achievement=course.achievement)
        draft.valid_months, draft.renewal = months, "none" if title == "Expired" else "whole"
        draft.save()
        catalog_actions.publish_course(course=course, at=TUESDAY - 50 * DAY)
        one = enrolling.enroll(learner=p.ada, run=course.runs.get(), at=at)
        done(one, at=at)
        judged(at=at)
        if "enewed" in title:
            done(enrolling.take_again(enrollment=one, at=NOW - 2 * DAY), at=NOW - DAY)
            judged(at=NOW)


def shared(p: People) -> None:
    for visibility in Credential.Visibility:
        award = earned(p, f"Seen: {visibility.name}")
        actions.set_visibility(credential=award.credentials.get(), visibility=visibility)
    both = earned(p, "Suspended")
    actions.suspend(award=both, by=p.curator, reason=WHY, at=NOW)
    back = earned(p, "Reinstated")
    actions.suspend(award=back, by=p.curator, reason=WHY, at=TUESDAY)
    actions.reinstate(award=back)
    for title in ("JWT signed", "JWT wanted"):
        credential = earned(p, title).credentials.get()
        actions.request_jwt(credential=credential, at=NOW)
        if title == "JWT signed":
            actions.sign_due_jwts(at=NOW)


def signed_anew(p: People) -> None:
    """Another organization's key got into other hands."""
    guild = OrganizationFactory(name="Guild", slug="guild")
    for title in ("Superseded", "Distrusted"):
        course = published_course(title=title, provider=guild)
        enrollment = enrolling.enroll(learner=p.ada, run=course.runs.get(), at=TUESDAY)
        done(enrollment, at=TUESDAY)
        judged(at=TUESDAY)
        key = Credential.objects.latest("pk").key
        if title == "Superseded":
            keys.rotate(organization=guild, at=TUESDAY + DAY)
            key.refresh_from_db()
            actions.reissue_signed_by(key=key, at=TUESDAY + DAY)
            judged(at=TUESDAY + DAY)
        else:
            actions.distrust(key=key, at=NOW)
    actions.sign_due_status_lists(at=NOW)


def claims(p: People) -> None:
    confirmed(user=p.ada)
    confirmed(p.ada.email, user=p.ada)
    course = published_course(title="Recognized", provider=p.own)
    published_track(
        title="By recognition",
        organization=p.own,
        tree=rules.all_of(rules.CourseLeaf(course.pk, allows_prior_learning=True)),
    )
    said = {
        "learner": p.ada,
        "organization": p.own,
        "statement": "I drew maps for ten years.",
        "at": TUESDAY,
    }

    def claim(**more: object):
        return prior_learning.claim_with_evidence(**{"files": []} | said | more)

    claim(files=[upload()])
    prior_learning.claim_badge(source=badge_from_abroad(), **said | {"statement": ""})
    mine = badge_from_here(p.ada)
    elsewhere = said | {"organization": p.bare}
    prior_learning.claim_badge(source=mine, **elsewhere)
    granted(claim(), course, by=p.curator, at=NOW)
    skill = SkillFactory(label="reading the sky")
    for level in ("", "advanced"):
        prior_learning.grant(
            claim=claim(),
            finding=prior_learning.Finding(
                skill=skill, level=level, grade=Decimal(80), until=NOW + 90 * DAY
            ),
            by=p.curator,
            reason=WHY,
            at=NOW,
        )
    prior_learning.refuse(claim=claim(), by=p.curator, reason=WHY, at=NOW)
    prior_learning.take_back(claim=claim(), at=NOW)
    other = published_course(title="Recognized for a while", provider=p.own)
    published_track(
        title="By recognition that was withdrawn",
        organization=p.own,
        tree=rules.all_of(rules.CourseLeaf(other.pk, allows_prior_learning=True)),
    )
    was = granted(claim(), other, by=p.curator, at=TUESDAY)
    judged(at=TUESDAY + DAY)
    prior_learning.withdraw(claim=was, by=p.curator, reason=WHY, at=NOW)
    judged(at=NOW)
    prior_learning.claim_with_evidence(**said | {"learner": p.nameless, "files": []})


def endorsements(p: People) -> None:
    what = Course.objects.get(slug="full").achievement
    drafted(what, endorser=p.own)
    endorsed(what)
    guild = OrganizationFactory(name="Guild of Tides", is_awarding_body=True)
    endorsed(p.own, endorser=guild)
    back = endorsed(what, endorser=p.own)
    actions.revoke_endorsement(endorsement=back, by=p.curator, reason=WHY, at=NOW)
    failing = drafted(what, endorser=p.own)
    Endorsement.objects.filter(pk=failing.pk).update(comment="A bell\x07.")
    actions.publish_endorsement(endorsement=failing, by=p.curator, at=NOW)
    actions.sign_due_endorsements(at=NOW)
    waiting = drafted(p.bare, endorser=p.own)
    actions.publish_endorsement(endorsement=waiting, by=p.curator, at=NOW)
    never = drafted(p.bare, endorser=p.own)
    actions.publish_endorsement(endorsement=never, by=p.curator, at=NOW)
    actions.revoke_endorsement(endorsement=never, by=p.curator, reason=WHY, at=NOW)


def transcripts(p: People) -> None:
    def choose(name: str, *titles: str) -> Transcript:
        chosen = Credential.objects.filter(
            award__learner=p.ada, award__version__name__in=titles, revoked_at=None
        )
        return actions.request_transcript(
            learner=p.ada, credentials=list(chosen), name=name, at=NOW - DAY
        )

    falls = [earned(p, "In a transcript, then revoked"), earned(p, "All of a transcript")]
    revoked = choose("With a revoked one", "By units", falls[0].version.name)
    for visibility in Credential.Visibility:
        made = choose(f"Seen: {visibility.name}", "By units", "Granted")
        actions.share_transcript(transcript=made, visibility=visibility)
    deleted = choose("Deleted", "By units")
    actions.sign_due_transcripts(at=NOW)
    actions.delete_transcript(transcript=deleted, at=NOW)
    failing = choose("Of nothing", falls[1].version.name)
    for award in falls:
        actions.revoke(award=award, by=p.curator, reason="A mistake.", at=NOW)
    actions.sign_due_transcripts(at=NOW)
    failing.refresh_from_db()
    assert failing.failure
    assert revoked.pk
    choose("Waiting", "By units")


def previews(p: People) -> None:
    actions.ask_for_preview(item=Track.objects.get(slug="upper"), by=p.curator, at=NOW)
    actions.ask_for_preview(item=Track.objects.get(slug="draft-2"), by=p.curator, at=NOW)
    actions.ask_for_preview(item=Course.objects.get(slug="full"), by=p.curator, at=NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(foresee, "AT_ONCE", 0)
        actions.ask_for_preview(item=Track.objects.get(slug="lower"), by=p.admin, at=NOW)


def pursued(p: People) -> None:
    for slug in ("upper", "lower", "out-of-reach", "retired"):
        achievement = Track.objects.get(slug=slug).achievement
        pursue.follow(learner=p.ada, achievement=achievement, at=TUESDAY)


def drifts(p: People) -> None:
    EnrollmentFactory(
        learner=p.other,
        run=published_course(title="Missing", provider=p.own).runs.get(),
        completed=True,
    )
    due_awards(1, achievement=published_course(title="Surplus", provider=p.own).achievement)
    judged()
    reconcile(at=NOW, repair=False)


def erased(p: People) -> None:
    gone = UserFactory(credential_name="Gone Forever", email="gone@acme.example")
    gone.memberships.create(organization=p.employer, role="employee")
    earned(p, "Of the erased", who=gone)
    joined(p, "Left by the erased", who=gone)
    actions.appeal(
        learner=gone,
        achievement=published_course(title="Appeal of the erased", provider=p.own).achievement,
        text="I can.",
        at=TUESDAY,
    )
    claim = prior_learning.claim_with_evidence(
        learner=gone, organization=p.own, statement="I can.", files=[upload()], at=TUESDAY
    )
    granted(claim, published_course(title="Recognized of the erased", provider=p.own))
    half = joined(p, "Returned to the erased", who=gone)
    enrolling.fail(enrollment=half, by=p.curator, reason="Gone Forever fails.", at=NOW)
    erase(gone, at=NOW)
    erase(curating := UserFactory(credential_name="Gone Curator"), at=NOW)
    assert curating


def not_issued(p: People) -> None:
    """Last, because everything that is due is issued with what comes after it."""
    broken = UserFactory(credential_name="A bell\x07")
    done(joined(p, "Cannot be signed", who=broken))
    judged(at=NOW)
    halted = published_course(title="Halted", provider=p.own)
    actions.halt(achievement=halted.achievement, by=p.curator, reason=WHY, at=TUESDAY)
    lifted = actions.halt(achievement=None, by=p.admin, reason=WHY, at=TUESDAY)
    actions.lift(halt=lifted, by=p.admin, at=TUESDAY)
    for course, title in (halted, ""), (None, "Due"):
        if course:
            one = enrolling.enroll(learner=p.ada, run=course.runs.get(), at=TUESDAY)
        else:
            one = joined(p, title)
        done(one)
    while actions.judge_due(at=NOW):
        pass
    done(joined(p, "To be judged"))
