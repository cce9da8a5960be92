"""What has gone wrong in other platforms, one by one, through the doors that people use here.

The exact meaning of rules is held to an oracle elsewhere; here each failure can be read.
"""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction

from catalog import actions as catalog_actions
from catalog import rules
from catalog.models import AchievementVersion, RuleNode
from credentials import actions, tasks, verifying
from credentials.models import Award, Credential, JudgementRequest
from credentials.reconciling import reconcile
from credentials.vc.verify import Verdict
from enrollment import actions as enrollment_actions
from tests.factories import (
    TUESDAY,
    UserFactory,
    complete,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def take(learner, course, *, at=TUESDAY):
    """The learner joins a run, finishes its units, and a worker does what is due."""
    with time_machine.travel(at, tick=False):
        run = course.runs.create()
        enrollment = enrollment_actions.enroll(learner=learner, run=run, at=at)
        complete(enrollment=enrollment, at=at)
        tasks.judge()
    return enrollment


def held(learner) -> set[str]:
    standing = Award.objects.standing().filter(learner=learner)
    return set(standing.values_list("version__name", flat=True))


def with_term(course_or_track, *, months, renewal="whole"):
    """Publish a version whose awards expire."""
    achievement = course_or_track.achievement
    draft = catalog_actions.draft_version(achievement=achievement)
    draft.valid_months, draft.renewal = months, renewal
    draft.save()
    if achievement.course:
        catalog_actions.publish_course(course=course_or_track, at=TUESDAY)
    else:
        tree = rules.load(achievement.versions.current().get())
        catalog_actions.publish_track(track=course_or_track, at=TUESDAY, tree=tree)


# --- An empty rule was met by everybody ---------------------------------------------------------


def test_an_empty_rule_is_not_published():
    track = published_track(published_course())

    with pytest.raises(rules.InvalidRule, match="Add a course or a track"):
        catalog_actions.publish_track(track=track, at=TUESDAY, tree=rules.all_of())


def test_the_database_publishes_no_version_without_a_rule():
    draft = catalog_actions.draft_version(achievement=published_course().achievement)

    with pytest.raises(IntegrityError), transaction.atomic():
        AchievementVersion.objects.filter(pk=draft.pk).update(published_at=TUESDAY)


def test_what_a_rule_rests_on_cannot_be_taken_out_of_it():
    track = published_track(published_course())

    with pytest.raises(IntegrityError), transaction.atomic():
        RuleNode.objects.filter(version__achievement__track=track).delete()


@pytest.mark.parametrize("operator", ["all", "any", "at_least", "credits", "ects"])
def test_a_group_without_entries_is_met_by_nobody(operator, learner):
    """Also where its rows are there, as from a backup of a version with fewer checks."""
    version = published_track(published_course(), title="Track").achievement.versions.get()
    row = RuleNode(version=version, number=0, operator=operator, n=1)

    assert rules.from_rows([row]) is None


# --- A nested credential was judged at night ----------------------------------------------------


def test_the_last_course_earns_the_whole_stack_at_once(learner):
    first, second, third = (published_course(title=title) for title in "ABC")
    lower = published_track(first, second, title="Lower")
    middle = published_track(lower, title="Middle")
    published_track(middle, third, title="Upper")
    take(learner, third)
    take(learner, first)
    assert held(learner) == {"C", "A"}

    take(learner, second)

    assert held(learner) == {"A", "B", "C", "Lower", "Middle", "Upper"}
    assert Credential.objects.filter(award__learner=learner).count() == 6
    assert not JudgementRequest.objects.exists()


# --- A part was revoked, and the whole stood ----------------------------------------------------


@pytest.fixture
def stack(learner):
    course = published_course(title="A")
    lower = published_track(course, title="Lower")
    published_track(lower, title="Upper")
    take(learner, course)
    assert held(learner) == {"A", "Lower", "Upper"}
    return course


def test_what_stands_on_a_part_falls_with_it(stack, learner):
    part = Award.objects.get(version__name="Lower")
    shown = [award.version.name for award in actions.falling_with(part)]

    actions.revoke(award=part, by=UserFactory(), reason="A mistake.", at=TUESDAY)

    assert shown == ["Upper"]
    assert held(learner) == {"A"}
    for credential in Credential.objects.filter(award__version__name__in=["Lower", "Upper"]):
        assert verifying.verify_stored(credential).verdict == Verdict.REVOKED


def test_what_stands_on_a_completion_falls_when_that_is_undone(stack, learner):
    enrollment = learner.enrollments.get()

    enrollment_actions.reopen(
        enrollment=enrollment, by=UserFactory(), reason="Another's work.", at=TUESDAY
    )

    assert held(learner) == set()


# --- An expired part counted --------------------------------------------------------------------


def test_an_expired_part_does_not_count(learner):
    first, second = published_course(title="A"), published_course(title="B")
    lower = published_track(first, title="Lower")
    with_term(lower, months=1)
    published_track(lower, second, title="Upper")
    take(learner, first)

    take(learner, second, at=TUESDAY + 40 * DAY)

    assert "Upper" not in held(learner)


def test_a_part_that_expires_later_takes_nothing_away(learner):
    first, second = published_course(title="A"), published_course(title="B")
    lower = published_track(first, title="Lower")
    with_term(lower, months=1)
    published_track(lower, second, title="Upper")
    take(learner, first)
    take(learner, second)

    assert reconcile(at=TUESDAY + 400 * DAY, repair=True).found == 0

    assert "Upper" in held(learner)


# --- A second award was forbidden, so nothing could be renewed ----------------------------------


@pytest.mark.parametrize("of", ["course", "track"])
def test_what_expires_is_renewed_and_the_old_page_leads_to_the_new(of, learner, client):
    course = published_course(title="A")
    item = course if of == "course" else published_track(course, title="Track")
    with_term(item, months=12)
    take(learner, course)
    old = Credential.objects.get(award__achievement=item.achievement)

    take(learner, course, at=TUESDAY + 300 * DAY)

    first, second = Award.objects.filter(achievement=item.achievement).order_by("number")
    assert (second.renews, second.number) == (first, 2)
    new = Credential.objects.get(award=second)
    client.force_login(learner)
    assert new.get_absolute_url() in client.get(old.get_absolute_url()).text
    assert old.get_absolute_url() in client.get(new.get_absolute_url()).text


def test_the_same_award_is_still_made_once(stack, learner):
    for _ in range(3):
        actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)
        tasks.judge()

    assert Award.objects.filter(learner=learner).count() == 3


# --- What was revoked came back -----------------------------------------------------------------


def test_nothing_revives_what_was_revoked(stack, learner):
    award = Award.objects.get(version__name="Upper")
    actions.revoke(award=award, by=UserFactory(), reason="Not theirs.", at=TUESDAY)

    take(learner, stack, at=TUESDAY + DAY)
    tasks.reconcile()
    tasks.sweep()

    award.refresh_from_db()
    assert award.revoked_at
    assert "Upper" not in held(learner)
    (credential,) = Credential.objects.filter(award__achievement=award.achievement)
    assert verifying.verify_stored(credential).verdict == Verdict.REVOKED


def test_the_database_revives_nothing_either(stack):
    award = Award.objects.get(version__name="Upper")
    actions.revoke(award=award, by=UserFactory(), reason="Not theirs.", at=TUESDAY)

    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(revoked_at=None, revocation_reason="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.filter(award=award).update(revoked_at=None, revocation_reason="")


def test_what_fell_with_its_evidence_is_earned_anew_and_not_revived(stack, learner):
    enrollment_actions.reopen(
        enrollment=learner.enrollments.get(), by=UserFactory(), reason="A mistake.", at=TUESDAY
    )

    take(learner, stack, at=TUESDAY + DAY)

    fallen, anew = Award.objects.filter(version__name="Upper").order_by("number")
    assert fallen.revoked_at
    assert not anew.revoked_at
    assert {
        verifying.verify_stored(credential).verdict
        for credential in Credential.objects.filter(award=fallen)
    } == {Verdict.REVOKED}
