from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog import prerequisites, rules
from catalog.models import CourseSkill
from enrollment import actions
from enrollment.models import Enrollment
from tests.factories import (
    TUESDAY,
    CourseRunFactory,
    EnrollmentFactory,
    OccupationFactory,
    SkillFactory,
    UserFactory,
    complete,
    needs,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db

Status = Enrollment.Status
HOME = reverse("enrollment:home")


@pytest.fixture
def signed_in(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def enrolled(learner: User, **course: object) -> Enrollment:
    return EnrollmentFactory(learner=learner, run=published_course(**course).runs.get())


def url(name: str, enrollment: Enrollment, unit=None) -> str:
    ids = [enrollment.public_id, *([unit.public_id] if unit else [])]
    return reverse(f"enrollment:{name}", args=ids)


def units(enrollment: Enrollment) -> list:
    return list(enrollment.run.course.units.all())


def text(response) -> str:
    return response.content.decode()


def right_answers(unit) -> dict[str, int]:
    return {
        f"question-{question.pk}": question.choices.get(is_correct=True).pk
        for question in unit.questions.all()
    }


def test_enrolling_leads_into_the_course(signed_in: Client, learner: User):
    run = published_course().runs.get()

    response = signed_in.post(reverse("enrollment:enroll", args=[run.public_id]))

    assert response.url == url("course", learner.enrollments.get())


def test_who_has_no_name_gives_it_first_and_comes_back(client: Client):
    client.force_login(UserFactory(credential_name=""))
    run = published_course().runs.get()

    response = client.post(reverse("enrollment:enroll", args=[run.public_id]))
    course_url = run.course.get_absolute_url()
    saved = client.post(response.url, {"credential_name": "Ada", "next": course_url})

    assert response.url.startswith(reverse("accounts:profile"))
    assert saved.url == course_url


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_the_profile_leads_to_no_other_site(signed_in: Client, elsewhere: str):
    response = signed_in.post(
        reverse("accounts:profile"), {"credential_name": "Ada", "next": elsewhere}
    )

    assert response.url == reverse("accounts:profile")


def test_an_enroll_form_sent_while_signed_out_ends_at_the_course(signed_in: Client):
    run = published_course().runs.get()

    response = signed_in.get(reverse("enrollment:enroll", args=[run.public_id]))

    assert response.url == run.course.get_absolute_url()


def test_a_closed_run_says_so(signed_in: Client, learner: User):
    run = CourseRunFactory(course=published_course(), ends_on=TUESDAY.date())

    response = signed_in.post(reverse("enrollment:enroll", args=[run.public_id]), follow=True)

    assert "takes no new learners" in text(response)
    assert not learner.enrollments.exists()


def test_a_full_run_gives_a_place_in_line(signed_in: Client, learner: User):
    run = CourseRunFactory(course=published_course(), seats=1)
    first, second = UserFactory(), UserFactory()
    for other in (first, second):
        actions.enroll(learner=other, run=run, at=TUESDAY)

    response = signed_in.post(reverse("enrollment:enroll", args=[run.public_id]), follow=True)

    assert "You are number 2 in line" in text(response)


@pytest.mark.parametrize("name", ["course", "withdraw"])
def test_others_enrollments_are_not_found(signed_in: Client, name: str):
    assert signed_in.get(url(name, EnrollmentFactory())).status_code == 404


@pytest.mark.parametrize("name", ["unit", "finish", "submit"])
def test_others_units_are_not_found(signed_in: Client, name: str):
    enrollment = EnrollmentFactory()

    assert signed_in.post(url(name, enrollment, units(enrollment)[0])).status_code in (404, 405)


def test_a_unit_of_another_course_is_not_found(signed_in: Client, learner: User):
    enrollment = enrolled(learner)
    elsewhere = published_course().units.get()

    assert signed_in.get(url("unit", enrollment, elsewhere)).status_code == 404


def test_finishing_a_lesson_leads_to_the_next_unit(signed_in: Client, learner: User):
    enrollment = enrolled(learner, lessons=2)
    first, second = units(enrollment)

    response = signed_in.post(url("finish", enrollment, first))

    assert response.url == url("unit", enrollment, second)


def test_finishing_the_last_unit_completes_the_course(signed_in: Client, learner: User):
    enrollment = enrolled(learner)

    response = signed_in.post(url("finish", enrollment, units(enrollment)[0]), follow=True)

    assert "You completed this course" in text(response)
    assert "being signed" in text(response)


def test_a_quiz_cannot_be_marked_as_done(signed_in: Client, learner: User):
    enrollment = enrolled(learner, quiz=True, lessons=0)

    response = signed_in.post(url("finish", enrollment, units(enrollment)[0]))

    assert response.status_code == 404
    assert not enrollment.progress.filter(completed_at__isnull=False).exists()


def test_a_lesson_without_text_says_what_to_do(signed_in: Client, learner: User):
    enrollment = enrolled(learner)
    unit = units(enrollment)[0]
    type(unit).objects.filter(pk=unit.pk).update(body="")

    assert "come back and mark it as done" in text(signed_in.get(url("unit", enrollment, unit)))


def test_looking_at_a_unit_again_writes_nothing(signed_in: Client, learner: User):
    enrollment = enrolled(learner)
    address = url("unit", enrollment, units(enrollment)[0])

    signed_in.get(address)
    opened_at = enrollment.progress.get().opened_at
    signed_in.get(address)

    assert enrollment.progress.get().opened_at == opened_at


def test_a_passed_quiz_shows_its_result_and_completes(signed_in: Client, learner: User):
    enrollment = enrolled(learner, quiz=True, lessons=0)
    quiz = units(enrollment)[0]

    response = signed_in.post(url("submit", enrollment, quiz), right_answers(quiz), follow=True)

    for part in ("Passed with 100 %", "Because it is so.", "You completed"):
        assert part in text(response)
    enrollment.refresh_from_db()
    assert enrollment.is_completed


def test_a_failed_quiz_can_be_tried_again(signed_in: Client, learner: User):
    enrollment = enrolled(learner, quiz=True, lessons=0)
    quiz = units(enrollment)[0]
    question = quiz.questions.get()
    wrong = question.choices.get(is_correct=False)

    response = signed_in.post(
        url("submit", enrollment, quiz), {f"question-{question.pk}": wrong.pk}, follow=True
    )

    assert "Not passed yet: 0 %" in text(response)
    assert "Hand in" in text(signed_in.get(url("unit", enrollment, quiz) + "?again=1"))


def test_a_question_left_out_is_named_and_nothing_is_graded(signed_in: Client, learner: User):
    enrollment = enrolled(learner, quiz=True, lessons=0)
    quiz = units(enrollment)[0]

    response = signed_in.post(url("submit", enrollment, quiz), {})

    assert response.status_code == 422
    assert "Question 1</a>" in text(response)
    assert not enrollment.attempts.handed_in().exists()


def test_ticks_are_kept_when_a_question_was_left_out(signed_in: Client, learner: User):
    enrollment = enrolled(learner, quiz=True, lessons=0)
    quiz = units(enrollment)[0]
    answers = right_answers(quiz)
    question = quiz.questions.get()
    question.pk, question.position = None, 99
    question.save()
    question.choices.create(position=0, text="Later", is_correct=True)

    response = signed_in.post(url("submit", enrollment, quiz), answers)

    assert text(response).count(" checked") == 1
    assert "Question 2</a>" in text(response)


@pytest.mark.parametrize("answer", ["x", "999999999999999999999999", "-1", ""])
def test_an_answer_that_is_no_choice_counts_as_none(signed_in: Client, learner: User, answer: str):
    enrollment = enrolled(learner, quiz=True, lessons=0)
    quiz = units(enrollment)[0]
    name = f"question-{quiz.questions.get().pk}"

    assert signed_in.post(url("submit", enrollment, quiz), {name: answer}).status_code == 422


@pytest.mark.parametrize("name", ["unit", "finish"])
def test_waiting_learners_are_told_that_units_open_later(
    signed_in: Client, learner: User, name: str
):
    enrollment = enrolled(learner)
    Enrollment.objects.update(status=Status.WAITLISTED, waitlist_place=1)
    send = signed_in.post if name == "finish" else signed_in.get

    response = send(url(name, enrollment, units(enrollment)[0]), follow=True)

    assert "still on the waitlist" in text(response)


def test_withdrawing_asks_first(signed_in: Client, learner: User):
    enrollment = enrolled(learner)

    asked = signed_in.get(url("withdraw", enrollment))
    enrollment.refresh_from_db()

    assert "Your seat goes to" in text(asked)
    assert enrollment.is_active


def test_withdrawing_leaves_the_course(signed_in: Client, learner: User):
    enrollment = enrolled(learner)

    signed_in.post(url("withdraw", enrollment))
    enrollment.refresh_from_db()

    assert enrollment.status == Status.WITHDRAWN


def test_a_completed_course_cannot_be_left(signed_in: Client, learner: User):
    enrollment = EnrollmentFactory(learner=learner, completed=True)

    signed_in.post(url("withdraw", enrollment))
    enrollment.refresh_from_db()

    assert enrollment.is_completed


def test_my_learning_names_the_next_unit(signed_in: Client, learner: User):
    enrollment = enrolled(learner, lessons=3)
    first, second, _ = units(enrollment)
    actions.finish_unit(enrollment=enrollment, unit=first, at=TUESDAY)

    html = text(signed_in.get(HOME))

    assert url("unit", enrollment, second) in html
    assert "1 of 3" in html


def test_my_learning_starts_with_choosing_a_course(signed_in: Client):
    assert "Choose your first course" in text(signed_in.get(HOME))


def test_my_learning_takes_as_many_queries_however_much_there_is(
    signed_in: Client, learner: User, django_assert_max_num_queries
):
    skill = SkillFactory()
    actions.aim_for(learner=learner, occupation=needs(OccupationFactory(), skill), at=TUESDAY)
    CourseSkill.objects.create(course=published_course(title="Adds a skill"), skill=skill)
    for _ in range(4):
        enrolled(learner)
        done = EnrollmentFactory(learner=learner, completed=True)
    published_track(done.run.course, published_course(), title="Half done")

    signed_in.get(HOME)  # From then on the worker knows what the courses are worth.

    with django_assert_max_num_queries(14):
        shown = signed_in.get(HOME)

    assert shown.context["nearest"].track.title == "Half done"
    assert shown.context["advice"].recommendations


def test_a_course_page_shows_how_far_the_learner_is(signed_in: Client, learner: User):
    enrollment = enrolled(learner)

    html = text(signed_in.get(enrollment.run.course.get_absolute_url()))

    assert url("unit", enrollment, units(enrollment)[0]) in html


def test_a_track_page_marks_what_the_learner_completed(signed_in: Client, learner: User):
    from tests.factories import published_track

    course = published_course(title="Done one")
    EnrollmentFactory(learner=learner, run=course.runs.get(), completed=True)
    track = published_track(course)

    assert "Done one (completed)" in text(signed_in.get(track.get_absolute_url()))


def test_an_offered_seat_is_the_next_step(signed_in: Client, learner: User):
    enrolled(learner)
    offer = enrolled(learner, title="Maps")
    Enrollment.objects.filter(pk=offer.pk).update(
        status="offered", offer_ends_at=timezone.now() + datetime.timedelta(hours=3)
    )

    shown = text(signed_in.get(HOME))

    assert "A seat is held for you" in shown
    assert "Your next step" not in shown
    assert "Take the seat" in text(signed_in.get(url("course", offer)))
    signed_in.post(url("accept", offer))
    offer.refresh_from_db()
    assert offer.is_active


def test_the_nearest_award_names_the_way_there(signed_in: Client, learner: User):
    done, short, long = (published_course(lessons=n, title=f"C{n}") for n in (1, 2, 6))
    published_track(done, short, title="Near")
    published_track(done, long, title="Far")
    published_track(short, long, title="Nothing done of it")
    complete(enrollment=enrolled_in(learner, done), at=timezone.now())

    shown = signed_in.get(HOME)

    assert shown.context["nearest"].track.title == "Near"
    assert [course.title for course in shown.context["nearest"].courses] == ["C2"]
    assert shown.context["nearest"].left == 60


def enrolled_in(learner: User, course) -> Enrollment:
    return EnrollmentFactory(learner=learner, run=course.runs.get())


def test_a_seat_that_costs_something_asks_how_it_is_paid(signed_in: Client, learner: User):
    run = CourseRunFactory(course=published_course(), price=40, currency="EUR")
    path = reverse("enrollment:enroll", args=[run.public_id])

    assert "How do you pay?" in text(signed_in.post(path))
    assert signed_in.post(path, {"method": "invoice"}).status_code == 422
    assert signed_in.post(path, {"method": "voucher", "voucher_code": "NONE"}).status_code == 422
    assert not learner.enrollments.exists()
    answer = signed_in.post(
        path, {"method": "invoice", "billing_name": "Ines", "billing_address": "Rua 1"}
    )

    assert answer.status_code == 302
    assert learner.enrollments.get().order.method == "invoice"


def test_whoever_lacks_what_a_course_asks_for_can_ask_to_be_let_in(
    signed_in: Client, learner: User
):
    first, second = published_course(title="Numbers"), published_course(title="Models")
    prerequisites.store(second, rules.all_of(rules.CourseLeaf(first.pk)))
    path = reverse("enrollment:enroll", args=[second.runs.get().public_id])

    page = signed_in.post(path, follow=True)
    assert "Numbers" in text(page)
    here = reverse("enrollment:exemption", args=[second.slug])
    assert signed_in.post(here, {"reason": ""}).status_code == 422
    signed_in.post(here, {"reason": "Ten years at a bank"})

    assert learner.exemptions.get().reason == "Ten years at a bank"
    assert "has not decided yet" in text(signed_in.get(here))


def test_a_course_page_says_whether_its_reader_has_what_it_asks_for(
    signed_in: Client, learner: User
):
    first, second = published_course(title="Numbers"), published_course(title="Models")
    prerequisites.store(second, rules.all_of(rules.CourseLeaf(first.pk)))
    asking = reverse("enrollment:exemption", args=[second.slug])

    assert asking in text(signed_in.get(second.get_absolute_url()))
    complete(enrollment=EnrollmentFactory(learner=learner, run=first.runs.get()), at=TUESDAY)

    page = text(signed_in.get(second.get_absolute_url()))
    assert "You have what it builds on" in page
    assert asking not in page


def test_a_track_page_goes_on_from_what_its_reader_has_done(signed_in: Client, learner: User):
    first, second = published_course(title="Numbers"), published_course(title="Models")
    track = published_track(first, second)

    complete(enrollment=EnrollmentFactory(learner=learner, run=first.runs.get()), at=TUESDAY)

    page = text(signed_in.get(track.get_absolute_url()))
    assert f'href="{second.get_absolute_url()}">Go on with the next</a>' in page


def test_a_learner_changes_the_run(signed_in: Client, learner: User):
    enrollment = enrolled(learner)
    other = CourseRunFactory(course=enrollment.run.course, title="Autumn")
    path = url("move", enrollment)

    assert "Autumn" in text(signed_in.get(path))
    signed_in.post(path, {"run": "nothing"})
    enrollment.refresh_from_db()
    assert enrollment.run != other
    signed_in.post(path, {"run": str(other.public_id)})

    enrollment.refresh_from_db()
    assert enrollment.run == other


def test_time_is_counted_as_far_as_it_has_passed(signed_in: Client, learner: User):
    enrollment = enrolled(learner)
    unit = units(enrollment)[0]
    signed_in.get(url("unit", enrollment, unit))
    path = url("time", enrollment, unit)
    an_hour_ago = timezone.now() - datetime.timedelta(hours=1)
    enrollment.progress.update(opened_at=an_hour_ago)

    for seconds in ("30", "30", "99999", "-5", "x"):
        assert signed_in.post(path, {"seconds": seconds}).status_code == 204

    assert 30 <= enrollment.progress.get().seconds_spent <= 32
