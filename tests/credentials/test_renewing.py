"""What a learner reads of a credential that expires, and the way to its renewal, click by click."""

from __future__ import annotations

import datetime
import io

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from catalog import actions as catalog_actions
from catalog import rules
from catalog.models import Course
from credentials import actions, tasks
from credentials.explaining import explain
from credentials.models import Award, Credential
from enrollment import actions as enrollment_actions
from tests.factories import (
    TUESDAY,
    SkillFactory,
    UserFactory,
    complete,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
EARLY, SOON, LATE = TUESDAY + 100 * DAY, TUESDAY + 300 * DAY, TUESDAY + 400 * DAY


def with_term(item, *, renewal="whole"):
    """Publish a version whose awards expire after twelve months."""
    draft = catalog_actions.draft_version(achievement=item.achievement)
    draft.valid_months, draft.renewal = 12, renewal
    draft.save()
    if item.achievement.course:
        catalog_actions.publish_course(course=item, at=TUESDAY)
    else:
        tree = rules.load(item.achievement.versions.current().get())
        catalog_actions.publish_track(track=item, at=TUESDAY, tree=tree)
    return item


def take(learner, course, *, at=TUESDAY):
    enrollment = enrollment_actions.enroll(learner=learner, run=course.runs.get(), at=at)
    with time_machine.travel(at, tick=False):
        complete(enrollment=enrollment, at=at)
        tasks.judge()
    return enrollment


@pytest.fixture
def courses():
    return [published_course(title=title, lessons=2) for title in ("A", "B")]


@pytest.fixture
def reads(client: Client, learner):
    """The text of a page as the learner reads it on a day."""

    def read(address, *, at):
        with time_machine.travel(at, tick=False):
            client.force_login(learner)
            return " ".join(client.get(address).text.replace("\xa0", " ").split())

    return read


def why(item) -> str:
    return reverse("credentials:why", args=[item.achievement.public_id])


def explained(learner, item, *, at):
    return explain(learner=learner, achievement=item.achievement, at=at)


def credential_of(item) -> Credential:
    return Credential.objects.get(award__achievement=item.achievement)


# --- A course and its only run -------------------------------------------------------------------


@pytest.fixture
def course(courses, learner):
    with_term(courses[0])
    take(learner, courses[0])
    return courses[0]


def test_it_is_renewed_click_by_click(course, learner, client, reads):
    old = credential_of(course)
    assert f"{why(course)}#renewal" in reads(old.get_absolute_url(), at=SOON)
    page = reads(why(course), at=SOON)
    assert "At least 1 h left" in page
    assert course.get_absolute_url() in page
    again = reverse("enrollment:take_again", args=[learner.enrollments.get().public_id])
    assert again in reads(course.get_absolute_url(), at=SOON)

    with time_machine.travel(SOON, tick=False):
        client.force_login(learner)
        client.post(again)
        complete(enrollment=learner.enrollments.active().get(), at=SOON)
        tasks.judge()

    first, second = Award.objects.order_by("number")
    assert second.renews == first
    assert second.expires_at == first.expires_at.replace(year=first.expires_at.year + 1)
    new = Credential.objects.get(award=second)
    assert new.get_absolute_url() in reads(old.get_absolute_url(), at=SOON)
    assert "#renewal" not in reads(new.get_absolute_url(), at=SOON)


def test_the_page_of_what_was_done_shows_the_credential_that_stands(course, learner, reads):
    first, old = learner.enrollments.get(), credential_of(course)
    second = enrollment_actions.take_again(enrollment=first, at=SOON)
    with time_machine.travel(SOON, tick=False):
        complete(enrollment=second, at=SOON)
        tasks.judge()
        page = reverse("enrollment:course", args=[first.public_id])
        new = Credential.objects.exclude(pk=old.pk).get()
        assert new.get_absolute_url() in reads(page, at=SOON)

        enrollment_actions.reopen(enrollment=second, by=UserFactory(), reason="No.", at=SOON)
        assert Award.objects.get(number=2).revocation_cause == Award.Cause.EVIDENCE

    text = reads(page, at=SOON)

    assert old.get_absolute_url() in text
    assert new.get_absolute_url() not in text


def test_what_has_expired_can_still_be_renewed(course, reads):
    assert "Expired" in reads(reverse("credentials:mine"), at=LATE)
    assert f"{why(course)}#renewal" in reads(credential_of(course).get_absolute_url(), at=LATE)
    page = reads(why(course), at=LATE)
    assert "It expired on 3 March 2027." in page
    assert "being decided" not in page
    assert "At least 1 h left" in page


def test_before_the_time_nothing_leads_to_a_renewal(course, reads):
    assert "#renewal" not in reads(credential_of(course).get_absolute_url(), at=EARLY)
    assert "To renew it" not in reads(why(course), at=EARLY)
    assert "Valid until 3 March 2027" in reads(reverse("credentials:mine"), at=EARLY)


def test_the_list_leads_to_a_renewal_and_says_what_is_renewed(course, learner, reads):
    mine = reverse("credentials:mine")
    assert "#renewal" not in reads(mine, at=EARLY)
    assert f"{why(course)}#renewal" in reads(mine, at=SOON)

    with time_machine.travel(SOON, tick=False):
        again = enrollment_actions.take_again(enrollment=learner.enrollments.get(), at=SOON)
        complete(enrollment=again, at=SOON)
        tasks.judge()

    page = reads(mine, at=SOON)
    assert "#renewal" not in page
    assert page.count("Renewed") == 1


def test_the_list_leads_to_no_renewal_that_a_rule_does_not_know(courses, learner, reads):
    with_term(courses[0], renewal="none")
    take(learner, courses[0])

    assert "#renewal" not in reads(reverse("credentials:mine"), at=SOON)


@pytest.mark.parametrize(("renewal", "is_said"), [("whole", True), ("none", False)])
def test_the_reminder_leads_to_the_credential(courses, learner, renewal, is_said):
    with_term(courses[0], renewal=renewal)
    take(learner, courses[0])

    with time_machine.travel(SOON, tick=False):
        tasks.remind()

    (message,) = learner.messages.filter(kind="credential_expiring")
    assert message.link == credential_of(courses[0]).get_absolute_url()
    assert ("You can renew it now" in message.text) == is_said


def test_where_nothing_has_changed_the_successor_of_a_retired_course_can_be_done(
    courses, learner, reads
):
    track = with_term(published_track(courses[0], title="Track"), renewal="delta")
    take(learner, courses[0])
    catalog_actions.retire(item=courses[0])
    catalog_actions.state_equivalence(
        course=courses[1],
        counts_as=courses[0],
        since=TUESDAY.date(),
        reason="Its successor.",
        by=UserFactory(),
        at=TUESDAY,
    )

    page = reads(why(track), at=SOON)

    offered = page.partition("do any one of these again")[2]
    assert courses[1].get_absolute_url() in offered
    assert courses[0].get_absolute_url() not in offered.partition("</ul>")[0]


# --- What is said where nothing can be renewed ---------------------------------------------------


def test_what_its_rule_does_not_renew_is_not_said_to_be_decided(courses, learner, reads):
    course = with_term(courses[0], renewal="none")
    take(learner, course)

    page = reads(why(course), at=LATE)

    assert "It expired on 3 March 2027.</strong> Its rule does not renew it." in page
    assert "being decided" not in page
    assert "#renewal" not in reads(credential_of(course).get_absolute_url(), at=LATE)


def test_what_somebody_has_revoked_is_not_said_to_be_decided(course, learner, reads):
    award = Award.objects.get()
    actions.revoke(award=award, by=UserFactory(), reason="Not theirs.", at=EARLY)

    page = reads(why(course), at=SOON)

    assert "<strong>Revoked on 11 June 2026.</strong> Not theirs." in page
    assert "being decided" not in page
    assert reverse("credentials:appeal", args=[course.achievement.public_id]) in page


def test_what_is_refused_is_not_said_to_be_decided(courses, learner, reads):
    actions.refuse(
        learner=learner,
        achievement=courses[0].achievement,
        by=UserFactory(),
        reason="Two accounts.",
        at=TUESDAY,
    )
    take(learner, courses[0])

    page = reads(why(courses[0]), at=EARLY)

    assert "Two accounts." in page
    assert "being decided" not in page
    said = io.StringIO()
    call_command("explain", learner=learner.email, course=courses[0].slug, stdout=said)
    assert "(version 1): met, but refused" in said.getvalue()


def test_what_is_refused_its_rule_would_renew(course, learner, reads):
    actions.refuse(
        learner=learner,
        achievement=course.achievement,
        by=UserFactory(),
        reason="Two accounts.",
        at=LATE,
    )

    page = reads(why(course), at=LATE)

    assert "Two accounts." in page
    assert "It expired on 3 March 2027." in page
    assert "Its rule does not renew it." not in page


def test_the_command_says_of_an_award_that_it_has_expired(course):
    said = io.StringIO()
    with time_machine.travel(LATE, tick=False):
        call_command("explain", str(Award.objects.get().public_id), stdout=said)

    assert "Expired 2027-03-03" in said.getvalue()


# --- A track -------------------------------------------------------------------------------------


def test_of_a_whole_renewal_what_was_done_since_counts(courses, learner, reads):
    track = with_term(published_track(*courses, title="Track"))
    for course in courses:
        take(learner, course)
    enrollment_actions.take_again(enrollment=learner.enrollments.first(), at=SOON)
    complete(enrollment=learner.enrollments.active().get(), at=SOON)

    renewal = explained(learner, track, at=SOON).renewal

    assert (renewal.is_delta, renewal.by.left, renewal.by.is_met) == (False, 60, False)
    assert sorted(line.is_met for line in renewal.by.lines) == [False, True]
    page = reads(track.get_absolute_url(), at=SOON)
    assert "You hold this credential." in page
    assert "1 h left of 2 h" in page
    assert "Your credential expired on 3 March 2027." in reads(track.get_absolute_url(), at=LATE)


def test_of_a_delta_renewal_only_what_has_changed_is_missing(courses, learner):
    track = with_term(published_track(*courses, title="Track"), renewal="delta")
    for course in courses:
        take(learner, course)
    Course.objects.filter(pk=courses[0].pk).update(edition=2)
    catalog_actions.rules_changed()

    renewal = explained(learner, track, at=SOON).renewal

    assert renewal.is_delta
    assert [line.is_met for line in renewal.by.lines] == [False, True]


def test_of_a_delta_renewal_without_changes_any_entry_is_done_anew(courses, learner, reads):
    track = with_term(published_track(*courses, title="Track"), renewal="delta")
    for course in courses:
        take(learner, course)

    assert explained(learner, track, at=SOON).renewal.wants_news
    for address in (why(track), track.get_absolute_url()):
        page = reads(address, at=SOON)
        assert "Nothing has changed: do any one of these again." in page
        assert "being decided" not in page
        assert all(course.get_absolute_url() in page for course in courses)


# --- The same for curators -----------------------------------------------------------------------


def test_of_a_delta_renewal_it_does_not_matter_where_in_a_choice_the_news_are(courses, learner):
    first, second = courses
    track = published_track(tree=rules.any_of(leaf(first), leaf(second)))
    with_term(track, renewal="delta")
    take(learner, first)

    (one, other) = explained(learner, track, at=SOON).renewal.any_of
    assert (one, other) == (first, second)
    take(learner, second, at=SOON)

    assert Award.objects.filter(achievement=track.achievement).count() == 2


def test_no_award_renews_itself_by_the_skill_that_it_proves(courses, learner):
    first, second = courses
    other, named = published_course(title="C"), published_course(title="D")
    skill = SkillFactory()
    for course in (first, named):
        course.course_skills.create(skill=skill)
        catalog_actions.publish_course(course=course, at=TUESDAY)
    with_term(first)
    any_of = rules.any_of(leaf(second), leaf(other))
    track = published_track(tree=rules.at_least(2, rules.SkillLeaf(skill.pk), any_of, leaf(named)))
    with_term(track, renewal="delta")
    take(learner, first)
    take(learner, second, at=EARLY)
    assert Award.objects.get(achievement=track.achievement).version.skills.get() == skill

    take(learner, other, at=LATE)

    assert Award.objects.filter(achievement=track.achievement).count() == 1


def test_only_what_would_count_is_said_to_be_done_anew(courses, learner):
    first, second = courses
    both = rules.all_of(leaf(second), leaf(published_course(title="C")))
    track = published_track(tree=rules.any_of(leaf(first), both))
    with_term(track, renewal="delta")
    take(learner, first)

    renewal = explained(learner, track, at=SOON).renewal

    assert renewal.wants_news
    assert renewal.any_of == (first,)


def test_the_command_says_it(course, learner):
    said = io.StringIO()
    with time_machine.travel(LATE, tick=False):
        call_command("explain", learner=learner.email, course=course.slug, stdout=said)

    assert "expired 2027-03-03" in said.getvalue()
    assert "To renew it, what was done since 2026-03-03 counts." in said.getvalue()
    assert "at least 1\xa0h left" in said.getvalue()


def test_the_page_in_the_admin_says_it(course, learner, client, admin_user):
    query = f"?learner={learner.pk}&achievement={course.achievement.pk}"
    with time_machine.travel(LATE, tick=False):
        client.force_login(admin_user)
        page = client.get(reverse("admin:credentials_award_why") + query).text

    assert "Expired 2027-03-03." in page
    assert "What counts is what was done since 2026-03-03." in page
