from __future__ import annotations

import base64
import copy
import json
from typing import Any

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import assume, given
from hypothesis import strategies as st

from credentials.vc import data_integrity, did, jwt, multikey, status_list, verify
from credentials.vc.canonical import NotCanonical
from credentials.vc.hygiene import UncleanText
from credentials.vc.verify import Verdict
from tests.credentials.vc import samples
from tests.credentials.vc.random_documents import credentials
from tests.tries import tries

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


def envelope(key=KEY) -> jwt.Envelope:
    header = jwt.header(key.public_key(), key_id=did.jwk_id(KEY_ID))
    return jwt.Envelope(jwt.PrivateKey(key), header=header)


def sign(document: bytes = DOCUMENT, *, key=KEY) -> str:
    return envelope(key).close(document).decode()


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


def signed(document: dict[str, Any]) -> bytes:
    return data_integrity.sign(
        document,
        private_key=samples.KEY,
        verification_method=samples.KEY_ID,
        created=samples.TUESDAY,
    )


def plainly(document: dict[str, Any], claims: dict[str, Any]) -> str:
    """The payload, written as a whole."""
    said = json.dumps(document, ensure_ascii=False)[:-1]
    more = json.dumps(claims, separators=(",", ":"))[1:]
    return base64.urlsafe_b64encode(f"{said}, {more}".encode()).decode().rstrip("=")


@tries(40)
@given(st.lists(credentials(), min_size=1, max_size=4), st.booleans())
def test_a_batch_says_what_each_credential_says(documents, are_claims_known):
    batch = envelope()
    for document in documents:
        try:
            stored = signed(document)
        except (NotCanonical, UncleanText):
            assume(False)

        token = batch.close(stored, jwt.Claims.of(document) if are_claims_known else None)

        claims = pyjwt.decode(token, KEY.public_key(), options={"verify_signature": False})
        claims = {name: claims[name] for name in jwt.CLAIMS if name in claims}
        assert token.decode().split(".")[1] == plainly(document, claims)
        assert claims["jti"] == document["id"]
        assert claims.get("sub") == document["credentialSubject"].get("id")
        assert ("exp" in claims) == ("validUntil" in document)


@pytest.mark.parametrize("longer", range(4))
def test_what_two_credentials_share_is_written_alike_wherever_it_begins(longer):
    document = samples.unsigned()
    other = copy.deepcopy(document)
    other["name"] += "x" * longer
    batch = envelope()
    batch.close(signed(document))

    token = batch.close(signed(other)).decode()

    assert len(batch._shared) == 1
    claims = {"iss": samples.DID, "jti": document["id"], "nbf": int(samples.TUESDAY.timestamp())}
    assert token.split(".")[1] == plainly(other, claims)


def test_a_batch_of_many_achievements_shares_of_the_first_only():
    batch = envelope()
    for number in range(jwt.MOST_SHARED + 2):
        document = samples.unsigned()
        document["credentialSubject"]["achievement"]["name"] = f"Number {number}"

        assert check(batch.close(signed(document)).decode()).is_valid

    assert len(batch._shared) == jwt.MOST_SHARED


@given(st.binary(max_size=100))
def test_base64url_is_that_of_the_standard_library(data):
    assert jwt.encode(data) == base64.urlsafe_b64encode(data).rstrip(b"=")


@given(st.integers(1, 2**256 - 1), st.integers(1, 2**256 - 1))
def test_signatures_have_two_numbers_of_thirty_two_bytes(r, s):
    made = jwt.as_jwa(encode_dss_signature(r, s))

    assert made == r.to_bytes(32) + s.to_bytes(32)


@pytest.mark.parametrize(
    "wrong", [{"subject": "did:example:1"}, {"valid_until": "2999-01-01T00:00:00Z"}]
)
def test_claims_that_do_not_fit_are_read_from_the_document(wrong):
    claims = jwt.Claims(issuer=samples.DID, id="x", valid_from="2025-03-04T09:30:00Z", **wrong)

    assert check(envelope().close(DOCUMENT, claims).decode()).is_valid


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


@pytest.mark.parametrize(("key", "verdict"), [(KEY, Verdict.VALID), (OTHER_KEY, Verdict.INVALID)])
def test_a_transcript_may_enclose_one(key, verdict):
    document = samples.transcript(1)
    del document["proof"]
    document["credentialSubject"]["verifiableCredential"] = [sign(key=key)]

    report = check(json.dumps(samples.sign(document)))

    assert report.verdict == verdict
    assert "“Reading Tide Tables”" in report.checks[-1].words
