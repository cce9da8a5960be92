"""Drafts are looked at before they are published, and published courses change in a draft."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from catalog import actions as catalog_actions
from catalog import reviewing, revising, rules
from catalog.actions import CannotPublish, Term, Wording
from catalog.drafting import achievement_of, save_wording, term_in_force
from catalog.models import AchievementVersion, Course, Status
from catalog.reviewing import NotReady
from catalog.tasks import publish_scheduled
from enrollment import actions as enrollment
from enrollment.models import UnitProgress
from enrollment.progress import units_of
from tests.admin_pages import errors, save, url
from tests.catalog.test_admin import history
from tests.factories import (
    TUESDAY,
    CourseFactory,
    CourseRunFactory,
    MembershipFactory,
    OrganizationFactory,
    SkillFactory,
    TrackFactory,
    UnitFactory,
    UserFactory,
    complete_course,
    published_course,
    published_track,
    put_in_review,
)

pytestmark = pytest.mark.django_db
LATER = TUESDAY + datetime.timedelta(days=3)


@pytest.fixture
def own():
    return OrganizationFactory(country="NL")


@pytest.fixture
def person(own):
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=own, role=Membership.Role.CURATOR)
    return user


@pytest.fixture
def curator(client: Client, person) -> Client:
    client.force_login(person)
    return client


def test_what_is_handed_in_names_who_and_when(person):
    course = complete_course()

    reviewing.submit(course, by=person, at=TUESDAY)

    course.refresh_from_db()
    assert (course.status, course.submitted_by, course.submitted_at) == ("review", person, TUESDAY)


def test_a_course_that_cannot_be_completed_is_not_handed_in(person):
    course = complete_course()
    UnitFactory(course=course, kind="quiz", position=9, title="Check")

    with pytest.raises(NotReady, match='The quiz "Check" has no question'):
        reviewing.submit(course, by=person, at=TUESDAY)


def test_the_page_says_that_nobody_can_join_a_course_without_a_run(curator, own):
    course = complete_course(provider=own, awarding_body=own)
    assert "add one below" in curator.get(url("catalog_course_change", course.pk)).text

    CourseRunFactory(course=course)

    assert (
        "Nothing: all European elements are stated."
        in curator.get(url("catalog_course_change", course.pk)).text
    )


def test_a_course_that_lacks_an_element_is_not_handed_in(person):
    course = complete_course(eqf_level=None, quality_assurance="")

    with pytest.raises(NotReady, match="missing: Level, Quality assurance"):
        reviewing.submit(course, by=person, at=TUESDAY)

    course.refresh_from_db()
    assert course.status == "draft"


def test_a_track_without_a_rule_is_not_handed_in(person):
    with pytest.raises(NotReady, match="It has no rule"):
        reviewing.submit(TrackFactory(), by=person, at=TUESDAY)


def test_only_drafts_are_handed_in_and_only_what_was_is_published(person):
    with pytest.raises(NotReady):
        reviewing.submit(published_course(), by=person, at=TUESDAY)
    with pytest.raises(CannotPublish, match="Hand it in"):
        reviewing.publish(complete_course(), at=TUESDAY)


def test_what_is_given_back_is_a_draft_and_its_history_says_why(curator, own):
    course = complete_course(provider=own)
    put_in_review(course)

    curator.post(url("catalog_course_give-back", course.pk), {"reason": "The quiz is too easy."})

    course.refresh_from_db()
    assert (course.status, course.submitted_at) == ("draft", None)
    assert history(course) == ["Given back. Why: The quiz is too easy."]


@pytest.mark.parametrize("status", [Status.DRAFT, Status.PUBLISHED])
def test_only_what_is_in_review_is_given_back_or_scheduled(status, curator, own):
    course = complete_course(provider=own, status=status, published_at=TUESDAY)

    for step in ("give-back", "schedule"):
        assert curator.get(url(f"catalog_course_{step}", course.pk)).status_code == 403


def test_the_first_page_tells_what_waits_for_a_review_from_what_waits_for_its_time(curator, own):
    for _ in range(2):
        put_in_review(complete_course(provider=own))
    at = timezone.now() + datetime.timedelta(days=2)
    scheduled, _ = Course.objects.order_by("pk")
    reviewing.schedule(scheduled, publish_at=at, by=UserFactory())

    page = curator.get(reverse("admin:index")).text

    assert "1 course waits for review" in page
    assert f"1 course</a>, on {at:%Y-%m-%d %H:%M} UTC" in page
    listed = url("catalog_course_changelist")
    only = curator.get(listed, {"status__exact": "review", "publish_at__isnull": "True"}).text
    assert "1 course" in only
    assert "1 course" in curator.get(listed, {"publish_at__isnull": "False"}).text


def test_in_review_nothing_is_changed_under_the_eyes_of_who_reads(curator, own):
    course = complete_course(provider=own, title="Maps")
    put_in_review(course)

    save(curator, url("catalog_course_change", course.pk), title="Charts")

    course.refresh_from_db()
    assert course.title == "Maps"
    assert curator.post(url("catalog_unit_change", course.units.get().pk), {}).status_code == 403


def test_a_draft_and_what_is_in_review_are_seen_by_nobody_else(client):
    course = complete_course()
    put_in_review(course)

    assert client.get(course.get_absolute_url()).status_code == 404
    assert course.slug not in client.get("/sitemap-courses.xml").text


# Scheduled


def test_a_worker_publishes_at_the_time(person):
    course = complete_course()
    put_in_review(course)
    reviewing.schedule(course, publish_at=LATER, by=person)

    assert reviewing.publish_due(at=LATER - datetime.timedelta(seconds=1)) == 0
    assert reviewing.publish_due(at=LATER) == 1
    assert reviewing.publish_due(at=LATER) == 0

    course.refresh_from_db()
    assert (course.status, course.publish_at) == ("published", None)
    assert history(course) == ["Published as version 1, as scheduled."]


def test_what_cannot_be_published_at_the_time_is_a_draft_again_and_others_go_on(person):
    broken, fine = complete_course(), complete_course()
    broken.units.all().delete()
    for course in (broken, fine):
        put_in_review(course)
        reviewing.schedule(course, publish_at=LATER, by=person)

    assert reviewing.publish_due(at=LATER) == 1

    broken.refresh_from_db()
    assert (broken.status, broken.publish_at) == ("draft", None)
    (said,) = history(broken)
    assert said.startswith("Not published as scheduled. The course has no units.")


def test_the_task_publishes_what_is_due_now(person):
    course = complete_course()
    put_in_review(course)
    past = timezone.now() - datetime.timedelta(minutes=1)
    Course.objects.filter(pk=course.pk).update(publish_at=past, scheduled_by=person)

    publish_scheduled()

    course.refresh_from_db()
    assert course.status == "published"


@pytest.fixture
def track(own):
    """Published, and with a draft of its next version that asks for less."""
    first, second = published_course(title="A"), published_course(title="B")
    track = published_track(first, second, title="Both", organization=own)
    draft = catalog_actions.draft_version(achievement=track.achievement)
    rules.store(draft, rules.all_of(rules.CourseLeaf(first.pk)))
    return track


def leaves_in_force(track):
    version = track.achievement.versions.current().get()
    return version.number, version.published_at, version.rule_nodes.exclude(course=None).count()


def test_the_next_version_of_a_track_is_in_force_from_its_time_on(track, person):
    reviewing.schedule(track, publish_at=LATER, by=person)

    assert reviewing.publish_due(at=LATER - datetime.timedelta(seconds=1)) == 0
    assert leaves_in_force(track) == (1, TUESDAY, 2)
    assert reviewing.publish_due(at=LATER) == 1

    assert leaves_in_force(track) == (2, LATER, 1)
    track.refresh_from_db()
    assert (track.status, track.publish_at, track.scheduled_by) == ("published", None, None)
    assert history(track) == ["Published as version 2, as scheduled."]


def test_a_next_version_that_cannot_be_published_leaves_the_one_before_in_force(track, person):
    reviewing.schedule(track, publish_at=LATER, by=person)
    track.achievement.versions.get(published_at=None).rule_nodes.all().delete()

    assert reviewing.publish_due(at=LATER) == 0

    assert leaves_in_force(track) == (1, TUESDAY, 2)
    track.refresh_from_db()
    assert (track.status, track.publish_at) == ("published", None)
    (said,) = history(track)
    assert said.startswith("Not published as scheduled.")


def test_a_track_that_is_published_or_retired_before_is_not_published_again_later(track, person):
    reviewing.schedule(track, publish_at=LATER, by=person)
    reviewing.publish(track, at=TUESDAY)
    assert reviewing.publish_due(at=LATER) == 0

    reviewing.schedule(track, publish_at=LATER, by=person)
    catalog_actions.retire(item=track)
    assert reviewing.publish_due(at=LATER) == 0


def test_a_curator_chooses_the_time_of_the_next_version_and_thinks_better_of_it(curator, track):
    change = url("catalog_track_change", track.pk)
    path = url("catalog_track_schedule", track.pk)
    assert path in curator.get(change).text
    assert "the version before stays in force" in curator.get(path).text

    page = curator.post(path, {"publish_at": "2099-01-01T10:00"}, follow=True)
    assert "Published; its draft is to be published on 2099-01-01 10:00 UTC" in page.text

    page = curator.post(path, {"publish_at": ""}, follow=True)
    assert "to be published on" not in page.text.partition("field-stage")[2].partition("</div>")[0]
    track.refresh_from_db()
    assert (track.publish_at, track.scheduled_by) == (None, None)
    assert history(track) == [
        "To be published by hand only.",
        "To be published on 2099-01-01 10:00 UTC.",
    ]


def test_the_changes_of_a_published_course_are_scheduled_with_their_revision(curator, own):
    course = published_course(provider=own)

    page = curator.get(url("catalog_course_change", course.pk)).text

    assert url("catalog_course_schedule", course.pk) not in page


def test_a_time_is_chosen_on_a_page_that_refuses_the_past(curator, own):
    course = complete_course(provider=own)
    put_in_review(course)
    path = url("catalog_course_schedule", course.pk)

    assert "This time has passed" in curator.post(path, {"publish_at": "2020-01-01T10:00"}).text
    page = curator.post(path, {"publish_at": "2099-01-01T10:00"}, follow=True)

    assert "to be published on 2099-01-01 10:00 UTC" in page.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "review", "submitted_at": None},
        {"status": "draft", "publish_at": TUESDAY},
        {"status": "shown"},
    ],
)
def test_the_database_refuses_a_state_that_cannot_be(wrong):
    course = complete_course()

    with pytest.raises(IntegrityError), transaction.atomic():
        Course.objects.filter(pk=course.pk).update(**wrong)


def test_a_revision_is_never_published_itself():
    course = published_course()
    revision = revising.revision_of(course)

    with pytest.raises(IntegrityError), transaction.atomic():
        Course.objects.filter(pk=revision.pk).update(status="published", published_at=TUESDAY)


# A published course


def test_a_published_course_changes_in_a_draft_that_learners_do_not_see(curator, own, client):
    course = published_course(provider=own, title="Maps")

    save(curator, url("catalog_course_change", course.pk), title="Charts")
    curator.post(url("catalog_course_revise", course.pk))
    curator.post(url("catalog_course_revise", course.pk))

    revision = Course.objects.get(revises=course)
    save(curator, url("catalog_course_change", revision.pk), title="Charts")
    course.refresh_from_db()
    assert course.title == "Maps"
    page = curator.get(url("catalog_course_compare", revision.pk)).text
    assert "Charts" in page
    assert "Maps" in page
    assert client.get(revision.get_absolute_url()).status_code == 404


def test_publishing_the_revision_keeps_address_learners_and_progress():
    course = published_course(title="Maps", lessons=2, quiz=True, eqf_level=5)
    learner = UserFactory()
    enrolled = enrollment.enroll(learner=learner, run=course.runs.get(), at=TUESDAY)
    first = course.units.first()
    enrollment.finish_unit(enrollment=enrolled, unit=first, at=TUESDAY)
    revision = revising.revision_of(course)
    revision.title, revision.eqf_level = "Charts", 6
    revision.save()
    revision.units.filter(external_id=revision.units.first().external_id).update(body="Better.")
    UnitFactory(course=revision, position=99, title="One more")
    revision.outcomes.create(position=1, text="Draw.").skills.add(SkillFactory(label="draw maps"))
    put_in_review(revision)

    version = reviewing.publish(revision, at=LATER)

    changed = Course.objects.get()
    assert (changed.pk, changed.slug, changed.title) == (course.pk, course.slug, "Charts")
    assert (version.number, version.eqf_level) == (2, 6)
    assert [unit.title for unit in changed.units.all()][-1] == "One more"
    assert changed.units.get(pk=first.pk).body == "Better."
    assert UnitProgress.objects.get().unit_id == first.pk
    assert [skill.label for skill in changed.skills.all()] == ["draw maps"]
    assert AchievementVersion.objects.filter(published_at=None).count() == 0


def test_whoever_joined_before_has_the_units_of_then():
    course = published_course(lessons=2)
    enrolled = enrollment.enroll(learner=UserFactory(), run=course.runs.get(), at=TUESDAY)
    enrollment.finish_unit(enrollment=enrolled, unit=course.units.first(), at=TUESDAY)
    revision = revising.revision_of(course)
    revision.units.first().delete()
    put_in_review(revision)

    reviewing.publish(revision, at=LATER)

    assert [unit.title for unit in course.units.all()] == ["Lesson 2"]
    assert [unit.title for unit in units_of(enrolled)] == ["Lesson 1", "Lesson 2"]
    later = enrollment.enroll(learner=UserFactory(), run=course.runs.get(), at=LATER)
    assert [unit.title for unit in units_of(later)] == ["Lesson 2"]


def test_the_words_of_the_credential_go_along():
    course = published_course(title="Maps")
    revision = revising.revision_of(course)
    save_wording(achievement_of(revision), Wording(name="Map reader"), Term(24, "delta"))
    put_in_review(revision)

    version = reviewing.publish(revision, at=LATER)

    assert (version.name, version.valid_months, version.renewal) == ("Map reader", 24, "delta")


def test_a_revision_begins_with_the_term_of_what_is_published_and_tells_its_change():
    course = published_course()
    save_wording(course.achievement, Wording(), Term(24, "delta"))
    reviewing.publish(course, at=LATER)

    revision = revising.revision_of(course)

    assert term_in_force(revision) == Term(24, "delta")
    assert revising.changes(revision) == []
    save_wording(achievement_of(revision), Wording(), Term(12, "delta"))
    (change,) = revising.changes(revision)
    assert change.title == "What the credential says"
    assert "Valid for 12 months" in [line.text for line in change.lines]


def test_a_revision_that_changes_nothing_has_no_changes_and_makes_no_version():
    course = published_course(lessons=2, quiz=True)
    course.outcomes.create(position=1, text="Draw.")
    revision = revising.revision_of(course)

    assert revising.changes(revision) == []

    put_in_review(revision)
    assert reviewing.publish(revision, at=LATER).number == 1


def test_changes_are_told_part_by_part():
    course = published_course(title="Maps", lessons=1, quiz=True)
    revision = revising.revision_of(course)
    revision.title = "Charts"
    revision.save()
    question = revision.units.get(kind="quiz").questions.get()
    question.text = "What else?"
    question.save()

    found = {change.title: change.lines for change in revising.changes(revision)}

    assert set(found) == {"Title", "Unit “Quiz”"}
    assert [(line.sign, line.text) for line in found["Title"] if line.text] == [
        ("-", "Maps"),
        ("+", "Charts"),
    ]


def test_retiring_says_what_happens_to_those_who_are_enrolled(curator, own):
    course = published_course(provider=own)
    enrollment.enroll(learner=UserFactory(), run=course.runs.get(), at=TUESDAY)

    page = curator.get(url("catalog_course_retire", course.pk)).text

    assert "1 learner is enrolled: they keep their places and can finish." in page


def test_a_retired_course_can_be_published_again(curator, own):
    course = published_course(provider=own)
    curator.post(url("catalog_course_retire", course.pk), {"reason": "Old."})

    curator.post(url("catalog_course_publish", course.pk))

    course.refresh_from_db()
    assert course.status == "published"


def test_errors_are_shown_on_the_page_of_a_draft(curator, own):
    course = CourseFactory(provider=own)

    assert "required" in errors(save(curator, url("catalog_course_change", course.pk), title=""))
