from __future__ import annotations

import datetime
import json

import pytest
from allauth.account.models import EmailAddress

from accounts import actions as account_actions
from catalog import rules
from credentials import actions, badges, tasks, verifying
from credentials.actions import prior_learning
from credentials.models import Award, Credential, JudgementRequest, PriorLearningClaim, Recognition
from credentials.vc.documents import hash_identity
from credentials.vc.verify import Verdict
from enrollment import uploads
from tests.credentials.claims import (
    MAI,
    badge_from_abroad,
    badge_from_here,
    claimed,
    confirmed,
    granted,
)
from tests.credentials.vc import samples
from tests.enrollment.assignments import PNG, file
from tests.factories import (
    TUESDAY,
    OrganizationFactory,
    SkillFactory,
    UserFactory,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db
WEDNESDAY = TUESDAY + datetime.timedelta(days=1)


@pytest.fixture
def mai():
    return confirmed()


@pytest.fixture(autouse=True)
def kept_files(settings, tmp_path):
    settings.PRIVATE_MEDIA_ROOT = tmp_path
    return tmp_path


def refused(source, learner) -> str:
    with pytest.raises(badges.BadgeRefused) as caught:
        badges.read(source, learner=learner)
    return str(caught.value)


# What may be claimed


def test_a_genuine_badge_is_claimed_as_valid():
    learner = UserFactory()
    confirmed(learner.email, user=learner)

    claim = claimed(learner, badge=badge_from_here(learner))

    assert (claim.status, claim.verdict) == ("submitted", Verdict.VALID)


def test_a_badge_of_an_unknown_issuer_goes_to_the_reviewer_as_such(mai):
    claim = claimed(mai, badge=badge_from_abroad())

    assert claim.verdict == Verdict.UNKNOWN_ISSUER


def test_a_badge_that_was_changed_is_refused():
    learner = UserFactory(credential_name="Ada Lovelace")
    confirmed(learner.email, user=learner)
    forged = badge_from_here(learner).replace("Ada Lovelace", "Ada Lovelacf")

    assert "does not fit the content" in refused(forged, learner)
    assert not PriorLearningClaim.objects.exists()


def test_a_badge_that_was_revoked_is_refused():
    learner = UserFactory()
    confirmed(learner.email, user=learner)
    badge = badge_from_here(learner)
    actions.revoke(award=Award.objects.get(), by=UserFactory(), reason="A mistake", at=TUESDAY)

    assert "revoked it: A mistake" in refused(badge, learner)


def test_a_badge_that_has_expired_is_refused_whoever_its_issuer_is(mai):
    badge = badge_from_abroad(validUntil="2025-06-01T00:00:00Z")

    assert refused(badge, mai) == "It expired on 1 June 2025."


def test_a_badge_without_a_proof_is_refused(mai):
    assert "no proof" in refused(json.dumps(samples.unsigned()), mai)


def test_text_that_is_no_badge_is_refused(mai):
    assert refused("I know it all.", mai).startswith("It is not JSON")


def test_a_credential_of_another_kind_is_refused(mai):
    assert "not an Open Badge" in refused(badge_from_abroad(type=["VerifiableCredential"]), mai)


def test_another_persons_badge_is_refused():
    other = confirmed("other@mail.example")

    assert "not awarded to any of your confirmed" in refused(badge_from_abroad(), other)


def test_a_badge_for_an_address_that_is_not_confirmed_is_refused():
    learner = UserFactory(email=MAI)
    EmailAddress.objects.create(user=learner, email=MAI, verified=False)

    assert "not awarded to any of your confirmed" in refused(badge_from_abroad(), learner)


def hashed(address: str, salt: str = "x") -> dict:
    return {
        "identityType": "emailAddress",
        "hashed": True,
        "identityHash": hash_identity(address, salt),
        "salt": salt,
    }


OWN = {"Ada@Example.org"}


@pytest.mark.parametrize(
    "subject",
    [
        {"identifier": [hashed("Ada@Example.org")]},
        {"identifier": [hashed("ada@example.org")]},
        {"identifier": hashed("ada@example.org")},
        {"identifier": [hashed("ada@example.org", salt="")]},
        {"identifier": [{"identityType": "name"}, hashed("ada@example.org")]},
        {
            "identifier": [
                {
                    "identityType": "emailAddress",
                    "hashed": False,
                    "identityHash": "ADA@example.org",
                }
            ]
        },
        {"id": "mailto:ada@example.org"},
        {"id": "did:key:z6Mk", "identifier": [hashed("ada@example.org")]},
    ],
)
def test_a_badge_is_its_recipients(subject):
    assert badges.is_for(subject, OWN)


@pytest.mark.parametrize(
    "subject",
    [
        {},
        {"id": "did:key:z6Mk"},
        {"id": "mailto:eve@example.org"},
        {"id": "mailto:eve@example.org", "identifier": [hashed("ada@example.org")]},
        {"identifier": [hashed("eve@example.org")]},
        {"identifier": [hashed("ada@example.org") | {"salt": "y"}]},
        {"identifier": [hashed("ada@example.org") | {"identityType": "name"}]},
        {"identifier": [hashed("ada@example.org") | {"hashed": False}]},
        {"identifier": [hashed("ada@example.org") | {"identityHash": 7}]},
        {"identifier": [hashed("ada@example.org") | {"salt": ["x"]}]},
        {"identifier": "ada@example.org"},
        {"identifier": None, "id": ["mailto:ada@example.org"]},
    ],
)
def test_a_badge_is_nobody_elses(subject):
    assert not badges.is_for(subject, OWN)


def test_the_same_badge_is_not_claimed_twice(mai):
    claimed(mai, badge=badge_from_abroad())

    with pytest.raises(prior_learning.AlreadyClaimed):
        claimed(mai, badge=badge_from_abroad())


def test_the_same_badge_is_not_claimed_by_two_learners(mai):
    claimed(mai, badge=badge_from_abroad())
    EmailAddress.objects.all().delete()
    second = confirmed()

    with pytest.raises(prior_learning.AlreadyClaimed):
        claimed(second, badge=badge_from_abroad())


def test_the_same_badge_is_known_when_it_is_signed_anew_or_written_otherwise(mai):
    claimed(mai, badge=badge_from_abroad())
    again = json.dumps(samples.sign(samples.unsigned(), key=samples.OTHER_KEY), indent=4)

    with pytest.raises(prior_learning.AlreadyClaimed):
        claimed(mai, badge=again)


def test_two_badges_of_one_learner_are_two(mai):
    claimed(mai, badge=badge_from_abroad())

    claimed(mai, badge=badge_from_abroad(id="https://learn.example/credentials/other"))

    assert PriorLearningClaim.objects.count() == 2


def test_what_the_learner_has_taken_back_can_be_claimed_again(mai):
    course = published_course()
    claim = claimed(mai, course=course, badge=badge_from_abroad())
    prior_learning.take_back(claim=claim, at=TUESDAY)

    again = claimed(mai, course=course, badge=badge_from_abroad())

    assert again.is_waiting


def test_what_one_organization_refused_can_be_shown_to_another(mai):
    course = published_course()
    refuse(claimed(mai, course=course, badge=badge_from_abroad()))

    elsewhere = claimed(mai, badge=badge_from_abroad())

    assert elsewhere.is_waiting
    with pytest.raises(prior_learning.AlreadyClaimed):
        claimed(mai, course=course, badge=badge_from_abroad())


def test_evidence_is_kept_with_its_files():
    claim = claimed(files=[uploads.checked(file("../map.png", PNG))])

    kept = claim.files.get()
    assert (kept.name, kept.content_type, kept.size) == ("map.png", "image/png", len(PNG))
    with kept.file.open() as stored:
        assert stored.read() == PNG


def test_a_failure_leaves_no_file_behind(kept_files, monkeypatch):
    good, bad = (uploads.checked(file(f"{n}.png", PNG)) for n in "ab")

    with pytest.raises(AttributeError):
        claimed(files=[good, bad, None])

    assert not PriorLearningClaim.objects.exists()
    assert [path for path in kept_files.rglob("*") if path.is_file()] == []


def test_nobody_has_more_than_some_claims_waiting(monkeypatch):
    monkeypatch.setattr(prior_learning, "MOST_WAITING", 1)
    learner = UserFactory()
    refuse(claimed(learner))
    claimed(learner)

    with pytest.raises(prior_learning.TooManyWaiting):
        claimed(learner)


# Deciding


def refuse(claim, **values):
    given = {"by": UserFactory(), "reason": "It is too old.", "at": TUESDAY} | values
    prior_learning.refuse(claim=claim, **given)
    claim.refresh_from_db()
    return claim


def withdraw(claim, **values):
    given = {"by": UserFactory(), "reason": "It was forged.", "at": WEDNESDAY} | values
    falling = prior_learning.withdraw(claim=claim, **given)
    claim.refresh_from_db()
    return falling


def test_what_is_granted_is_a_recognition_and_a_judgement_is_due():
    course, curator = published_course(), UserFactory()

    claim = granted(claimed(course=course), course, by=curator)

    recognition = Recognition.objects.get()
    assert (claim.status, claim.decided_by, claim.recognition) == ("granted", curator, recognition)
    assert (recognition.learner, recognition.course) == (claim.learner, course)
    assert recognition.organization == claim.organization
    assert (recognition.by, recognition.reason) == (curator, "The maps are good.")
    assert JudgementRequest.objects.get().learner == claim.learner


def test_a_skill_is_recognized_at_a_level_with_a_grade_and_an_end():
    skill = SkillFactory()
    finding = prior_learning.Finding(skill=skill, level="advanced", grade=90, until=WEDNESDAY)

    found = prior_learning.grant(
        claim=claimed(), finding=finding, by=UserFactory(), reason="Seen.", at=TUESDAY
    )

    assert (found.skill, found.level, found.grade, found.until) == (
        *(skill, "advanced", 90, WEDNESDAY),
    )


@pytest.mark.parametrize(("allowed", "met"), [(True, 1), (False, 0)])
def test_it_counts_for_leaves_that_allow_prior_learning_alone(allowed, met):
    course = published_course()
    tree = rules.CourseLeaf(course.pk, allows_prior_learning=allowed)
    published_track(tree=tree, title="Track")

    granted(claimed(course=course), course)
    tasks.judge()

    assert Award.objects.count() == met


@pytest.mark.parametrize(("asked", "met"), [(2, 1), (4, 0)])
def test_a_skill_counts_from_its_level_on(asked, met):
    skill = SkillFactory()
    published_track(tree=rules.SkillLeaf(skill.pk, asked, allows_prior_learning=True))
    finding = prior_learning.Finding(skill=skill, level="advanced")

    prior_learning.grant(
        claim=claimed(), finding=finding, by=UserFactory(), reason="Seen.", at=TUESDAY
    )
    tasks.judge()

    assert Award.objects.count() == met


@pytest.fixture
def recognized():
    """A claim, and the credential of a track that rests on it."""
    course = published_course(title="Maps")
    tree = rules.CourseLeaf(course.pk, allows_prior_learning=True)
    published_track(tree=tree, title="Track")
    claim = granted(claimed(course=course), course)
    tasks.judge()
    return claim, Credential.objects.get()


def test_the_signed_document_says_that_prior_learning_counts(recognized):
    _, credential = recognized

    said = json.loads(bytes(credential.document))["credentialSubject"]["narrative"]

    assert said == "Prior learning that was recognized counts in it as “Maps”."
    assert verifying.verify_stored(credential).is_valid


def test_the_page_of_the_credential_says_so_too(client, recognized):
    _, credential = recognized

    page = client.get(credential.get_absolute_url()).content.decode()

    assert "Prior learning, recognized as “Maps” on 3 March 2026" in page


def test_withdrawing_revokes_what_rests_on_it(recognized):
    claim, credential = recognized

    falling = withdraw(claim)

    credential.refresh_from_db()
    assert [award.version.name for award in falling] == ["Track"]
    assert credential.is_revoked
    assert "It was forged." in credential.revocation_reason
    assert (claim.status, claim.reason) == ("withdrawn", "It was forged.")
    assert claim.recognition.withdrawal_reason == "It was forged."


def test_what_was_withdrawn_counts_no_longer(recognized):
    claim, _ = recognized
    withdraw(claim)

    tasks.judge()

    assert not Award.objects.standing().exists()


def test_nobody_decides_about_their_own_learning():
    claim = claimed()

    with pytest.raises(prior_learning.OwnClaim):
        granted(claim, published_course(), by=claim.learner)


def test_deciding_needs_a_reason():
    with pytest.raises(actions.ReasonMissing):
        refuse(claimed(), reason=" ")


def test_a_course_of_another_organization_is_not_theirs_to_recognize():
    with pytest.raises(prior_learning.NotTheirs):
        granted(claimed(), published_course())


def test_who_only_awards_the_course_may_recognize_it():
    awarding = OrganizationFactory()
    course = published_course(awarding_body=awarding)

    claim = granted(claimed(organization=awarding), course)

    assert claim.is_granted


@pytest.mark.parametrize("second", ["grant", "refuse", "take_back"])
def test_the_first_decision_counts(second):
    course = published_course()
    claim = refuse(claimed(course=course))

    if second == "take_back":
        assert not prior_learning.take_back(claim=claim, at=WEDNESDAY)
    else:
        with pytest.raises(prior_learning.AlreadyDecided):
            granted(claim, course) if second == "grant" else refuse(claim)

    claim.refresh_from_db()
    assert (claim.status, claim.decided_at) == ("refused", TUESDAY)


def test_what_is_not_granted_cannot_be_withdrawn():
    with pytest.raises(prior_learning.AlreadyDecided):
        withdraw(claimed())


def test_a_badge_that_was_revoked_meanwhile_is_not_recognized():
    learner, course = UserFactory(), published_course()
    confirmed(learner.email, user=learner)
    claim = claimed(learner, course=course, badge=badge_from_here(learner))
    actions.revoke(award=Award.objects.get(), by=UserFactory(), reason="A mistake", at=TUESDAY)

    with pytest.raises(badges.BadgeRefused):
        granted(claim, course)

    assert not Recognition.objects.exists()


@pytest.mark.parametrize(
    ("decide", "subject", "said"),
    [
        (lambda claim, course: granted(claim, course), "counts as “Maps”", "The maps are good."),
        (lambda claim, course: refuse(claim), "not recognized", "It is too old."),
        (
            lambda claim, course: withdraw(granted(claim, course)),
            "no longer counts as “Maps”",
            "It was forged.",
        ),
    ],
)
def test_the_learner_is_told(decide, subject, said):
    course = published_course(title="Maps")
    claim = claimed(course=course)

    decide(claim, course)

    message = claim.learner.messages.first()
    assert subject in message.subject
    assert said in message.text
    assert message.link == claim.get_absolute_url()


# Privacy


def test_an_erased_learner_leaves_no_claim_and_no_reason(kept_files):
    course = published_course()
    claim = claimed(course=course, files=[uploads.checked(file("a.png", PNG))])
    withdraw(granted(claim, course))

    account_actions.request_erasure(user=claim.learner, by=claim.learner, at=WEDNESDAY)
    account_actions.erase_due(at=WEDNESDAY)

    assert not PriorLearningClaim.objects.exists()
    assert [path for path in kept_files.rglob("*") if path.is_file()] == []
    recognition = Recognition.objects.get()
    assert (recognition.reason, recognition.withdrawal_reason) == ("(erased)", "(erased)")
