"""Previews and versions on curators' pages: asked for, shown, and kept from others."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from catalog import actions as catalog_actions
from catalog import drafting, rules
from catalog.models import Achievement, CourseSkill
from credentials import actions, tasks
from credentials.actions import foresee
from credentials.models import Pursuit, RulePreview
from tests.admin_pages import url
from tests.credentials.test_preview import completed, drafted, judged
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    MembershipFactory,
    OrganizationFactory,
    SkillFactory,
    TrackFactory,
    UserFactory,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def own():
    return OrganizationFactory()


@pytest.fixture
def curator(client: Client, own):
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=own, role=Membership.Role.CURATOR)
    client.force_login(user)
    return user


@pytest.fixture
def courses(own):
    return [
        published_course(title=f"Course {n}", lessons=2 * n, provider=own, awarding_body=own)
        for n in (1, 2, 3)
    ]


@pytest.fixture
def track(own, courses):
    """Of the first two, with a draft that asks for either."""
    made = published_track(*courses[:2], organization=own, title="The track")
    drafted(made, rules.any_of(*map(leaf, courses[:2])))
    return made


def asked(client, **of):
    return client.post(url("credentials_rulepreview_begin"), of, follow=True)


def test_the_button_stands_on_the_track_s_page_and_on_the_draft_s(client, curator, track):
    draft = track.achievement.versions.get(published_at=None)

    for page in (
        url("catalog_track_change", track.pk),
        url("catalog_achievementversion_change", draft.pk),
    ):
        text = client.get(page).text
        assert "Preview effects" in text
        assert f'name="track" value="{track.pk}"' in text


def test_the_page_says_both_rules_the_numbers_and_who(client, curator, track, courses):
    learner = completed(courses[0])

    page = asked(client, track=track.pk).text

    assert "Complete all of Course 1 and Course 2." in page
    assert "Complete any one of Course 1 or Course 2." in page
    assert "<strong>1</strong>" in page
    assert learner.credential_name in page
    assert "Publish changes" in page
    assert not Pursuit.objects.exists()


def test_a_course_s_page_has_it_too(client, curator, courses):
    course = courses[0]
    assert "Preview effects" in client.get(url("catalog_course_change", course.pk)).text

    page = asked(client, course=course.pk)

    assert page.status_code == 200
    assert "Nothing differs from what is published" in page.text


def test_once_published_nothing_is_left_to_publish(client, curator, track):
    shown = asked(client, track=track.pk)
    client.post(url("catalog_track_publish", track.pk))

    page = client.get(shown.redirect_chain[-1][0]).text

    assert "In force, version 2" in page
    assert "the draft has been published since, or taken back" in page
    for words in ("The draft has changed since", "To be published", "Publish changes"):
        assert words not in page


def test_a_rule_that_cannot_be_published_says_why(client, curator, track):
    drafted(track, rules.all_of(leaf(track)))

    page = asked(client, track=track.pk).text

    assert "It could not be published" in page
    assert "Publish changes" not in page


def test_a_rule_that_could_never_be_renewed_whole_says_so(client, curator, track, courses):
    lasting = rules.AchievementLeaf(courses[0].achievement.pk)
    drafted(track, rules.all_of(lasting, leaf(courses[1])), valid_months=12)

    page = asked(client, track=track.pk).text
    answer = client.post(url("catalog_track_publish", track.pk), follow=True).text

    for said in (page, answer):
        assert "so is not awarded again: “Course 1”" in said
    assert track.achievement.versions.published().count() == 1


def test_the_list_is_narrowed_to_one_effect_and_cut_into_pages(client, curator, track, courses):
    for _ in range(51):
        completed(courses[0])
    row = actions.ask_for_preview(item=track, by=curator, at=TUESDAY)
    page = url("credentials_rulepreview_change", row.pk)

    first = client.get(page, {"effect": "gains"})
    second = client.get(page, {"effect": "gains", "page": 2})
    none = client.get(page, {"effect": "farther"})

    assert len(first.context["page"].object_list) == 50
    assert len(second.context["page"].object_list) == 1
    assert len(none.context["page"].object_list) == 0


def test_the_page_asks_as_often_for_many(client, curator, track, courses):
    counts = []
    for count in (2, 20):
        for _ in range(count):
            completed(courses[0])
        row = actions.ask_for_preview(item=track, by=curator, at=TUESDAY)
        with CaptureQueriesContext(connection) as queries:
            client.get(url("credentials_rulepreview_change", row.pk))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_file_has_everyone_with_hours(client, curator, track, courses):
    learner = completed(courses[1])
    row = actions.ask_for_preview(item=track, by=curator, at=TUESDAY)

    response = client.get(url("credentials_rulepreview_file", row.pk))

    lines = b"".join(response).decode().splitlines()
    assert lines[1] == f"{learner.credential_name},{learner.email},gains,60,0"


def test_learners_of_others_are_counted_and_not_named(client, curator, own, track, courses):
    elsewhere = published_course(title="Elsewhere")
    drafted(track, rules.any_of(leaf(courses[0]), leaf(elsewhere)))
    stranger = completed(elsewhere)

    page = asked(client, track=track.pk)
    file = client.get(url("credentials_rulepreview_file", RulePreview.objects.get().pk))

    assert "<strong>1</strong>" in page.text
    for text in (page.text, b"".join(file).decode()):
        assert stranger.email not in text
        assert stranger.credential_name not in text
    assert "Somebody who learns elsewhere" in page.text


def test_another_organization_s_previews_are_not_there(client, track, curator):
    row = actions.ask_for_preview(item=track, by=curator, at=TUESDAY)
    other = UserFactory(is_staff=True)
    MembershipFactory(user=other, role=Membership.Role.CURATOR)
    client.force_login(other)

    assert client.get(url("credentials_rulepreview_change", row.pk)).status_code != 200
    assert client.get(url("credentials_rulepreview_file", row.pk)).status_code == 404
    assert asked(client, track=track.pk).status_code == 404


@pytest.mark.parametrize("role", [Membership.Role.INSTRUCTOR, Membership.Role.REVIEWER])
def test_other_roles_ask_for_none(client, own, track, role):
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=own, role=role)
    client.force_login(user)

    response = client.post(url("credentials_rulepreview_begin"), {"track": track.pk})

    assert response.status_code in {302, 403, 404}
    assert not RulePreview.objects.exists()


def test_a_preview_is_asked_for_by_a_button_alone(client, curator, track):
    assert client.get(url("credentials_rulepreview_begin")).status_code == 405


def test_much_is_worked_out_by_a_worker(client, curator, track, courses, monkeypatch):
    monkeypatch.setattr(foresee, "AT_ONCE", 0)
    learner = completed(courses[0])

    waiting = asked(client, track=track.pk).text
    tasks.foresee()
    page = client.get(url("credentials_rulepreview_change", RulePreview.objects.get().pk)).text

    assert "Being worked out" in waiting
    assert "Look again" in waiting
    assert learner.email in page or learner.credential_name in page
    assert "Being worked out" not in page


def test_what_a_worker_did_not_finish_is_taken_again(curator, track, monkeypatch):
    monkeypatch.setattr(foresee, "AT_ONCE", 0)
    completed(published_course())
    row = actions.ask_for_preview(item=track, by=curator, at=TUESDAY)
    RulePreview.objects.update(taken_at=TUESDAY, tries=1)

    at_once = actions.foresee_due(at=TUESDAY)
    later = actions.foresee_due(at=TUESDAY + datetime.timedelta(minutes=16))

    row.refresh_from_db()
    assert (at_once, later) == (False, True)
    assert row.found is not None


def test_after_three_tries_it_is_given_up(client, curator, track, monkeypatch):
    monkeypatch.setattr(foresee, "AT_ONCE", 0)
    completed(published_course())
    row = actions.ask_for_preview(item=track, by=curator, at=TUESDAY)
    RulePreview.objects.update(taken_at=TUESDAY, tries=3)

    assert not actions.foresee_due(at=TUESDAY + datetime.timedelta(days=1))
    page = client.get(url("credentials_rulepreview_change", row.pk)).text
    assert "could not be worked out" in page
    assert "Look again" not in page


def test_a_draft_that_was_changed_since_is_said_to_be(client, curator, track, courses):
    row = actions.ask_for_preview(item=track, by=curator, at=TUESDAY)
    page = url("credentials_rulepreview_change", row.pk)
    before = client.get(page).text

    drafted(track, rules.all_of(leaf(courses[2])))

    assert "has changed since" not in before
    assert "has changed since" in client.get(page).text


def test_only_the_last_preview_is_kept(curator, track):
    actions.ask_for_preview(item=track, by=curator, at=TUESDAY)
    last = actions.ask_for_preview(item=track, by=curator, at=TUESDAY)

    assert RulePreview.objects.get() == last


def test_it_goes_with_a_draft_that_is_discarded(curator, own, courses):
    track = TrackFactory(organization=own)
    Achievement.objects.create(track=track, awarding_body=own)
    drafted(track, leaf(courses[0]))
    actions.ask_for_preview(item=track, by=curator, at=TUESDAY)

    drafting.discard(item=track)

    assert not RulePreview.objects.exists()


# --- Versions ------------------------------------------------------------------------------------


def test_versions_are_listed_with_who_goes_by_each(client, curator, own, courses):
    track = published_track(courses[0], organization=own, title="The track")
    holder, under_way = completed(courses[0]), UserFactory()
    judged(holder)
    EnrollmentFactory(learner=under_way, run=courses[0].runs.get())
    catalog_actions.publish_track(
        track=track,
        at=TUESDAY + datetime.timedelta(days=1),
        tree=rules.all_of(*map(leaf, courses[:2])),
    )

    page = client.get(url("catalog_achievement_versions", track.achievement.pk)).text

    first = track.achievement.versions.get(number=1)
    assert "Complete Course 1." in page
    assert "Complete all of Course 1 and Course 2." in page
    listed = f"{url('credentials_pursuit_changelist')}?version__id__exact={first.pk}"
    assert listed in page
    names = client.get(listed, {"state": "under-way"}).text
    assert str(under_way) in names
    assert str(holder) not in names


def test_a_difference_says_what_was_added_and_what_went(client, curator, own, courses):
    one, two, three = courses
    track = published_track(one, two, organization=own)
    draft = drafted(
        track,
        rules.at_least(1, leaf(one), rules.CourseLeaf(three.pk, max_age_months=6)),
        valid_months=24,
    )

    page = client.get(url("catalog_achievementversion_compare", draft.pk)).text

    for said in (
        "all of these",
        "at least 1 of these",
        "Course 2",
        "Course 3 within 6 months",
        "24 months",
        "for ever",
    ):
        assert said in page


def test_of_a_draft_what_publishing_makes_of_it_is_compared(client, curator, own, courses):
    """Nothing is left out of it because it is made when it is published."""
    one, two, _ = courses
    CourseSkill.objects.create(course=one, skill=SkillFactory(label="read maps"))
    catalog_actions.publish_course(course=one, at=TUESDAY)
    track = published_track(one, two, organization=own)
    wording = drafting.wording_in_force(track)
    draft = drafting.save_draft(track=track, tree=rules.all_of(leaf(one)), wording=wording)
    page = url("catalog_achievementversion_compare", draft.pk)

    assert "Criteria in words" in client.get(page).text
    assert "Complete Course 1." in client.get(page).text
    assert "read maps" not in client.get(page).text
    rules.store(draft, rules.all_of(leaf(one), leaf(track)))
    assert "Criteria in words" not in client.get(page).text
    assert "read maps" not in client.get(page).text


def test_the_list_of_versions_asks_as_often_for_many(client, curator, own, courses):
    track = published_track(courses[0], organization=own)
    counts = []
    for day in range(1, 4):
        page = url("catalog_achievement_versions", track.achievement.pk)
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counts.append(len(queries))
        catalog_actions.publish_track(
            track=track,
            at=TUESDAY + datetime.timedelta(days=day),
            tree=rules.at_least(1, *map(leaf, courses[: day % 2 + 1])),
        )

    assert counts[0] == counts[1] == counts[2]


def test_versions_of_another_organization_are_not_there(client, curator):
    other = published_track(published_course())

    versions = url("catalog_achievement_versions", other.achievement.pk)
    compare = url("catalog_achievementversion_compare", other.achievement.versions.get().pk)

    assert client.get(versions).status_code == client.get(compare).status_code == 404
