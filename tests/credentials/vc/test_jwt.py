from __future__ import annotations

import base64
import json
from typing import Any

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import assume, given, settings

from credentials.vc import data_integrity, did, jwt, multikey, status_list, verify
from credentials.vc.canonical import NotCanonical
from credentials.vc.hygiene import UncleanText
from credentials.vc.verify import Verdict
from tests.credentials.vc import samples
from tests.credentials.vc.random_documents import credentials

KEY = ec.derive_private_key(0xC0FFEE, ec.SECP256R1())
OTHER_KEY = ec.derive_private_key(0xBADCAFE, ec.SECP256R1())
KEY_ID = f"{samples.DID}#key-2"
DOCUMENT = json.dumps(samples.signed(), ensure_ascii=False).encode()


class Known:
    def __init__(self, *, revoked=()) -> None:
        self.revoked = revoked

    def did_document(self, identifier: str) -> Any:
        keys = [
            did.Key(
                id=samples.KEY_ID,
                public_key_multibase=multikey.encode_ed25519(samples.KEY.public_key()),
            ),
            did.Key(id=KEY_ID, public_key_multibase=multikey.encode_p256(KEY.public_key())),
        ]
        return did.document(samples.DID, keys) if identifier == samples.DID else None

    def status_list(self, url: str) -> Any:
        return samples.signed_list(revoked=self.revoked) if url == samples.LIST_URL else None


def sign(document: bytes = DOCUMENT, *, key=KEY, **values) -> str:
    header = jwt.header(key.public_key(), key_id=did.jwk_id(KEY_ID))
    return jwt.sign(document, header=header, private_key=jwt.PrivateKey(key), **values).decode()


def forge(token: str, *, header=None, payload=None, key=KEY) -> str:
    """Another header or payload, signed as it should be."""
    parts = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]]
    texts = [
        base64.urlsafe_b64encode(json.dumps({**part, **(more or {})}).encode()).rstrip(b"=")
        for part, more in zip(parts, (header, payload), strict=True)
    ]
    signed = b".".join(texts)
    signature = base64.urlsafe_b64encode(jwt.PrivateKey(key).sign(signed)).rstrip(b"=")
    return f"{signed.decode()}.{signature.decode()}"


def check(token: str, **known) -> verify.Report:
    return verify.verify(token, resolver=Known(**known), at=samples.WEDNESDAY)


def test_a_fresh_jwt_is_valid():
    report = check(sign())

    assert report.is_valid
    assert [item.name for item in report.checks] == ["form", "issuer", "proof", "status", "dates"]


def test_its_document_is_the_credential_without_its_proof():
    expected = {name: value for name, value in samples.signed().items() if name != "proof"}

    assert check(sign()).document == expected


def test_another_library_verifies_it_and_reads_its_claims():
    claims = pyjwt.decode(sign(), KEY.public_key(), algorithms=["ES256"])

    assert {name: claims[name] for name in jwt.CLAIMS if name in claims} == {
        "iss": samples.DID,
        "jti": "https://learn.example/credentials/a1b2",
        "nbf": int(samples.TUESDAY.timestamp()),
    }
    assert "vc" not in claims


def test_its_header_names_the_key_and_carries_it():
    header = pyjwt.get_unverified_header(sign())

    assert (header["alg"], header["typ"], header["kid"]) == (
        "ES256",
        "vc+jwt",
        did.jwk_id(KEY_ID),
    )
    assert header["jwk"] == did.jwk(KEY.public_key())
    assert pyjwt.PyJWK(header["jwk"], "ES256").key == KEY.public_key()


@settings(max_examples=40, deadline=None)
@given(credentials())
def test_any_credential_says_the_same_as_a_jwt(document):
    try:
        signed = data_integrity.sign(
            document,
            private_key=samples.KEY,
            verification_method=samples.KEY_ID,
            created=samples.TUESDAY,
        )
    except (NotCanonical, UncleanText):
        assume(False)

    said = pyjwt.decode(sign(signed), KEY.public_key(), options={"verify_signature": False})

    assert {name: said[name] for name in document} == json.loads(json.dumps(document))
    assert said["jti"] == document["id"]
    assert said.get("sub") == document["credentialSubject"].get("id")
    assert ("exp" in said) == ("validUntil" in document)


def test_claims_that_do_not_fit_are_read_from_the_document():
    wrong = jwt.Claims(
        issuer=samples.DID, id="x", valid_from="2025-03-04T09:30:00Z", subject="did:example:1"
    )

    assert check(sign(claims=wrong)).is_valid


def test_one_letter_changed_is_noticed():
    header, payload, signature = sign().split(".")
    changed = payload[:200] + ("A" if payload[200] != "A" else "B") + payload[201:]

    assert not check(f"{header}.{changed}.{signature}").is_valid


def test_another_key_does_not_fit():
    report = check(sign(key=OTHER_KEY))

    assert (report.verdict, report.checks[-1].name) == (Verdict.INVALID, "proof")


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "HS256"}, {"alg": "EdDSA"}, {"crit": ["exp"]}],
)
def test_another_algorithm_is_refused(header):
    assert check(forge(sign(), header=header)).verdict == Verdict.INVALID


@pytest.mark.parametrize(
    "header",
    [
        {"kid": KEY_ID},
        {"kid": KEY_ID, "jwk": None},
        # As they were signed before: the name stood in the key.
        {"kid": None, "jwk": {**did.jwk(KEY.public_key()), "kid": KEY_ID}},
    ],
)
def test_the_key_may_be_named_as_a_multikey(header):
    assert check(forge(sign(), header=header)).is_valid


@pytest.mark.parametrize("kid", [samples.KEY_ID, "did:web:evil.example#key-2", None, ["x"]])
def test_a_key_that_the_issuer_does_not_list_for_it_is_refused(kid):
    report = check(forge(sign(), header={"kid": kid, "jwk": None}))

    assert (report.verdict, report.checks[-1].name) == (Verdict.INVALID, "issuer")


@pytest.mark.parametrize(
    "payload",
    [
        {"iss": "did:web:evil.example"},
        {"jti": "urn:x"},
        {"nbf": 1},
        {"sub": "did:example:1"},
        {"exp": 9_999_999_999},
    ],
)
def test_claims_that_contradict_the_credential_are_refused(payload):
    report = check(forge(sign(), payload=payload))

    assert report.verdict == Verdict.INVALID
    assert "says something else" in report.checks[-1].words


def test_a_revoked_one_is_known_as_revoked():
    assert check(sign(), revoked=[samples.INDEX]).verdict == Verdict.REVOKED


@pytest.mark.parametrize("token", ["ey.ey.ey", "eyJh.é.x", "ey..", "eyJhIjoxfQ.W10.AA"])
def test_what_only_looks_like_one_is_refused(token):
    report = check(token)

    assert (report.verdict, report.checks[-1].name) == (Verdict.INVALID, "form")


@pytest.mark.parametrize("name", ["iss", "jti", "nbf"])
def test_a_claim_that_is_missing_is_refused(name):
    claims = pyjwt.decode(sign(), options={"verify_signature": False})
    del claims[name]
    token = pyjwt.encode(
        claims, KEY, algorithm="ES256", headers=pyjwt.get_unverified_header(sign())
    )

    assert check(token).verdict == Verdict.INVALID


def test_two_entries_are_looked_up_each_in_its_own_list():
    document = samples.unsigned()
    url = f"{samples.LIST_URL}/suspension"
    document["credentialStatus"] = [
        status_list.entry(samples.LIST_URL, samples.INDEX),
        status_list.entry(url, samples.INDEX, purpose=status_list.Purpose.SUSPENSION),
    ]
    suspended = samples.sign(
        status_list.document(
            url=url,
            issuer=samples.DID,
            valid_from=data_integrity.timestamp(samples.TUESDAY),
            encoded_list=status_list.encode([samples.INDEX]),
            purpose=status_list.Purpose.SUSPENSION,
        )
    )
    known = Known()
    known.status_list = {samples.LIST_URL: samples.signed_list(), url: suspended}.get

    report = verify.verify(json.dumps(samples.sign(document)), resolver=known, at=samples.WEDNESDAY)

    assert report.verdict == Verdict.SUSPENDED
