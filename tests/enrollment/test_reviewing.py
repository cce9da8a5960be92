from __future__ import annotations

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from catalog.models import CriterionLevel
from enrollment.actions import assignments
from enrollment.models import Review, Submission
from tests.enrollment.assignments import (
    assignment_unit,
    enrolled,
    graded,
    handed_in,
    mark,
    reviewer_of,
    upload,
)
from tests.factories import TUESDAY, MembershipFactory, UserFactory, published_course

pytestmark = pytest.mark.django_db

QUEUE = reverse("enrollment:reviewing")


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.PRIVATE_MEDIA_ROOT = tmp_path


def text(response) -> str:
    return response.content.decode()


def marking_url(submission: Submission) -> str:
    return reverse("enrollment:marking", args=[submission.public_id])


def unit_url(submission: Submission) -> str:
    ids = [submission.enrollment.public_id, submission.unit.public_id]
    return reverse("enrollment:unit", args=ids)


def points(submission: Submission, *given: int, **more: str) -> dict[str, object]:
    criteria = submission.unit.criteria.all()
    filled = {f"points-{one.pk}": n for one, n in zip(criteria, given, strict=False)}
    return {"decision": "grade"} | filled | more


@pytest.fixture
def submission() -> Submission:
    learner = UserFactory(credential_name="Ada Lovelace", email="ada@example.org")
    unit = assignment_unit(10)
    return handed_in(unit, enrolled(unit, learner), files=[upload("lovelace-map.png")])


@pytest.fixture
def reviewing(client: Client, submission: Submission) -> Client:
    client.force_login(reviewer_of(submission.unit))
    return client


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"),
    [("reviewer", 200), ("instructor", 200), ("curator", 200), ("hr", 404), ("employee", 404)],
)
def test_roles_that_mark(client: Client, submission: Submission, role: str, status: int):
    client.force_login(reviewer_of(submission.unit, role))

    assert client.get(marking_url(submission)).status_code == status
    assert (submission.unit.title in text(client.get(QUEUE))) is (status == 200)
    assert ('href="/reviewing/"' in text(client.get("/learning/"))) is (status == 200)


def test_a_reviewer_of_another_organization_finds_nothing(client: Client, submission: Submission):
    client.force_login(MembershipFactory(role="reviewer").user)

    assert client.get(marking_url(submission)).status_code == 404
    assert client.post(marking_url(submission), points(submission, 5)).status_code == 404
    assert "Nothing waits" in text(client.get(QUEUE))


def test_ones_own_work_is_not_found(client: Client, submission: Submission):
    learner = submission.enrollment.learner
    MembershipFactory(user=learner, organization=submission.unit.course.provider, role="reviewer")
    client.force_login(learner)

    assert client.get(marking_url(submission)).status_code == 404
    assert "Nothing waits" in text(client.get(QUEUE))


# --- The queue ------------------------------------------------------------------------------------


def test_the_oldest_work_comes_first(client: Client):
    unit = assignment_unit()
    for days in (2, 0, 1):
        learner = UserFactory(credential_name=f"Waiting {days}")
        at = TUESDAY - datetime.timedelta(days=days)
        handed_in(unit, enrolled(unit, learner), at=at)
    client.force_login(reviewer_of(unit))

    page = text(client.get(QUEUE))

    assert page.index("Waiting 2") < page.index("Waiting 1") < page.index("Waiting 0")


def test_the_queue_has_pages_and_asks_little(client: Client, django_assert_max_num_queries):
    unit = assignment_unit()
    run = unit.course.runs.get()
    for _ in range(26):
        handed_in(unit, enrolled(unit))
    assert run.enrollments.count() == 26
    client.force_login(reviewer_of(unit))

    with django_assert_max_num_queries(8):
        first = text(client.get(QUEUE))

    assert "Page 1 of 2" in first
    assert text(client.get(QUEUE, {"page": 2})).count("/reviewing/") < first.count("/reviewing/")


def test_what_is_marked_is_listed_apart(reviewing: Client, submission: Submission):
    mark(submission, 7)

    assert "Nothing waits" in text(reviewing.get(QUEUE))
    assert "70 %" in text(reviewing.get(QUEUE, {"show": "marked"}))


def test_who_has_left_the_course_waits_no_longer(reviewing: Client, submission: Submission):
    enrollment = submission.enrollment
    enrollment.status = "withdrawn"
    enrollment.save()

    assert "Nothing waits" in text(reviewing.get(QUEUE))
    response = reviewing.post(marking_url(submission), points(submission, 5), follow=True)
    assert "The learner has left the course" in text(response)


# --- Marking --------------------------------------------------------------------------------------


def test_the_page_shows_the_work_and_the_rubric(reviewing: Client, submission: Submission):
    CriterionLevel.objects.create(
        criterion=submission.unit.criteria.get(), points=10, text="All of it"
    )

    page = text(reviewing.get(marking_url(submission)))

    for part in ("My work.", "lovelace-map.png", "Ada Lovelace", "10: All of it"):
        assert part in page


def test_grading_by_levels(reviewing: Client, submission: Submission):
    criterion = submission.unit.criteria.get()
    for n in (0, 6):
        CriterionLevel.objects.create(criterion=criterion, points=n, text=f"Level {n}")

    refused = reviewing.post(marking_url(submission), points(submission, 7))
    response = reviewing.post(marking_url(submission), points(submission, 6), follow=True)

    assert refused.status_code == 422
    assert "Graded." in text(response)
    assert graded(submission).grade == 60


def test_no_points_is_a_mark_that_can_be_given(reviewing: Client, submission: Submission):
    criterion = submission.unit.criteria.get()
    CriterionLevel.objects.create(criterion=criterion, points=0, text="Nothing")

    reviewing.post(marking_url(submission), points(submission, 0))

    assert graded(submission).grade == 0


@pytest.mark.parametrize("given", ["", "11", "-1", "many"])
def test_points_out_of_reach_are_asked_for_again(
    reviewing: Client, submission: Submission, given: str
):
    response = reviewing.post(
        marking_url(submission), points(submission, given, comment="Well drawn.")
    )

    assert response.status_code == 422
    assert "Well drawn." in text(response)
    assert not Review.objects.exists()


def test_the_learner_reads_the_feedback(reviewing: Client, submission: Submission):
    criterion = submission.unit.criteria.get()
    given = points(submission, 8, comment="Good.") | {
        f"comment-{criterion.pk}": "No <b>legend</b>."
    }
    reviewing.post(marking_url(submission), given)
    reviewing.force_login(submission.enrollment.learner)

    page = text(reviewing.get(unit_url(submission)))

    for part in ("Passed with 80 %", "Good.", "No &lt;b&gt;legend&lt;/b&gt;.", "8 of 10 points"):
        assert part in page
    assert "Hand in again" not in page


def test_a_grade_just_under_the_border_is_not_shown_as_if_it_reached_it(client: Client):
    submission = handed_in(assignment_unit(1000, 1000, 501))
    mark(submission, 1000, 250, 0)
    client.force_login(submission.enrollment.learner)

    assert "Not passed yet: 49.98 % of 50 %" in text(client.get(unit_url(submission)))


def test_returning_asks_for_a_comment_and_for_no_points(reviewing: Client, submission: Submission):
    url = marking_url(submission)

    silent = reviewing.post(url, {"decision": "return"})
    response = reviewing.post(url, {"decision": "return", "comment": "Add a legend."}, follow=True)

    assert silent.status_code == 422
    assert "Returned to be handed in again." in text(response)


def test_returned_work_is_handed_in_again(reviewing: Client, submission: Submission):
    reviewing.post(marking_url(submission), {"decision": "return", "comment": "Add a legend."})
    reviewing.force_login(submission.enrollment.learner)

    page = text(reviewing.get(unit_url(submission)))
    ids = [submission.enrollment.public_id, submission.unit.public_id]
    reviewing.post(reverse("enrollment:hand_in", args=ids), {"text": "With a legend."})
    after = text(reviewing.get(unit_url(submission)))

    assert "Returned: hand it in again" in page
    assert "Add a legend." in page
    assert "Waits to be marked" in after
    assert submission.enrollment.submissions.count() == 2


def test_the_next_reviewer_sees_what_was_said_before(reviewing: Client, submission: Submission):
    mark(submission, decision="return", comment="Add a legend.")
    again = handed_in(submission.unit, submission.enrollment)

    assert "Add a legend." in text(reviewing.get(marking_url(again)))


def test_who_comes_second_keeps_what_they_wrote(reviewing: Client, submission: Submission):
    mark(submission, 3)

    response = reviewing.post(marking_url(submission), points(submission, 8, comment="My view."))

    assert response.status_code == 409
    assert "It was marked meanwhile" in text(response)
    assert "My view." in text(response)
    assert graded(submission).grade == 30


# --- Two markers ----------------------------------------------------------------------------------


def test_a_second_marker_does_not_see_the_first(client: Client):
    submission = handed_in(assignment_unit(second_marker=True))
    first, second, third = (reviewer_of(submission.unit) for _ in range(3))
    mark(submission, 3, by=first, comment="First view.")

    client.force_login(first)
    assert "Nothing waits" in text(client.get(QUEUE))
    assert "Somebody else marks it, too" in text(client.get(marking_url(submission)))
    client.force_login(second)
    assert "Second marker wanted" in text(client.get(QUEUE))
    assert "First view." not in text(client.get(marking_url(submission)))
    mark(submission, 9, by=second, comment="Second view.")

    client.force_login(third)
    assert "Two markers disagree" in text(client.get(QUEUE))
    page = text(client.get(marking_url(submission)))
    assert "First view." in page
    assert "Second view." in page


def test_the_learner_reads_nothing_before_both_have_marked(client: Client):
    submission = handed_in(assignment_unit(second_marker=True))
    mark(submission, 3, comment="First view.")
    client.force_login(submission.enrollment.learner)

    page = text(client.get(unit_url(submission)))

    assert "Waits to be marked" in page
    assert "First view." not in page


# --- Blind ----------------------------------------------------------------------------------------


def test_blind_pages_hide_who_it_is(client: Client):
    learner = UserFactory(credential_name="Ada Lovelace", email="ada@example.org")
    unit = assignment_unit(is_blind=True)
    files = [upload("lovelace-map.png")]
    first = handed_in(unit, enrolled(unit, learner), files=files)
    mark(first, decision="return", comment="Once more.")
    submission = handed_in(unit, first.enrollment, files=[upload("lovelace-map.png")])
    client.force_login(reviewer_of(unit, "curator"))

    pages = [text(client.get(QUEUE)), text(client.get(marking_url(submission)))]
    pages.append(text(client.get(QUEUE, {"show": "marked"})))
    download = client.get(reverse("enrollment:file", args=[submission.files.get().public_id]))
    pages.append(download["Content-Disposition"])
    download.close()

    for page in pages:
        assert "ovelace" not in page
        assert "ada@" not in page
    assert submission.code in pages[0]
    assert pages[3].endswith('.png"')


# --- Corrections ----------------------------------------------------------------------------------


def correct_url(submission: Submission) -> str:
    return reverse("enrollment:correct", args=[submission.public_id])


def test_a_curator_corrects_with_a_reason(client: Client, submission: Submission):
    mark(submission, 3, comment="Too short.")
    client.force_login(reviewer_of(submission.unit, "curator"))
    assert "Correct the grade" in text(client.get(marking_url(submission)))

    silent = client.post(correct_url(submission), points(submission, 7))
    response = client.post(
        correct_url(submission), points(submission, 7, reason="Page 2 was missed."), follow=True
    )

    assert silent.status_code == 422
    assert "The grade is corrected." in text(response)
    assert graded(submission).grade == Decimal(70)
    client.force_login(submission.enrollment.learner)
    page = text(client.get(unit_url(submission)))
    assert "Passed with 70 %" in page
    assert "Page 2 was missed." in page
    assert "Too short." in page


@pytest.mark.parametrize("role", ["reviewer", "instructor"])
def test_only_curators_correct(client: Client, submission: Submission, role: str):
    mark(submission, 3)
    client.force_login(reviewer_of(submission.unit, role))

    given = points(submission, 7, reason="I like it.")

    assert client.post(correct_url(submission), given).status_code == 404
    assert "Correct the grade" not in text(client.get(marking_url(submission)))


# --- The learner's page ---------------------------------------------------------------------------


def test_the_unit_shows_the_rubric_and_the_form(client: Client):
    unit = assignment_unit(10, max_files=1)
    enrollment = enrolled(unit)
    client.force_login(enrollment.learner)

    page = text(client.get(reverse("enrollment:unit", args=[enrollment.public_id, unit.public_id])))

    for part in ("Criterion 0", "10 points", 'type="file"', "One file of at most 10 MB"):
        assert part in page
    assert "Mark as done" not in page


@pytest.mark.parametrize(
    ("asks", "is_there", "is_not"),
    [
        ({"accepts_files": False}, 'name="text"', 'type="file"'),
        ({"accepts_text": False}, 'type="file"', 'name="text"'),
    ],
)
def test_the_form_asks_for_what_is_accepted(client: Client, asks, is_there: str, is_not: str):
    unit = assignment_unit(**asks)
    enrollment = enrolled(unit)
    client.force_login(enrollment.learner)
    ids = [enrollment.public_id, unit.public_id]

    page = text(client.get(reverse("enrollment:unit", args=ids)))
    empty = client.post(reverse("enrollment:hand_in", args=ids), {})

    assert is_there in page
    assert is_not not in page
    assert empty.status_code == 422


def test_handing_in_twice_is_said(client: Client, submission: Submission):
    client.force_login(submission.enrollment.learner)
    ids = [submission.enrollment.public_id, submission.unit.public_id]

    response = client.post(reverse("enrollment:hand_in", args=ids), {"text": "More."}, follow=True)

    assert "You have handed this in already." in text(response)


def test_a_lesson_takes_no_work(client: Client):
    unit = published_course().units.get()
    enrollment = enrolled(unit)
    client.force_login(enrollment.learner)
    ids = [enrollment.public_id, unit.public_id]

    assert client.post(reverse("enrollment:hand_in", args=ids)).status_code == 404


def test_an_assignment_is_not_done_by_a_click(client: Client):
    unit = assignment_unit()
    enrollment = enrolled(unit)
    client.force_login(enrollment.learner)
    ids = [enrollment.public_id, unit.public_id]

    assert client.post(reverse("enrollment:finish", args=ids)).status_code == 404


def test_others_work_is_not_found(client: Client, submission: Submission):
    client.force_login(UserFactory())

    assert client.get(unit_url(submission)).status_code == 404


# --- At the same moment ---------------------------------------------------------------------------


def at_once(*calls) -> list[object]:
    """What the calls came to, each in a thread and a connection of its own."""
    start = threading.Barrier(len(calls))

    def run(call):
        start.wait()
        try:
            return call()
        except assignments.NotWaiting as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("two_mark", "kept"), [(True, 2), (False, 1)])
def test_of_two_who_mark_at_once_none_is_lost_in_silence(two_mark: bool, kept: int):
    submission = handed_in(assignment_unit(10, second_marker=two_mark))
    first, second = (reviewer_of(submission.unit) for _ in range(2))

    found = at_once(lambda: mark(submission, 6, by=first), lambda: mark(submission, 7, by=second))

    assert sum(isinstance(one, Review) for one in found) == kept
    assert submission.reviews.count() == kept
    assert graded(submission).grade in ([Decimal(65)] if two_mark else [Decimal(60), Decimal(70)])
