from __future__ import annotations

import datetime

import pytest

from accounts.models import Organization
from catalog import rules
from catalog.models import AchievementVersion, Course, CourseRun, Question, Skill, Track, Unit
from credentials.models import JudgementRequest
from enrollment import actions as enrollment_actions
from enrollment.progress import units_of
from tests.catalog.importing import (
    COURSE,
    ORGANIZATION,
    QUESTION,
    bring_in,
    course,
    document,
    reason,
    track,
    verdicts,
)
from tests.factories import TUESDAY, EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_catalog_is_created_and_published(tmp_path):
    outcomes = bring_in(tmp_path, document())

    assert verdicts(outcomes) == {"org": "created", "sql": "created", "data": "created"}
    assert Course.objects.published().get().runs.get().is_self_paced
    assert Track.objects.published().get().achievement.kind == "Certificate"


def test_a_second_import_finds_everything_unchanged_and_writes_nothing(tmp_path):
    bring_in(tmp_path, document())
    before = list(Course.objects.values("updated_at")) + list(Track.objects.values("updated_at"))

    outcomes = bring_in(tmp_path, document())

    assert set(verdicts(outcomes).values()) == {"unchanged"}
    assert before == [
        *Course.objects.values("updated_at"),
        *Track.objects.values("updated_at"),
    ]
    assert AchievementVersion.objects.count() == 2


def test_rows_may_refer_to_other_files_in_any_order(tmp_path):
    outcomes = bring_in(
        tmp_path,
        document(organizations=[], courses=[]),
        document(organizations=[], tracks=[]),
        document(courses=[], tracks=[]),
    )

    assert set(verdicts(outcomes).values()) == {"created"}


def test_rows_may_refer_to_the_database(tmp_path):
    bring_in(tmp_path, document(tracks=[]))

    outcomes = bring_in(tmp_path, document(organizations=[], courses=[]))

    assert verdicts(outcomes) == {"data": "created"}


def test_a_dry_run_says_what_would_happen_and_changes_nothing(
    tmp_path, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as callbacks:
        outcomes = bring_in(tmp_path, document(), is_dry_run=True)

    assert verdicts(outcomes) == {"org": "created", "sql": "created", "data": "created"}
    assert not Organization.objects.exists()
    assert not callbacks


def test_a_refused_row_changes_nothing_and_the_others_are_applied(tmp_path):
    bad = course(external_id="bad", skills=["http://example.org/none"])

    outcomes = bring_in(tmp_path, document(courses=[bad, COURSE]))

    assert verdicts(outcomes)["bad"] == "refused"
    assert [c.external_id for c in Course.objects.all()] == ["sql"]
    assert Unit.objects.count() == 3


def test_a_change_is_written_in_place(tmp_path):
    bring_in(tmp_path, document())
    before = Course.objects.get()

    outcomes = bring_in(tmp_path, document(courses=[course(title="Queries")]))

    after = Course.objects.get()
    assert (after.pk, after.slug, after.title) == (before.pk, before.slug, "Queries")
    assert verdicts(outcomes)["sql"] == "updated"
    assert list(after.achievement.versions.values_list("name", flat=True)) == [
        "First queries",
        "Queries",
    ]


def test_a_key_that_is_left_out_leaves_what_is_there(tmp_path):
    bring_in(tmp_path, document(courses=[course(summary="About", eqf_level=4)]))

    outcomes = bring_in(tmp_path, document())

    assert verdicts(outcomes)["sql"] == "unchanged"
    assert Course.objects.get().summary == "About"


def test_more_minutes_in_a_course_are_more_in_its_track(tmp_path):
    bring_in(tmp_path, document())
    units = course()["units"]
    units[0]["minutes"] = 50

    outcomes = bring_in(tmp_path, document(courses=[course(units=units)]))

    assert verdicts(outcomes) == {"org": "unchanged", "sql": "updated", "data": "updated"}
    assert Track.objects.get().achievement.versions.current().get().workload_minutes == 60


def test_the_words_of_a_credential_stay_as_they_were_given(tmp_path):
    words = {"kind": "Diploma", "name": "Reader", "description": "Reads.", "criteria": "Read."}
    given = document(courses=[course(achievement=words)], tracks=[])
    bring_in(tmp_path, given)

    outcomes = bring_in(tmp_path, given)

    version = AchievementVersion.objects.get()
    assert (version.name, version.description, version.criteria) == ("Reader", "Reads.", "Read.")
    assert version.achievement.kind == "Diploma"
    assert verdicts(outcomes)["sql"] == "unchanged"


def test_a_draft_is_not_published(tmp_path):
    draft = {"status": "draft"}
    given = document(
        courses=[course(**draft, achievement={"name": "Reader"})],
        tracks=[track("data", {"all": [{"course": "sql"}]}, **draft)],
    )
    bring_in(tmp_path, given)

    outcomes = bring_in(tmp_path, given)

    assert not Course.objects.published().exists()
    assert not AchievementVersion.objects.published().exists()
    assert set(verdicts(outcomes).values()) == {"unchanged"}


def test_a_draft_becomes_published_when_its_row_says_so(tmp_path):
    bring_in(tmp_path, document(courses=[course(status="draft")], tracks=[]))

    bring_in(tmp_path, document(courses=[course(status="published")], tracks=[]))

    assert Course.objects.get().is_published


def test_what_was_published_is_no_draft_again(tmp_path):
    bring_in(tmp_path, document())

    outcomes = bring_in(tmp_path, document(courses=[course(status="draft")], tracks=[]))

    assert reason(outcomes).startswith("status: what was published is no draft again")


def test_a_retired_course_stays_retired(tmp_path):
    bring_in(tmp_path, document())
    bring_in(tmp_path, document(courses=[course(status="retired")], tracks=[]))

    bring_in(tmp_path, document(courses=[course(title="Queries")], tracks=[]))

    assert Course.objects.get().status == "retired"


def test_units_keep_their_identity_when_they_move(tmp_path):
    bring_in(tmp_path, document())
    before = dict(Unit.objects.values_list("external_id", "pk"))
    units = course()["units"]
    moved = [units[2], {"external_id": "new", "title": "New"}, units[1], units[0]]

    bring_in(tmp_path, document(courses=[course(units=moved)]))

    after = dict(Unit.objects.order_by("position").values_list("external_id", "pk"))
    assert list(after) == ["sql.3", "new", "sql.2", "sql.1"]
    assert {name: after[name] for name in before} == before


def test_units_without_an_id_are_recognized_by_their_place(tmp_path):
    units = [{"title": "One"}, {"title": "Two"}]
    bring_in(tmp_path, document(courses=[course(units=units)]))
    before = list(Unit.objects.values_list("pk", flat=True))

    bring_in(tmp_path, document(courses=[course(units=[{"title": "First"}, {"title": "Two"}])]))

    assert list(Unit.objects.values_list("pk", flat=True)) == before
    assert Unit.objects.get(pk=before[0]).title == "First"


def test_a_unit_that_is_left_out_is_deleted(tmp_path):
    bring_in(tmp_path, document())

    bring_in(tmp_path, document(courses=[course(units=COURSE["units"][1:])]))

    assert [unit.external_id for unit in Unit.objects.all()] == ["sql.2", "sql.3"]


def test_a_unit_that_is_left_out_stays_for_whoever_joined_before(tmp_path):
    bring_in(tmp_path, document())
    enrollment = EnrollmentFactory(run=CourseRun.objects.get())
    enrollment_actions.open_unit(
        enrollment=enrollment, unit=Unit.objects.get(external_id="sql.1"), at=TUESDAY
    )
    shorter = course(title="Changed", units=COURSE["units"][1:])

    bring_in(tmp_path, document(courses=[shorter]))

    assert Course.objects.get().edition == 2
    assert [unit.title for unit in units_of(enrollment)] == ["Read", "Filter", "Quiz"]
    assert [unit.external_id for unit in Unit.objects.all()] == ["sql.2", "sql.3"]


def test_questions_that_read_the_same_stay(tmp_path):
    bring_in(tmp_path, document())
    kept = Question.objects.get().pk
    units = course()["units"]
    units[2]["questions"] = [{**QUESTION, "text": "And which writes?"}, QUESTION]

    bring_in(tmp_path, document(courses=[course(units=units)]))

    assert [q.text for q in Question.objects.all()] == ["And which writes?", "Which word reads?"]
    assert Question.objects.get(position=1).pk == kept


def test_a_run_is_changed_by_its_id_and_others_stay(tmp_path):
    runs = [{"external_id": "r1", "self_paced": False, "starts_on": "2026-09-01", "seats": 5}]
    bring_in(tmp_path, document(courses=[course(runs=runs)]))
    again = [{"external_id": "r2"}, {"external_id": "r1", "seats": 9}]

    bring_in(tmp_path, document(courses=[course(runs=again)]))

    run = CourseRun.objects.get(external_id="r1")
    assert (run.seats, run.starts_on) == (9, datetime.date(2026, 9, 1))
    assert CourseRun.objects.count() == 2


def test_seats_that_are_taken_cannot_be_taken_away(tmp_path):
    bring_in(tmp_path, document(courses=[course(runs=[{"external_id": "r", "seats": 2}])]))
    for _ in range(2):
        enrollment_actions.enroll(learner=UserFactory(), run=CourseRun.objects.get(), at=TUESDAY)

    outcomes = bring_in(
        tmp_path, document(courses=[course(runs=[{"external_id": "r", "seats": 1}])])
    )

    assert "more than 1 seats are taken" in reason(outcomes)


def test_skills_are_set_as_the_row_says(tmp_path):
    uris = [f"http://data.europa.eu/esco/skill/{n}" for n in range(3)]
    skills = [{"uri": uri, "label": f"skill {n}"} for n, uri in enumerate(uris)]
    bring_in(tmp_path, document(skills=skills, courses=[course(skills=uris[:2])]))

    bring_in(tmp_path, document(courses=[course(skills=uris[1:])]))

    assert {skill.uri for skill in Course.objects.get().skills.all()} == set(uris[1:])
    assert Skill.objects.count() == 3


def test_a_rule_is_stored_as_it_is_written(tmp_path):
    rule = {
        "any": [
            {"track": "data", "max_age_months": 24},
            {"at_least": 1, "of": [{"course": "sql", "min_grade": 80}]},
            {"credits_minutes": 10, "of": [{"course": "sql"}]},
        ]
    }
    outcomes = bring_in(tmp_path, document(tracks=[track("top", rule), *document()["tracks"]]))

    tree = rules.load(Track.objects.get(external_id="top").achievement.versions.get())
    course_pk = Course.objects.get().pk
    data = Track.objects.get(external_id="data").achievement.pk
    assert verdicts(outcomes)["top"] == "created"
    assert tree == rules.any_of(
        rules.AchievementLeaf(data, max_age_months=24),
        rules.at_least(1, rules.CourseLeaf(course_pk, min_grade=80)),
        rules.Group("credits", (rules.CourseLeaf(course_pk),), 10),
    )


def test_tracks_in_a_circle_are_refused_and_others_are_not(tmp_path):
    circle = [track("a", {"track": "b"}), track("b", {"all": [{"track": "a"}]})]

    outcomes = bring_in(tmp_path, document(tracks=[*circle, track("c", {"course": "sql"})]))

    assert verdicts(outcomes) | {"org": "", "sql": ""} == {
        "org": "",
        "sql": "",
        "a": "refused",
        "b": "refused",
        "c": "created",
    }


def test_a_circle_closed_by_a_later_file_is_refused(tmp_path):
    bring_in(tmp_path, document(tracks=[track("a", {"course": "sql"})]))
    bring_in(tmp_path, document(tracks=[track("b", {"track": "a"})]))

    outcomes = bring_in(tmp_path, document(tracks=[track("a", {"all": [{"track": "b"}]})]))

    assert "leads back to its own credential" in reason(outcomes)


def test_a_published_track_rests_on_no_draft(tmp_path):
    outcomes = bring_in(tmp_path, document(courses=[course(status="draft")]))

    assert reason(outcomes) == "rule: the course “sql” is a draft; publish it first"


def test_a_new_rule_is_judged_for_learners_who_meet_it_already(tmp_path):
    bring_in(tmp_path, document(tracks=[]))
    EnrollmentFactory(run=CourseRun.objects.get(), completed=True)
    JudgementRequest.objects.all().delete()

    bring_in(tmp_path, document())

    assert JudgementRequest.objects.exists()


def test_the_awarding_body_of_a_published_course_is_fixed(tmp_path):
    bring_in(tmp_path, document())
    other = {**ORGANIZATION, "external_id": "other", "name": "Other"}

    outcomes = bring_in(
        tmp_path,
        document(organizations=[other], courses=[course(awarding_body="other")], tracks=[]),
    )

    assert reason(outcomes) == "awarding_body: cannot change once the course was published"


def test_an_organization_has_a_slug_in_ascii(tmp_path):
    bring_in(tmp_path, document(organizations=[{**ORGANIZATION, "name": "教育院"}]))

    assert Organization.objects.get().slug == "org"


def test_an_import_looks_up_many_unchanged_courses_at_once(tmp_path, django_assert_max_num_queries):
    courses = [
        course(external_id=f"c{n}", title=f"Course {n}", units=[{"title": "Read"}])
        for n in range(20)
    ]
    bring_in(tmp_path, document(courses=courses, tracks=[]))

    # Two savepoint statements for each row, and the look-ups of the batch.
    with django_assert_max_num_queries(60):
        bring_in(tmp_path, document(courses=courses, tracks=[]))
