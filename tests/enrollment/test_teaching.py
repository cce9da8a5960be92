"""The pages of instructors, and who finds them."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enrollment import actions
from enrollment.models import CohortMessage
from enrollment.telling import tell_due
from notifications.models import Message
from tests.enrollment.assignments import assignment_unit, handed_in
from tests.enrollment.teaching import a_run, a_session, join, teacher_of
from tests.factories import TUESDAY, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

RUNS = reverse("enrollment:teaching")
PAGES = ("cohort", "waiting", "sessions", "grades", "grades_file", "write")


def text(response) -> str:
    return response.content.decode()


def url(name: str, run) -> str:
    return reverse(f"enrollment:{name}", args=[run.public_id])


@pytest.fixture
def run():
    return a_run(title="Reading maps")


@pytest.fixture
def teaching(client: Client, run) -> Client:
    client.force_login(teacher_of(run))
    return client


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("role", "status"),
    [("instructor", 200), ("curator", 200), ("reviewer", 404), ("hr", 404), ("employee", 404)],
)
def test_roles_that_see_a_cohort(client: Client, run, page: str, role: str, status: int):
    client.force_login(teacher_of(run, role))

    assert client.get(url(page, run)).status_code == status


@pytest.mark.parametrize("page", PAGES)
def test_another_organizations_instructor_finds_nothing(client: Client, run, page: str):
    client.force_login(MembershipFactory(role="instructor").user)

    assert client.get(url(page, run)).status_code == 404
    assert "Reading maps" not in text(client.get(RUNS))


@pytest.mark.parametrize("page", ["waiting", "write"])
def test_another_organizations_instructor_changes_nothing(client: Client, run, page: str):
    asking = join(run, status="requested")
    client.force_login(MembershipFactory(role="instructor").user)
    sent = {"chosen": str(asking.public_id), "decision": "approve", "audience": "all"}

    response = client.post(url(page, run), sent | {"body": "Hello.", "number": str(uuid.uuid4())})

    asking.refresh_from_db()
    assert response.status_code == 404
    assert asking.is_requested
    assert not CohortMessage.objects.exists()


@pytest.mark.parametrize("role", ["instructor", "curator", "reviewer"])
def test_the_account_menu_leads_to_teaching(client: Client, run, role: str):
    client.force_login(teacher_of(run, role))

    assert f'href="{RUNS}"' in text(client.get("/learning/"))


def test_a_learner_sees_no_teaching(client: Client):
    client.force_login(UserFactory())

    assert f'href="{RUNS}"' not in text(client.get("/learning/"))
    assert "Nothing to teach" in text(client.get(RUNS))


def test_no_page_shows_an_address(client: Client, run):
    hidden = join(run, "").learner
    hidden.credential_name = ""
    hidden.save()
    run.needs_approval = True
    run.save()
    join(run, status="requested")
    join(run, status="waitlisted", waitlist_place=1)
    session = a_session(run)
    client.force_login(teacher_of(run))

    pages = [client.get(url(page, run)) for page in ("cohort", "waiting", "grades", "write")]
    ids = [run.public_id, session.public_id]
    pages.append(client.get(reverse("enrollment:attendance", args=ids)))

    for page in pages:
        # The visitor's own stands in the account menu.
        assert text(page).count("@example.org") == 1
    assert "No name given" in text(pages[0])


# --- The list of runs -----------------------------------------------------------------------------


def test_a_reviewer_finds_what_is_to_be_marked_and_no_cohort(client: Client):
    work = handed_in(assignment_unit())
    run = work.enrollment.run
    client.force_login(teacher_of(run, "reviewer"))

    page = text(client.get(RUNS))

    assert "1 work to mark" in page
    assert run.course.title in page
    assert url("cohort", run) not in page


def test_the_list_says_what_waits_in_a_run(teaching: Client, run):
    join(run)
    join(run, status="requested")
    join(run, status="waitlisted", waitlist_place=1)
    a_session(run)
    a_session(run, at=timezone.now() + datetime.timedelta(days=1))

    page = text(teaching.get(RUNS))

    for said in ("1 under way", "1 request", "1 on the waitlist", "1 session to mark"):
        assert said in page


def test_runs_that_are_over_are_listed_apart(teaching: Client, run):
    run.ends_on = timezone.localdate() - datetime.timedelta(days=1)
    run.save()

    assert "Reading maps" not in text(teaching.get(RUNS))
    assert "Reading maps" in text(teaching.get(RUNS, {"show": "over"}))


def test_the_list_counts_its_queries(teaching: Client, run, django_assert_max_num_queries):
    for _ in range(5):
        MembershipFactory(user=teacher_of(run), organization=a_run().course.provider)

    with django_assert_max_num_queries(8):
        teaching.get(RUNS)


# --- The cohort -----------------------------------------------------------------------------------


def test_the_cohort_shows_how_everybody_gets_on(teaching: Client, run):
    first, *_ = run.course.units.all()
    actions.finish_unit(enrollment=join(run, "Ada Lovelace"), unit=first, at=TUESDAY)
    join(run, "Grace Hopper")

    page = text(teaching.get(url("cohort", run)))

    for said in ("Ada Lovelace", "1 of 2", "3 March 2026", "Grace Hopper", "Never", "All (2)"):
        assert said in page


def test_the_cohort_can_be_narrowed(teaching: Client, run):
    first, *_ = run.course.units.all()
    actions.finish_unit(enrollment=join(run, "Ada Lovelace"), unit=first, at=timezone.now())
    join(run, "Grace Hopper")

    for query in ({"show": "stuck"}, {"show": "not-started"}, {"q": "HOPPER gr"}):
        page = text(teaching.get(url("cohort", run), query))
        assert "Grace Hopper" in page
        assert "Ada Lovelace" not in page
    assert "Nobody" in text(teaching.get(url("cohort", run), {"show": "completed"}))


def test_a_page_of_the_cohort_keeps_what_it_is_narrowed_to(teaching: Client, run):
    for _ in range(51):
        join(run, "Grace Hopper")

    page = text(teaching.get(url("cohort", run), {"show": "not-started", "q": "hop"}))

    assert "Page 1 of 2" in page
    assert "?show=not-started&amp;q=hop&amp;page=2" in page


@pytest.mark.parametrize("page", ["cohort", "grades", "waiting", "sessions", "write"])
def test_the_pages_of_a_run_ask_at_most_twelve_times(
    teaching: Client, run, page: str, django_assert_max_num_queries
):
    for number in range(60):
        join(run, status="active" if number % 2 else "requested")

    with django_assert_max_num_queries(12):
        teaching.get(url(page, run))


# --- Requests and the waitlist --------------------------------------------------------------------


def test_requests_are_approved_in_the_order_in_which_they_came(teaching: Client, run):
    run.seats, run.needs_approval = 1, True
    run.save()
    late = join(run, "Late", status="requested", enrolled_at=TUESDAY)
    early = join(run, "Early", status="requested", enrolled_at=TUESDAY - datetime.timedelta(days=1))
    chosen = [str(late.public_id), str(early.public_id), "no id"]

    response = teaching.post(
        url("waiting", run), {"chosen": chosen, "decision": "approve"}, follow=True
    )

    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.status, late.status) == ("active", "waitlisted")
    assert "2 requests were approved." in text(response)
    assert "Late" in text(response)


def decline(teaching: Client, run, asking, **values):
    data = {"chosen": str(asking.public_id), "decision": "decline", **values}
    response = teaching.post(url("waiting", run), data, follow=True)
    asking.refresh_from_db()
    return response


def test_whoever_is_declined_is_told_why(teaching: Client, client: Client, run):
    asking = join(run, status="requested")

    decline(teaching, run, asking, reason="For people of our bank alone.")
    tell_due(at=TUESDAY)
    client.force_login(asking.learner)

    assert asking.status == "lapsed"
    page = text(client.get(f"/learning/{asking.public_id}/"))
    assert "Your request was declined." in page
    assert "For people of our bank alone." in page
    message = asking.learner.messages.get(kind="request_decided")
    assert "For people of our bank alone." in text(client.get(message.get_absolute_url()))


def test_nobody_is_declined_without_a_reason(teaching: Client, run):
    asking = join(run, status="requested")

    response = decline(teaching, run, asking, reason=" ")

    assert asking.status == "requested"
    assert "Say why you decline" in text(response)


def test_nobody_decides_about_themselves(client: Client, run):
    own = join(run, status="requested")
    MembershipFactory(user=own.learner, organization=run.course.provider, role="instructor")
    client.force_login(own.learner)

    page = text(client.get(url("waiting", run)))
    client.post(url("waiting", run), {"chosen": str(own.public_id), "decision": "approve"})

    own.refresh_from_db()
    assert own.is_requested
    assert str(own.public_id) not in page


def test_a_request_for_another_run_is_not_decided_here(teaching: Client, run):
    other = join(a_run(), status="requested")

    response = teaching.post(
        url("waiting", run), {"chosen": str(other.public_id), "decision": "approve"}, follow=True
    )

    other.refresh_from_db()
    assert other.is_requested
    assert "Nothing was decided." in text(response)


def test_the_waitlist_is_in_the_order_in_which_seats_are_given(teaching: Client, run):
    join(run, "Second", status="waitlisted", waitlist_place=2)
    join(run, "First", status="waitlisted", waitlist_place=1)

    page = text(teaching.get(url("waiting", run)))

    assert page.index("First") < page.index("Second")


# --- Messages -------------------------------------------------------------------------------------


def written(client: Client, run, **fields):
    given = {"number": str(uuid.uuid4()), "audience": "all", "body": "We meet at six."} | fields
    return client.post(url("write", run), given, follow=True)


def test_writing_to_the_cohort(teaching: Client, run):
    learner = join(run).learner

    response = written(teaching, run)

    assert "Written to 1 learner." in text(response)
    assert "We meet at six." in text(response)
    assert Message.objects.get().recipient == learner


@pytest.mark.parametrize(
    "wrong",
    [{"body": " "}, {"body": "\u202e"}, {"audience": "friends"}, {"number": "1"}, {"number": ""}],
)
def test_what_cannot_be_sent_is_kept_on_the_page(teaching: Client, run, wrong):
    join(run)

    response = written(teaching, run, **wrong)

    assert response.status_code == 422
    assert "Nothing is sent yet." in text(response)
    assert not Message.objects.exists()
