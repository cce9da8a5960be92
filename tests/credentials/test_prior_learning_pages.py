from __future__ import annotations

import datetime
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog import rules
from credentials import actions, tasks
from credentials.actions import prior_learning
from credentials.certificates import certificate
from credentials.models import Award, Credential, PriorLearningClaim, Recognition
from enrollment import uploads
from tests.credentials.claims import (
    badge_from_abroad,
    badge_from_here,
    claimed,
    confirmed,
    granted,
)
from tests.credentials.test_verifying_files import saved_again
from tests.enrollment.assignments import PNG, file
from tests.factories import (
    MembershipFactory,
    SkillFactory,
    UserFactory,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db
LIST, BADGE, EVIDENCE = "/prior-learning/", "/prior-learning/badge", "/prior-learning/evidence"


@pytest.fixture(autouse=True)
def kept_files(settings, tmp_path):
    settings.PRIVATE_MEDIA_ROOT = tmp_path


@pytest.fixture
def course():
    return published_course(title="Maps")


@pytest.fixture
def mai(client):
    learner = confirmed()
    client.force_login(learner)
    return learner


@pytest.fixture
def curator(course):
    return MembershipFactory(organization=course.provider, user__credential_name="Cora").user


@pytest.fixture
def at_work(curator):
    signed_in = Client()
    signed_in.force_login(curator)
    return signed_in


def text_of(response) -> str:
    return response.content.decode()


# The learner


def test_a_badge_is_pasted(client, mai, course):
    answer = client.post(
        BADGE, {"organization": course.provider.slug, "text": badge_from_abroad()}, follow=True
    )

    claim = mai.prior_learning_claims.get()
    assert answer.redirect_chain == [(claim.get_absolute_url(), 302)]
    assert f"Sent to {course.provider}" in text_of(answer)


def test_a_badge_is_uploaded(client, mai, course):
    badge = SimpleUploadedFile("badge.json", badge_from_abroad().encode())

    client.post(BADGE, {"organization": course.provider.slug, "file": badge})

    assert mai.prior_learning_claims.get().is_badge


def badge_of(learner) -> Credential:
    """A credential of this installation, to an address that the learner has confirmed."""
    confirmed(learner.email, user=learner)
    badge_from_here(learner)
    return Credential.objects.get(award__learner=learner)


@pytest.mark.parametrize("name", ["badge.png", "badge.svg", "certificate.pdf", "download"])
def test_a_badge_is_claimed_in_whatever_it_comes_in(name, client, mai, course):
    credential = badge_of(mai)
    file = client.get(f"{credential.get_absolute_url()}/{name}").content

    client.post(
        BADGE, {"organization": course.provider.slug, "file": SimpleUploadedFile(name, file)}
    )

    claim = mai.prior_learning_claims.get()
    assert claim.verdict == "valid"
    assert json.loads(claim.badge) == json.loads(bytes(credential.document))


def test_a_certificate_whose_page_was_edited_is_not_taken(client, mai, course):
    credential = badge_of(mai)
    pdf = saved_again(
        certificate(bytes(credential.document), language="en"),
        lambda writer: writer.add_blank_page().merge_page(writer.pages[0]),
    )

    answer = client.post(
        BADGE, {"organization": course.provider.slug, "file": SimpleUploadedFile("c.pdf", pdf)}
    )

    assert "the PDF was edited" in text_of(answer)
    assert not PriorLearningClaim.objects.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": "{}"}, "This badge cannot be recognized. It is not a verifiable credential"),
        ({}, "Choose the badge&#x27;s file, or paste its text."),
        ({"text": "{}", "file": SimpleUploadedFile("a.json", b"{}")}, "in one way only"),
        ({"file": SimpleUploadedFile("a.json", b"{" + b" " * 300_000)}, "cannot be recognized"),
        ({"file": SimpleUploadedFile("a.png", PNG)}, "cannot be recognized"),
        ({"text": "{}", "organization": "nobody"}, "Select a valid choice"),
    ],
)
def test_a_badge_that_is_not_taken_comes_back_with_the_reason(given, said, client, mai, course):
    answer = client.post(BADGE, {"organization": course.provider.slug} | given)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not PriorLearningClaim.objects.exists()


def test_a_badge_that_was_claimed_comes_back(client, mai, course):
    claimed(mai, badge=badge_from_abroad())

    answer = client.post(BADGE, {"organization": course.provider.slug, "text": badge_from_abroad()})

    assert answer.status_code == 422
    assert "It cannot be claimed twice." in text_of(answer)


def test_other_evidence_is_sent_with_files(client, mai, course):
    given = {"organization": course.provider.slug, "statement": "I drew maps."}

    client.post(EVIDENCE, given | {"files": [file("a.png", PNG), file("b.png", PNG)]})

    claim = mai.prior_learning_claims.get()
    assert (claim.statement, claim.files.count()) == ("I drew maps.", 2)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"statement": ""}, "Say what you learned, and where."),
        ({"statement": "I", "files": [file("a.exe", b"MZ\0\0")]}, "is of a kind that is not"),
        ({"statement": "I", "files": [file(f"{n}.png", PNG) for n in range(6)]}, "at most 5"),
    ],
)
def test_evidence_that_is_not_taken_comes_back_with_the_reason(given, said, client, mai, course):
    answer = client.post(EVIDENCE, {"organization": course.provider.slug} | given)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not PriorLearningClaim.objects.exists()


@pytest.mark.parametrize("page", [BADGE, EVIDENCE])
def test_who_has_too_many_claims_waiting_is_told(page, client, mai, course, monkeypatch):
    monkeypatch.setattr(prior_learning, "MOST_WAITING", 0)
    given = {"organization": course.provider.slug, "statement": "I know it."}
    if page == BADGE:
        given["text"] = badge_from_abroad()

    answer = client.post(page, given)

    assert answer.status_code == 422
    assert "0 of your claims wait to be decided." in text_of(answer)


def test_the_list_has_every_claim_and_its_state_in_few_queries(
    client, mai, course, django_assert_max_num_queries
):
    for _ in range(5):
        granted(claimed(mai, course=course), course)

    with django_assert_max_num_queries(6):
        page = text_of(client.get(LIST))

    assert page.count("Recognized</span>") == 5


def test_the_learner_reads_the_answer(client, mai, course):
    claim = granted(claimed(mai, course=course), course, reason="The maps are good.")

    page = text_of(client.get(claim.get_absolute_url()))

    assert "The maps are good." in page
    assert course.get_absolute_url() in page


def test_the_learner_takes_a_claim_back(client, mai):
    claim = claimed(mai)

    client.post(reverse("credentials:take_back", args=[claim.public_id]))

    claim.refresh_from_db()
    assert claim.status == "withdrawn"


def test_a_decided_claim_is_not_taken_back(client, mai, course):
    claim = granted(claimed(mai, course=course), course)

    answer = client.post(reverse("credentials:take_back", args=[claim.public_id]), follow=True)

    assert "It was decided meanwhile." in text_of(answer)


def test_a_file_is_saved_and_never_shown(client, mai):
    claim = claimed(mai, files=[uploads.checked(file("a.png", PNG))])

    answer = client.get(reverse("credentials:claim_file", args=[claim.files.get().public_id]))

    assert b"".join(answer) == PNG
    assert answer["Content-Disposition"] == 'attachment; filename="a.png"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox"


# The curator


def page_of(claim) -> str:
    return reverse("credentials:recognize", args=[claim.public_id])


def test_claims_wait_where_they_were_sent(at_work, course):
    claimed(UserFactory(credential_name="Mai"), course=course)
    claimed(UserFactory(credential_name="Elsewhere"))

    page = text_of(at_work.get("/recognizing/"))

    assert "Mai" in page
    assert "Elsewhere" not in page


def test_what_was_decided_is_listed_apart(at_work, course, django_assert_max_num_queries):
    for number in range(4):
        granted(claimed(UserFactory(credential_name=f"No. {number}"), course=course), course)

    with django_assert_max_num_queries(6):
        decided = text_of(at_work.get("/recognizing/?show=decided"))

    assert decided.count("No. ") == 4
    assert "No. " not in text_of(at_work.get("/recognizing/"))


def test_another_organizations_claim_does_not_exist(at_work, course):
    claim = claimed(files=[uploads.checked(file("a.png", PNG))])
    kept = reverse("credentials:claim_file", args=[claim.files.get().public_id])

    assert at_work.get(page_of(claim)).status_code == 404
    assert at_work.get(kept).status_code == 404


def test_a_curator_s_own_claim_is_for_others(at_work, curator, course):
    claim = claimed(curator, course=course)

    assert at_work.get(page_of(claim)).status_code == 404


def test_an_unknown_issuer_is_a_warning_and_never_green(at_work, course):
    claim = claimed(confirmed(), course=course, badge=badge_from_abroad())

    page = text_of(at_work.get(page_of(claim)))

    assert "Its issuer is not known here." in page
    assert "Nothing shows that this issuer signed the badge." in page
    assert "callout success" not in page
    assert "is-ok" not in page
    assert "<strong>Issuer</strong>, unknown" in page
    assert "<strong>Dates</strong>, unknown" in page


def test_a_genuine_badge_is_shown_with_every_check(at_work, course):
    learner = UserFactory()
    confirmed(learner.email, user=learner)
    claim = claimed(learner, course=course, badge=badge_from_here(learner))

    page = text_of(at_work.get(page_of(claim)))

    assert "callout success" in page
    for check in ("Form", "Issuer", "Proof", "Status", "Dates"):
        assert f"<strong>{check}</strong>, passed" in page


def grant(client, claim, **values):
    given = {"decision": "grant", "grant-reason": "The maps are good."}
    return client.post(page_of(claim), given | {f"grant-{k}": v for k, v in values.items()})


def test_a_course_is_recognized(at_work, curator, course):
    claim = claimed(course=course)

    grant(at_work, claim, counts_as=f"course-{course.pk}", grade="87.5", until="2099-12-31")

    found = Recognition.objects.get()
    assert (found.course, found.skill, found.by) == (course, None, curator)
    assert found.grade == 87.5
    assert found.until == datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)


def test_a_skill_that_a_course_teaches_is_recognized_at_a_level(at_work, course):
    skill = SkillFactory()
    course.course_skills.create(skill=skill)

    grant(at_work, claimed(course=course), counts_as=f"skill-{skill.pk}", level="advanced")

    found = Recognition.objects.get()
    assert (found.course, found.skill, found.level) == (None, skill, "advanced")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"counts_as": ""}, "This field is required."),
        ({"counts_as": "course-0"}, "Select a valid choice."),
        ({"level": "advanced"}, "A course has no level."),
        ({"grade": "101"}, "less than or equal to 100"),
        ({"until": "2020-01-01"}, "This day is over."),
        ({"until": "9999-12-31"}, "less than or equal to"),
        ({"reason": " "}, "Say why: the learner reads it."),
    ],
)
def test_what_cannot_be_recognized_comes_back(values, said, at_work, course):
    claim = claimed(course=course)

    answer = grant(at_work, claim, **{"counts_as": f"course-{course.pk}"} | values)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Recognition.objects.exists()


def test_a_course_of_another_organization_is_not_offered(at_work, course):
    other = published_course()

    answer = grant(at_work, claimed(course=course), counts_as=f"course-{other.pk}")

    assert answer.status_code == 422


def test_a_claim_is_refused_with_a_reason(at_work, course):
    claim = claimed(course=course)

    at_work.post(page_of(claim), {"decision": "refuse", "refuse-reason": "Too old."})

    claim.refresh_from_db()
    assert (claim.status, claim.reason) == ("refused", "Too old.")


def test_a_recognition_is_withdrawn(at_work, course):
    claim = granted(claimed(course=course), course)

    answer = at_work.post(
        page_of(claim), {"decision": "withdraw", "withdraw-reason": "Forged."}, follow=True
    )

    claim.refresh_from_db()
    assert claim.status == "withdrawn"
    assert "Withdrawn." in text_of(answer)


def test_a_second_decision_is_told_that_it_comes_late(at_work, course):
    claim = claimed(course=course)
    prior_learning.refuse(claim=claim, by=UserFactory(), reason="No.", at=timezone.now())

    answer = at_work.post(
        page_of(claim), {"decision": "refuse", "refuse-reason": "No."}, follow=True
    )

    assert "It was decided meanwhile." in text_of(answer)


def test_a_badge_that_was_revoked_meanwhile_cannot_be_recognized(at_work, course):
    learner = UserFactory()
    confirmed(learner.email, user=learner)
    claim = claimed(learner, course=course, badge=badge_from_here(learner))
    actions.revoke(
        award=Award.objects.get(), by=UserFactory(), reason="A mistake", at=timezone.now()
    )
    tasks.sweep()

    answer = grant(at_work, claim, counts_as=f"course-{course.pk}")

    assert answer.status_code == 409
    assert "can no longer be recognized. The issuer has revoked it: A mistake" in text_of(answer)


def test_a_form_without_its_button_does_nothing(at_work, course):
    claim = claimed(course=course)

    at_work.post(page_of(claim), {"refuse-reason": "No."})

    claim.refresh_from_db()
    assert claim.is_waiting


@pytest.mark.parametrize(("role", "sees"), [("curator", True), ("reviewer", False)])
def test_the_way_there_is_shown_to_curators(role, sees, client):
    client.force_login(MembershipFactory(role=role).user)

    page = text_of(client.get("/reviewing/"))

    assert ("/recognizing/" in page) is sees


def test_the_admin_says_what_rests_on_prior_learning(at_work, curator, course):
    tree = rules.CourseLeaf(course.pk, allows_prior_learning=True)
    published_track(tree=tree, organization=course.provider)
    granted(claimed(course=course), course)
    tasks.judge()
    curator.is_staff = True
    curator.save(update_fields=["is_staff"])

    page = text_of(
        at_work.get(reverse("admin:credentials_award_change", args=[Award.objects.get().pk]))
    )

    assert "Prior learning: Maps, 2026-03-03 09:00 UTC" in page


def test_the_admins_first_page_says_how_many_claims_wait(at_work, curator, course):
    curator.is_staff = True
    curator.save(update_fields=["is_staff"])
    claimed(course=course)
    claimed()

    page = text_of(at_work.get("/admin/"))

    assert "1 claim of prior learning to decide" in page
