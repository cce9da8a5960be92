"""What curators can do, each only with their own organization's rows."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import Membership
from catalog.models import (
    Achievement,
    AchievementVersion,
    Course,
    Equivalence,
    RuleBook,
    SearchChange,
    Track,
)
from tests.admin_pages import errors, save, url
from tests.factories import (
    CourseFactory,
    CourseRunFactory,
    MembershipFactory,
    OrganizationFactory,
    QuestionFactory,
    SkillFactory,
    UnitFactory,
    UserFactory,
    complete_course,
    published_course,
    published_track,
    put_in_review,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(db):
    return OrganizationFactory(name="Own institute")


@pytest.fixture
def curator(client: Client, own) -> Client:
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=own, role=Membership.Role.CURATOR)
    client.force_login(user)
    return client


def history(item: Course | Track) -> list[str]:
    entries = LogEntry.objects.filter(object_id=item.pk, content_type__model=item._meta.model_name)
    return [entry.get_change_message() for entry in entries]


def test_a_course_is_handed_in_and_published_from_its_page(curator, own):
    course = complete_course(provider=own)

    assert "Handed in." in curator.post(url("catalog_course_submit", course.pk), follow=True).text
    page = curator.post(url("catalog_course_publish", course.pk), follow=True)

    course.refresh_from_db()
    assert "is published as version 1" in page.text
    assert course.status == "published"
    assert history(course) == ["Published as version 1.", "Handed in for review."]
    assert SearchChange.objects.filter(course_id=course.pk).exists()


@pytest.mark.parametrize("with_quiz", [False, True])
def test_what_is_missing_is_said_and_nothing_is_half_done(with_quiz, curator, own):
    course = CourseFactory(provider=own)
    if with_quiz:
        UnitFactory(course=course, quiz=True, title="Check")
    put_in_review(course)

    page = curator.post(url("catalog_course_publish", course.pk), follow=True)

    course.refresh_from_db()
    assert "Not published." in page.text
    assert ("Check" if with_quiz else "no units") in page.text
    assert (course.status, history(course)) == ("review", [])
    assert not AchievementVersion.objects.exists()


def test_a_course_is_retired_with_a_reason_that_its_history_keeps(curator, own):
    course = published_course(provider=own)
    path = url("catalog_course_retire", course.pk)

    assert "This field is required" in curator.post(path, {"reason": " "}).text
    curator.post(path, {"reason": "Its law has changed."})

    course.refresh_from_db()
    assert course.status == "retired"
    assert history(course) == ["Retired. Why: Its law has changed."]


def test_what_is_not_ones_own_does_not_exist(curator):
    others = published_course()
    unit = UnitFactory(course=others)
    question = QuestionFactory(unit=UnitFactory(course=others, quiz=True))
    track = published_track(others)

    for name, item in (
        ("course", others),
        ("unit", unit),
        ("question", question),
        ("track", track),
        ("achievementversion", others.achievement.versions.get()),
    ):
        page = curator.get(url(f"catalog_{name}_change", item.pk))
        assert page.status_code in {302, 403, 404}, name
        assert str(item) not in curator.get(url(f"catalog_{name}_changelist")).text, name
    for action in ("publish", "retire"):
        answer = curator.post(url(f"catalog_course_{action}", others.pk), {"reason": "Mine."})
        assert answer.status_code == 404, action
    others.refresh_from_db()
    assert others.status == "published"


def test_choices_are_ones_own_organizations(curator, own):
    OrganizationFactory(name="Another institute")

    page = curator.get(url("catalog_course_add")).text

    assert "Own institute" in page
    assert "Another institute" not in page


def test_a_course_cannot_be_given_to_another_organization(curator, own):
    course = CourseFactory(provider=own)
    other = OrganizationFactory()

    answer = save(curator, url("catalog_course_change", course.pk), provider=other.pk)

    assert "Select a valid choice" in errors(answer)
    assert Course.objects.get().provider == own


def test_skills_are_completed_over_synonyms_the_best_first(curator):
    SkillFactory(label="manage machine shops", alt_labels="")
    SkillFactory(label="machine learning", alt_labels="ML\nstatistical learning")

    answer = curator.get(
        url("autocomplete"),
        {"term": "ml", "app_label": "catalog", "model_name": "courseskill", "field_name": "skill"},
    )

    assert [found["text"] for found in answer.json()["results"]] == ["machine learning"]


def test_units_change_places_by_the_numbers_that_are_entered(curator, own):
    course = CourseFactory(provider=own)
    first = UnitFactory(course=course, position=1, title="First")
    UnitFactory(course=course, position=2, title="Second")

    save(curator, url("catalog_course_change", course.pk), units__0__position=9)

    assert [(unit.title, unit.position) for unit in course.units.all()] == [
        ("Second", 1),
        ("First", 2),
    ]
    assert course.units.get(title="First").pk == first.pk


def test_a_run_keeps_at_least_the_seats_that_are_taken(curator, own):
    course = published_course(provider=own)
    CourseRunFactory(course=course, seats=5, seats_taken=3)
    course.runs.first().delete()

    answer = save(curator, url("catalog_course_change", course.pk), runs__0__seats=2)

    assert "3 seats are taken already" in errors(answer)


def test_a_price_needs_its_currency(curator, own):
    course = published_course(provider=own)
    path = url("catalog_course_change", course.pk)

    assert "in which currency" in errors(save(curator, path, runs__0__price="49.50"))
    save(curator, path, runs__0__price="49.50", runs__0__currency="eur")

    assert (str(course.runs.get().price), course.runs.get().currency) == ("49.50", "EUR")


def test_a_single_question_has_one_right_choice(curator, own):
    question = QuestionFactory(unit=UnitFactory(course__provider=own, quiz=True))

    answer = save(curator, url("catalog_question_change", question.pk), choices__1__is_correct="on")

    assert "Mark exactly one choice as right; 2 are." in errors(answer)


def revise(curator, course: Course, **changes: object) -> None:
    """Change a published course in a draft of it, and publish that."""
    curator.post(url("catalog_course_revise", course.pk))
    revision = Course.objects.get(revises=course)
    save(curator, url("catalog_course_change", revision.pk), **changes)
    put_in_review(revision)
    curator.post(url("catalog_course_publish", revision.pk))


def test_the_words_of_a_credential_survive_publishing_again(curator, own):
    course = published_course(provider=own, title="Maps")

    revise(curator, course, credential_name="Map reader", criteria="Find the way home.")
    revise(curator, course, title="Maps and more", eqf_level=6)

    version = AchievementVersion.objects.current().get()
    assert (version.number, version.name, version.criteria) == (
        3,
        "Map reader",
        "Find the way home.",
    )


def test_words_that_nobody_chose_follow_the_page(curator, own):
    course = published_course(provider=own, title="Maps")

    revise(curator, course, title="Charts")

    version = AchievementVersion.objects.current().get()
    assert (version.number, version.name) == (2, "Charts")
    assert "“Charts”" in version.criteria


def test_a_draft_course_is_deleted_with_its_draft_credential(curator, own):
    course = CourseFactory(provider=own)
    save(curator, url("catalog_course_change", course.pk), credential_name="Map reader")
    assert Achievement.objects.count() == 1

    curator.post(url("catalog_course_delete", course.pk), {"post": "yes"})

    assert not Course.objects.exists()
    assert not Achievement.objects.exists()


def test_what_was_published_cannot_be_deleted(curator, own):
    course = published_course(provider=own)

    answer = curator.post(url("catalog_course_delete", course.pk), {"post": "yes"})

    assert answer.status_code == 403
    assert Course.objects.exists()


def test_a_track_is_written_as_text_and_published(curator, own):
    first, second = (published_course(provider=own, slug=slug) for slug in ("one", "two"))
    add = url("catalog_track_add")

    answer = curator.post(
        add,
        {
            "title": "Both",
            "slug": "",
            "organization": own.pk,
            "field": "data",
            "language": "en",
            "kind": "Certificate",
            "rule": "all of\n  course: one\n  course: two (min 70 %)",
            "valid_months": "24",
            "renewal": "delta",
        },
    )

    track = Track.objects.get()
    assert (answer.status_code, track.status) == (302, "draft")
    curator.post(url("catalog_track_submit", track.pk))
    page = curator.post(url("catalog_track_publish", track.pk), follow=True)
    assert "is published as version 1" in page.text
    version = AchievementVersion.objects.get(achievement__track=track)
    leaves = version.rule_nodes.all()
    assert {node.course for node in leaves if node.course} == {first, second}
    assert (version.valid_months, version.renewal) == (24, "delta")


def test_a_new_track_awards_a_certificate_and_may_name_any_credential(curator, own):
    published_course(provider=own, slug="one")
    add = url("catalog_track_add")
    form = curator.get(add).context["adminform"].form

    answer = save(curator, add, title="Above", organization=own.pk, rule="credential: one")

    assert form["kind"].value() == "Certificate"
    assert answer.status_code == 302
    assert Track.objects.get().achievement.versions.get().rule_nodes.exists()


def test_the_credential_of_a_course_has_a_term(curator, own):
    course = complete_course(provider=own)
    page = url("catalog_course_change", course.pk)

    save(curator, page, valid_months="24", renewal="delta")

    curator.post(url("catalog_course_submit", course.pk))
    curator.post(url("catalog_course_publish", course.pk))
    version = AchievementVersion.objects.get(achievement__course=course)
    assert (version.valid_months, version.renewal) == (24, "delta")
    shown = curator.get(page).text
    assert "24 months" in shown
    assert "Only what has changed since the last award" in shown


@pytest.mark.parametrize("months", ["0", "1201", "a year"])
def test_a_term_that_cannot_be_is_refused(months, curator, own):
    course = CourseFactory(provider=own)

    answer = save(curator, url("catalog_course_change", course.pk), valid_months=months)

    assert "valid_months" in answer.context["adminform"].form.errors


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("course: nowhere", "nowhere"),
        ("all of", "all of"),
        ("at least 3 of\n  course: one", "3"),
        ("", "The rule is empty"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_the_reason(rule, problem, curator, own):
    track = published_track(published_course(provider=own, slug="one"), organization=own)

    answer = save(curator, url("catalog_track_change", track.pk), rule=rule)

    assert problem in errors(answer)
    assert not AchievementVersion.objects.filter(
        achievement__track=track, published_at=None
    ).exists()


def test_the_rule_in_force_stays_until_its_draft_is_published(curator, own):
    first, second = (published_course(provider=own, slug=slug) for slug in ("one", "two"))
    track = published_track(first, organization=own)

    save(
        curator, url("catalog_track_change", track.pk), rule="any of\n  course: one\n  course: two"
    )

    current = AchievementVersion.objects.current().get(achievement__track=track)
    assert (current.number, current.rule_nodes.filter(course=second).exists()) == (1, False)
    curator.post(url("catalog_track_publish", track.pk))
    current = AchievementVersion.objects.current().get(achievement__track=track)
    assert (current.number, current.rule_nodes.filter(course=second).exists()) == (2, True)


@pytest.mark.parametrize("name", ["course", "track", "skill", "occupation", "achievementversion"])
def test_lists_take_few_queries_however_long_they_are(
    name, admin_client, django_assert_max_num_queries
):
    for n in range(30):
        course = published_course(title=f"Course {n}")
        course.skills.add(SkillFactory())
        published_track(course)

    with django_assert_max_num_queries(12):
        admin_client.get(url(f"catalog_{name}_changelist"))


@pytest.mark.parametrize("is_staff", [False, True])
def test_without_a_curators_membership_nobody_gets_in(is_staff, client):
    user = UserFactory(is_staff=is_staff)
    MembershipFactory(user=user, role=Membership.Role.EMPLOYEE)
    client.force_login(user)

    page = client.get(url("index"))

    assert page.status_code == 403
    assert "Only curators work here" in page.text


def test_a_draft_is_seen_as_learners_would_see_it(curator, own):
    course = CourseFactory(provider=own, title="Unfinished")

    page = curator.get(url("catalog_course_preview", course.pk)).text

    assert "This is how learners will see the course" in page
    assert "Unfinished" in page
    assert curator.get(course.get_absolute_url()).status_code == 404
    assert curator.get(url("catalog_course_preview", CourseFactory().pk)).status_code == 404


def test_a_copy_has_everything_but_what_is_the_originals_own(curator, own):
    course = published_course(provider=own, title="Maps", quiz=True)
    course.skills.add(SkillFactory())
    course.outcomes.create(position=1, text="Find north.").skills.add(SkillFactory())

    curator.post(url("catalog_course_duplicate", course.pk))

    copy = Course.objects.get(title="Maps (copy)")
    assert (copy.status, copy.external_id, copy.runs.count()) == ("draft", None, 0)
    assert copy.slug != course.slug
    assert [unit.title for unit in copy.units.all()] == [unit.title for unit in course.units.all()]
    assert not set(copy.units.values_list("pk", flat=True)) & set(
        course.units.values_list("pk", flat=True)
    )
    assert copy.units.get(kind="quiz").questions.get().choices.filter(is_correct=True).count() == 1
    assert copy.outcomes.get().skills.count() == 1
    assert copy.skills.count() == course.skills.count()
    assert history(copy) == ["Copied from “Maps”."]


def test_the_page_says_which_european_elements_are_missing(curator, own):
    course = CourseFactory(provider=own)

    page = curator.get(url("catalog_course_change", course.pk)).text

    assert "Learning outcomes, Workload, Level, Assessment" in page


def test_markdown_is_shown_as_learners_will_see_it(curator, own):
    unit = UnitFactory(course=CourseFactory(provider=own))
    page = curator.get(url("catalog_unit_change", unit.pk)).text
    path = url("catalog_unit_markdown")

    assert f'data-preview="{path}"' in page
    shown = curator.post(path, {"text": "## A *map*\n<script>alert(1)</script>"}).text
    assert "<em>map</em></h2>" in shown
    assert "<script>" not in shown
    assert curator.get(path).status_code == 405
    assert Client().post(path, {"text": "x"}).status_code == 302


def state(client, course, counts_as):
    return client.post(
        url("catalog_equivalence_add"),
        {
            "course": course.pk,
            "counts_as": counts_as.pk,
            "since": "2026-01-01",
            "reason": "It took its place.",
        },
    )


def test_a_course_counts_as_itself_and_what_is_stated_already_says_what_to_do(curator, own):
    old, new = published_course(provider=own), published_course(provider=own)
    state(curator, new, old)

    itself, again = state(curator, old, old).text, state(curator, new, old).text

    assert "A course counts as itself already. Choose another one." in itself
    assert "Constraint" not in itself
    assert "This is stated already. To change the day, delete what is stated" in again


def test_a_curator_says_what_counts_as_a_course_of_theirs(curator, own):
    old, new = published_course(provider=own), published_course(provider=own)
    before = RuleBook.objects.get().stamp

    state(curator, new, old)

    stated = Equivalence.objects.get()
    assert (stated.course, stated.counts_as) == (new, old)
    assert stated.by_id is not None
    assert RuleBook.objects.get().stamp != before


def test_nobody_says_what_counts_as_a_course_of_others(curator, own):
    state(curator, published_course(provider=own), published_course())

    assert not Equivalence.objects.exists()


def test_what_was_stated_is_taken_back_but_never_changed(curator, own):
    state(curator, published_course(provider=own), published_course(provider=own))
    stated = Equivalence.objects.get()
    before = RuleBook.objects.get().stamp

    curator.post(url("catalog_equivalence_change", stated.pk), {"reason": "Other."})
    stated.refresh_from_db()
    assert stated.reason == "It took its place."

    curator.post(url("catalog_equivalence_delete", stated.pk), {"post": "yes"})
    assert not Equivalence.objects.exists()
    assert RuleBook.objects.get().stamp != before
