"""Credentials of other issuers: the ways in which they sign, name their keys and revoke."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from credentials.vc import data_integrity, pinned, status_list, verify
from credentials.vc.reports import Unreachable
from credentials.vc.said import Said
from credentials.vc.verify import Outcome, Report, Verdict
from tests.credentials.vc import others, samples
from tests.credentials.vc.others import Others

HERS = others.described(others.multikey_of(others.ED25519))
GONE = Unreachable(Said("It did not answer."))


def check(document: Any, *, at=samples.WEDNESDAY, knows=lambda issuer: True, **known) -> Report:
    source = document if isinstance(document, str) else json.dumps(document)
    return verify.verify(source, resolver=Others(**known), at=at, knows=knows)


def outcomes(report: Report) -> dict[str, str]:
    return {item.name: item.outcome.value for item in report.checks}


# Keys


@pytest.mark.parametrize("algorithm", others.ALGORITHMS)
@pytest.mark.parametrize("named", ["kid", "jwk", "both"])
def test_a_jwt_of_each_algorithm_is_valid(algorithm, named):
    jwk = others.jwk_of(others.ALGORITHMS[algorithm])
    header: dict[str, Any] = {
        "kid": {"kid": f"{others.DID}#1"},
        "jwk": {"jwk": jwk},
        "both": {"jwk": jwk | {"kid": f"{others.DID}#1"}},
    }[named]
    described = others.described({"publicKeyJwk": jwk})

    report = check(others.token(algorithm=algorithm, **header), dids={others.DID: described})

    assert report.verdict == Verdict.VALID, report.checks


@pytest.mark.parametrize("algorithm", others.ALGORITHMS)
def test_a_jwt_that_was_changed_is_invalid(algorithm):
    described = others.described({"publicKeyJwk": others.jwk_of(others.ALGORITHMS[algorithm])})
    header, payload, signature = others.token(algorithm=algorithm, kid=f"{others.DID}#1").split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    said["credentialSubject"]["achievement"]["name"] = "Astronaut"
    changed = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")

    report = check(f"{header}.{changed}.{signature}", dids={others.DID: described})

    assert outcomes(report)["proof"] == "failed"


def test_a_jwk_that_the_issuer_does_not_list_is_invalid():
    report = check(
        others.token(jwk=others.jwk_of(others.P256)),
        dids={others.DID: others.described({"publicKeyJwk": others.jwk_of(others.RSA)})},
    )

    assert (report.verdict, outcomes(report)["issuer"]) == (Verdict.INVALID, "failed")


def test_a_key_that_comes_along_shows_no_issuer():
    report = check(others.token(jwk=others.jwk_of(others.P256)))

    assert report.verdict == Verdict.UNKNOWN_ISSUER
    assert outcomes(report) == {
        "form": "passed",
        "issuer": "unknown",
        "proof": "unknown",
        "status": "unknown",
        "dates": "passed",
    }


def test_a_key_that_comes_along_and_does_not_fit_is_invalid():
    report = check(others.token(jwk=others.jwk_of(others.P256), key=samples_key()))

    assert (report.verdict, outcomes(report)["proof"]) == (Verdict.INVALID, "failed")


def samples_key():
    return others.ec.derive_private_key(0xBADCAFE, others.ec.SECP256R1())


KEY_URL = "https://issuer.example/keys/1"
PROFILE = {"id": "https://issuer.example/profile", "type": ["Profile"], "name": "Elsewhere"}


def test_the_host_of_an_issuer_vouches_for_its_key():
    document = others.unsigned(issuer=PROFILE)

    report = check(others.token(document, kid=KEY_URL), keys={KEY_URL: others.jwk_of(others.P256)})

    assert report.verdict == Verdict.VALID


@pytest.mark.parametrize("issuer", ["https://other.example/profile", others.DID])
def test_another_host_vouches_for_no_key(issuer):
    document = others.unsigned(issuer=PROFILE | {"id": issuer})

    report = check(others.token(document, kid=KEY_URL), keys={KEY_URL: others.jwk_of(others.P256)})

    assert report.verdict == Verdict.UNKNOWN_ISSUER


def test_a_key_under_a_relative_name_is_found():
    described = others.described(others.multikey_of(others.ED25519) | {"id": "#1"})

    assert check(others.signed(), dids={others.DID: described}).is_valid


def test_a_key_in_its_purpose_is_found():
    described = HERS | {"assertionMethod": HERS["verificationMethod"], "verificationMethod": []}

    assert check(others.signed(), dids={others.DID: described}).is_valid


@pytest.mark.parametrize("change", [{"assertionMethod": []}, {"id": "did:web:evil.example"}])
def test_a_key_for_other_purposes_or_of_others_is_never_green(change):
    assert not check(others.signed(), dids={others.DID: HERS | change}).is_valid


def test_a_profile_that_lists_its_keys_is_an_issuer():
    issuer = PROFILE["id"]
    described = others.described(others.multikey_of(others.ED25519), issuer=issuer)

    report = check(
        others.signed(others.unsigned(issuer=PROFILE), key_id=f"{issuer}#1"),
        dids={issuer: PROFILE | described},
    )

    assert report.is_valid


@pytest.mark.parametrize("key", [others.P256, others.RSA])
def test_a_did_that_is_a_key_needs_nobody(key):
    issuer = others.did_jwk(key)
    document = others.unsigned(issuer={"id": issuer, "type": ["Profile"]})
    algorithm = {others.P256: "ES256", others.RSA: "RS256"}[key]

    assert check(others.token(document, algorithm=algorithm, kid=f"{issuer}#0")).is_valid


def test_a_proof_by_ecdsa_is_valid():
    described = others.described(others.multikey_of(others.P256))
    document = others.signed_by_ecdsa(others.unsigned())

    report = check(document, dids={others.DID: described})
    changed = check(samples.with_one_letter_changed(document), dids={others.DID: described})

    assert (report.verdict, changed.verdict) == (Verdict.VALID, Verdict.INVALID)


def test_a_proof_by_ecdsa_with_a_key_of_another_kind_is_invalid():
    report = check(others.signed_by_ecdsa(others.unsigned()), dids={others.DID: HERS})

    assert outcomes(report)["issuer"] == "failed"


def test_an_issuer_who_cannot_be_asked_is_unknown_and_the_reason_is_said():
    report = check(others.signed(), dids={others.DID: GONE})

    assert report.verdict == Verdict.UNKNOWN_ISSUER
    (issuer,) = (item for item in report.checks if item.name == "issuer")
    assert "did not answer" in issuer.words


def test_of_an_unknown_issuer_s_credential_in_a_transcript_that_issuer_is_told():
    document = samples.transcript(2)
    del document["proof"]
    document["credentialSubject"]["verifiableCredential"].append(others.signed())
    lists = {samples.LIST_URL: samples.signed_list()}

    report = check(samples.sign(document), dids={samples.DID: samples.did_document()}, lists=lists)

    assert report.verdict == Verdict.UNKNOWN_ISSUER
    assert f"The issuer {others.DID} is not known here" in report.checks[-1].words


def test_a_good_signature_of_whom_nobody_here_knows_is_its_own_verdict():
    report = check(others.signed(), dids={others.DID: HERS}, knows=lambda issuer: False)

    assert report.verdict == Verdict.UNKNOWN_ISSUER
    assert (outcomes(report)["issuer"], outcomes(report)["proof"]) == ("unknown", "passed")


def test_what_has_expired_of_whom_nobody_knows_is_expired():
    document = others.unsigned(validUntil="2025-03-04T23:59:59Z")

    report = check(others.signed(document), dids={others.DID: HERS}, knows=lambda issuer: False)

    assert (report.verdict, outcomes(report)["issuer"]) == (Verdict.EXPIRED, "unknown")


# Form


GENERIC = {"dids": {others.DID: others.described({"publicKeyJwk": others.jwk_of(others.P256)})}}


def test_a_credential_that_is_no_badge_is_valid():
    report = check(others.token(others.generic(), claims={}, kid=f"{others.DID}#1"), **GENERIC)

    assert report.verdict == Verdict.VALID, report.checks
    assert "W3C" in report.checks[0].words


@pytest.mark.parametrize(
    ("claims", "verdict"),
    [
        ({"iss": others.DID, "iat": 1}, Verdict.VALID),
        ({"exp": 4_000_000_000, "nbf": 1}, Verdict.VALID),
        ({"exp": 1_000_000_000}, Verdict.EXPIRED),
        ({"nbf": 4_000_000_000}, Verdict.NOT_YET_VALID),
        ({"iss": "did:web:evil.example"}, Verdict.INVALID),
        ({"sub": "did:example:eve"}, Verdict.INVALID),
    ],
)
def test_claims_of_what_is_no_badge_hold_without_being_repeated(claims, verdict):
    token = others.token(others.generic(), claims=claims, kid=f"{others.DID}#1")

    assert check(token, **GENERIC).verdict == verdict


def test_a_jwt_in_an_envelope_is_read():
    token = others.token(kid=f"{others.DID}#1")
    envelope = {
        "@context": [pinned.CREDENTIALS_V2],
        "id": f"data:application/vc+jwt,{token}",
        "type": "EnvelopedVerifiableCredential",
    }

    assert check(envelope, **GENERIC).is_valid


@pytest.mark.parametrize("name", ["data:text/plain,x", "data:application/vc+jwt;base64,%", 3])
def test_an_envelope_around_something_else_has_no_form(name):
    report = check({"id": name, "type": ["EnvelopedVerifiableCredential"]})

    assert outcomes(report) == {"form": "failed"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("validFrom",), "validFrom"),
        (("issuer", "type"), "Profile"),
        (("credentialSubject", "type"), "AchievementSubject"),
        (("credentialSubject", "identifier"), "identifier"),
        (("credentialSubject", "achievement"), "what was achieved"),
        (("credentialSubject", "achievement", "type"), "type Achievement"),
        (("credentialSubject", "achievement", "description"), "description"),
        (("credentialSubject", "achievement", "criteria"), "criteria"),
    ],
)
def test_a_badge_that_lacks_what_the_schema_requires_has_no_form(path, said):
    document = others.unsigned()
    place = document
    for name in path[:-1]:
        place = place[name]
    del place[path[-1]]

    report = check(document)

    assert outcomes(report) == {"form": "failed"}
    assert said in report.checks[0].words


# Status


def entry(purpose: str = "revocation") -> dict[str, Any]:
    return status_list.entry(others.LIST_URL, 7) | {"statusPurpose": purpose}


def listed(*, revoked: list[int] = [], **subject: Any) -> dict[str, Any]:  # noqa: B006
    document = status_list.document(
        url=others.LIST_URL,
        issuer=others.DID,
        valid_from=data_integrity.timestamp(samples.TUESDAY),
        encoded_list=status_list.encode(revoked),
    )
    document["credentialSubject"] |= subject
    return document


def with_status(status: Any, list_: Any) -> Report:
    document = others.unsigned(credentialStatus=status)
    document["@context"] = [*document["@context"], pinned.OPEN_BADGES_EXTENSIONS]
    document = others.signed(document)
    return check(document, dids={others.DID: HERS}, lists={others.LIST_URL: list_})


@pytest.mark.parametrize(("revoked", "verdict"), [([7], "revoked"), ([6, 8], "valid")])
def test_a_list_of_theirs_is_read(revoked, verdict):
    assert with_status(entry(), others.signed(listed(revoked=revoked))).verdict == verdict


@pytest.mark.parametrize(("revoked", "verdict"), [([7], "revoked"), ([6, 8], "valid")])
def test_a_list_that_is_a_jwt_is_read(revoked, verdict):
    token = others.token(
        listed(revoked=revoked), algorithm="EdDSA", claims={}, kid=f"{others.DID}#1"
    )

    assert with_status(entry(), token).verdict == verdict


def test_a_list_for_several_purposes_is_read():
    both = others.signed(listed(statusPurpose=["revocation", "suspension"], revoked=[7]))

    assert with_status(entry(), both).verdict == Verdict.REVOKED


def test_a_list_that_a_key_from_along_the_way_signed_is_not_trusted():
    token = others.token(listed(), jwk=others.jwk_of(others.P256))

    assert with_status(entry(), token).verdict == Verdict.INVALID


def test_a_list_that_cannot_be_had_is_never_green():
    report = with_status(entry(), GONE)

    assert (report.verdict, outcomes(report)["status"]) == (Verdict.UNREACHABLE, "unknown")
    assert outcomes(report)["dates"] == "passed"


def test_what_has_expired_is_so_whether_or_not_its_list_can_be_had():
    document = others.unsigned(credentialStatus=entry(), validUntil="2025-03-04T23:59:59Z")

    report = check(others.signed(document), dids={others.DID: HERS}, lists={others.LIST_URL: GONE})

    assert report.verdict == Verdict.EXPIRED


@pytest.mark.parametrize("purpose", ["message", "refresh"])
def test_an_entry_that_says_nothing_of_validity_is_passed_over(purpose):
    assert with_status(entry(purpose), GONE).verdict == Verdict.VALID


REVOCATION_LIST = {"id": others.LIST_URL, "type": "1EdTechRevocationList"}
ID = samples.unsigned()["id"]


@pytest.mark.parametrize(
    ("named", "verdict"),
    [
        ([], "valid"),
        (["https://issuer.example/other"], "valid"),
        ([{"id": ID, "revoked": False}], "valid"),
        ([ID], "revoked"),
        ([{"id": ID, "revoked": True, "revocationReason": "A mistake."}], "revoked"),
        ([{"id": ID}], "revoked"),
    ],
)
def test_the_revocation_list_of_1edtech_is_read(named, verdict):
    list_ = {"id": others.LIST_URL, "issuer": others.DID, "revokedCredential": named}

    assert with_status(REVOCATION_LIST, list_).verdict == verdict


@pytest.mark.parametrize(("list_", "verdict"), [({}, "invalid"), (GONE, "unreachable")])
def test_a_revocation_list_that_is_none_is_never_green(list_, verdict):
    assert with_status(REVOCATION_LIST, list_).verdict == verdict


# Recipient


@pytest.mark.parametrize(
    ("subject", "recipient", "outcome"),
    [
        ({}, "mai@mail.example", "passed"),
        ({}, " MAI@mail.example ", "passed"),
        ({}, "eve@mail.example", "failed"),
        ({}, "did:example:mai", "unknown"),
        ({"id": "did:example:mai"}, "did:example:mai", "passed"),
        ({"id": "did:example:mai"}, "did:example:eve", "failed"),
        ({"id": "mailto:mai@mail.example"}, "mai@mail.example", "passed"),
        ({"id": "did:example:mai", "identifier": []}, "mai@mail.example", "unknown"),
    ],
)
def test_whose_it_is_is_its_own_check(subject, recipient, outcome):
    document = others.unsigned()
    document["credentialSubject"] |= subject
    report = check(others.signed(document), dids={others.DID: HERS})

    verify.check_recipient(report, recipient)

    assert outcomes(report)["recipient"] == outcome
    assert (report.verdict == Verdict.OTHER_RECIPIENT) == (outcome == Outcome.FAILED)


def test_whose_it_is_is_not_asked_of_what_has_no_form():
    report = check("{}")

    verify.check_recipient(report, "mai@mail.example")

    assert outcomes(report) == {"form": "failed"}
