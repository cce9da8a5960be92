"""What curators decide about learners, in the admin."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from catalog import prerequisites, rules
from catalog.models import CourseRun
from enrollment import actions
from enrollment.models import Correction, Enrollment, Exemption, Order, Voucher
from tests.factories import (
    TUESDAY,
    CourseRunFactory,
    EnrollmentFactory,
    MembershipFactory,
    UserFactory,
    complete_course,
    published_course,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return published_course(title="Maps")


@pytest.fixture
def curator(course):
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=course.provider)
    return user


@pytest.fixture
def admin(client: Client, curator):
    client.force_login(curator)
    return client


def decide(admin, enrollment, name, **values):
    path = f"/admin/enrollment/enrollment/{enrollment.pk}/decide/{name}/"
    answer = admin.post(path, {"reason": "Because", **values})
    enrollment.refresh_from_db()
    return answer


def enrolled(course, **values):
    return EnrollmentFactory(run=course.runs.get(), **values)


def test_the_page_offers_what_can_be_decided(admin, course):
    page = f"/admin/enrollment/enrollment/{enrolled(course).pk}/change/"

    shown = admin.get(page).text

    assert "decide/complete/" in shown
    assert "decide/reopen/" not in shown


def test_a_completion_by_hand_says_who_and_why(admin, course, curator):
    enrollment = enrolled(course)

    assert decide(admin, enrollment, "complete", reason="").status_code == 200
    assert enrollment.is_active
    decide(admin, enrollment, "complete", reason="Shown at work")

    assert enrollment.completed_by == "hand"
    assert Correction.objects.get().by == curator


def test_a_grade_is_corrected(admin, course):
    enrollment = enrolled(course, completed=True, grade=60)

    decide(admin, enrollment, "grade", grade="72.5")

    assert enrollment.grade == Decimal("72.5")


def test_more_time_before_the_run_ends_is_refused_in_words(admin, course):
    run = course.runs.get()
    CourseRun.objects.filter(pk=run.pk).update(ends_on=datetime.date(2099, 5, 1))
    enrollment = enrolled(course)

    assert "before that of the run" in decide(admin, enrollment, "extend", due_on="2099-04-01").text
    decide(admin, enrollment, "extend", due_on="2099-06-01")

    assert enrollment.due_on == datetime.date(2099, 6, 1)


def test_requests_are_decided(admin, course):
    first, second = enrolled(course, status="requested"), enrolled(course, status="requested")

    decide(admin, first, "approve")
    decide(admin, second, "refuse")

    assert (first.status, second.status) == ("active", "lapsed")


def test_nobody_decides_about_their_own_learning(admin, course, curator):
    enrollment = enrolled(course, learner=curator)

    assert decide(admin, enrollment, "complete").status_code == 403


def test_another_organizations_learners_are_not_found(admin):
    enrollment = EnrollmentFactory()

    assert decide(admin, enrollment, "complete").status_code in {302, 404}
    assert enrollment.is_active


def test_exemptions_are_granted_with_an_answer(admin, course):
    exemption = Exemption.objects.create(
        learner=UserFactory(), course=course, reason="Years of it", asked_at=TUESDAY
    )

    admin.post(f"/admin/enrollment/exemption/{exemption.pk}/grant/", {"answer": "Welcome"})

    exemption.refresh_from_db()
    assert (exemption.status, exemption.answer) == ("granted", "Welcome")


def test_orders_are_marked_as_paid(admin, course, curator):
    run = CourseRunFactory(course=course, price=10, currency="EUR")
    payment = actions.Payment(method="invoice", billing_name="A", billing_address="B")
    actions.enroll(learner=UserFactory(), run=run, at=timezone.now(), payment=payment)
    order = Order.objects.get()

    admin.post("/admin/enrollment/order/", {"action": "mark_paid", "_selected_action": [order.pk]})

    order.refresh_from_db()
    assert (order.status, order.recorded_by) == ("paid", curator)


def test_a_voucher_is_made_for_ones_own_runs_only(admin, course):
    values = {"code": "spring-1", "provider": course.provider.pk, "uses_allowed": 5, "run": ""}
    elsewhere = CourseRunFactory(course=published_course(), price=10, currency="EUR")

    refused = admin.post("/admin/enrollment/voucher/add/", {**values, "run": elsewhere.pk})
    assert refused.status_code == 200
    admin.post("/admin/enrollment/voucher/add/", values)

    assert Voucher.objects.get().code == "SPRING-1"


def test_a_course_says_what_it_asks_for_beforehand(admin, course, curator):
    draft = complete_course(provider=course.provider, awarding_body=course.provider)
    page = f"/admin/catalog/course/{draft.pk}/change/"
    form = admin.get(page).context["adminform"].form
    assert form.initial.get("joining_rule") in {None, ""}

    tree = rules.all_of(rules.CourseLeaf(course.pk))
    prerequisites.store(draft, tree)

    assert f"course: {course.slug}" in admin.get(page).text
    assert prerequisites.load(draft) == tree


def test_a_learner_in_the_list_costs_no_query_more(admin, course, django_assert_max_num_queries):
    for _ in range(10):
        enrolled(course)

    with django_assert_max_num_queries(12):
        admin.get("/admin/enrollment/enrollment/")
    assert Enrollment.objects.count() == 10
