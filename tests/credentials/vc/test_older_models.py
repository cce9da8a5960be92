"""Badges as they were issued before: VC Data Model 1.1, the older contexts, the older proof.

``older.json`` was signed by ``@digitalcredentials/vc`` 10.0.2 with its own contexts, for a
``did:key``; each is named by the version of its Open Badges context, and its proof.
"""

from __future__ import annotations

import copy
import datetime
import json
from pathlib import Path

import pytest

from credentials.vc import clr, pinned, verify
from credentials.vc.verify import Verdict
from tests.credentials.vc import others, samples
from tests.credentials.vc.others import Others

OLDER = json.loads((Path(__file__).parent / "older.json").read_text())
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
EARLIER, LATER = NOW.replace(year=2020), NOW.replace(year=2034)


def check(document: dict, *, at: datetime.datetime = NOW, **known) -> verify.Report:
    return verify.verify(json.dumps(document), resolver=Others(**known), at=at)


@pytest.mark.parametrize("name", OLDER)
def test_it_is_valid_in_its_time(name):
    verdicts = [check(OLDER[name], at=at).verdict for at in (EARLIER, NOW, LATER)]

    assert verdicts == [Verdict.NOT_YET_VALID, Verdict.VALID, Verdict.EXPIRED]


@pytest.mark.parametrize("name", OLDER)
def test_changed_it_is_not(name):
    assert check(samples.with_one_letter_changed(OLDER[name])).verdict == Verdict.INVALID


def test_when_it_ends_is_said_by_the_names_of_its_model():
    """A name of the other model would say nothing to its issuer."""
    document = OLDER["3.0.1 2020"] | {"validUntil": "2024-01-01T00:00:00Z"}

    assert check(document).outcome_of("proof") == verify.Outcome.FAILED


def test_a_badge_has_the_date_that_its_model_requires():
    document = copy.deepcopy(OLDER["3.0.1 2020"])
    document["validFrom"] = document.pop("issuanceDate")

    report = check(document)

    assert (report.verdict, report.checks[-1].name) == (Verdict.INVALID, "form")
    assert "issuanceDate" in report.checks[-1].words


def test_as_a_jwt_it_is_held_to_its_own_dates():
    document = {name: value for name, value in OLDER["3.0.1 2020"].items() if name != "proof"}
    document["issuer"]["id"] = others.DID
    said = {"iss": others.DID, "jti": document["id"], "sub": "did:example:ada"}
    dates = {"nbf": 1_677_922_200, "exp": 1_993_541_400}
    known = {others.DID: others.described({"publicKeyJwk": others.jwk_of(others.P256)})}

    def verdict(**claims) -> Verdict:
        token = others.token(document, claims=said | claims, kid=f"{others.DID}#1")
        return verify.verify(token, resolver=Others(dids=known), at=NOW).verdict

    assert verdict(**dates) == Verdict.VALID
    assert verdict(**dates | {"exp": 1_993_541_401}) == Verdict.INVALID
    assert verdict() == Verdict.INVALID


def of_today(*contexts: str, **values) -> dict:
    """Of data model 2.0, signed by an issuer of which the key is known."""
    document = others.unsigned(**values)
    document["@context"] = [pinned.CREDENTIALS_V2, *contexts]
    del document["credentialSubject"]["achievement"]["inLanguage"]
    return document


def known_by_multikey() -> dict:
    return {others.DID: others.described(others.multikey_of(others.ED25519))}


def test_the_context_before_the_last_is_read_with_the_newer_model():
    document = others.signed(of_today(pinned.OPEN_BADGES_3_0_2))

    assert check(document, dids=known_by_multikey()).verdict == Verdict.VALID


@pytest.mark.parametrize("context", [pinned.OPEN_BADGES_3_0, pinned.OPEN_BADGES_3_0_1])
def test_the_first_contexts_contradict_the_newer_model(context):
    """They define again what that protects: no processor of JSON-LD takes them together."""
    document = {**of_today(context), "proof": others.signed()["proof"]}

    report = check(document, dids=known_by_multikey())

    assert (report.verdict, report.checks[-1].name) == (Verdict.INVALID, "proof")
    assert "protected" in report.checks[-1].words


def test_a_transcript_by_the_first_context_of_clr_is_read():
    document = samples.transcript()
    del document["proof"], document["partial"]
    # That context has no word for whom it is about but an id.
    subject = document["credentialSubject"]
    subject["id"] = "did:example:ada"
    del subject["identifier"]
    document["@context"] = [pinned.CLR_2_0 if one == pinned.CLR else one for one in clr.CONTEXTS]
    lists = {samples.LIST_URL: samples.signed_list()}

    report = check(samples.sign(document), dids={samples.DID: samples.did_document()}, lists=lists)

    assert report.verdict == Verdict.VALID
