from __future__ import annotations

import copy
import datetime
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.vc import data_integrity, did, multikey, status_list, verify
from credentials.vc.verify import Outcome, Report, Verdict
from tests.credentials.vc import samples
from tests.tries import tries

SIGNED = samples.signed()
DID_DOCUMENT = samples.did_document()
STATUS_LIST = samples.signed_list()
REVOKED_LIST = samples.signed_list(revoked=[samples.INDEX])


class Known:
    """A resolver that knows one issuer and one list."""

    def __init__(self, *, described: Any = DID_DOCUMENT, listed: Any = STATUS_LIST) -> None:
        self.described = described
        self.listed = listed

    def did_document(self, did: str) -> Any:
        return self.described if did == samples.DID else None

    def status_list(self, url: str) -> Any:
        return self.listed if url == samples.LIST_URL else None


def check(document: Any, *, at: datetime.datetime = samples.WEDNESDAY, **known: Any) -> Report:
    source = document if isinstance(document, str | bytes) else json.dumps(document)
    return verify.verify(source, resolver=Known(**known), at=at)


def resigned(**values: Any) -> dict[str, Any]:
    return samples.sign(samples.unsigned() | values)


def last(report: Report) -> tuple[str, Outcome]:
    return report.checks[-1].name, report.checks[-1].outcome


def test_a_fresh_credential_is_valid():
    report = check(SIGNED)

    assert report.is_valid
    assert [(item.name, item.outcome) for item in report.checks] == [
        ("form", "passed"),
        ("issuer", "passed"),
        ("proof", "passed"),
        ("status", "passed"),
        ("dates", "passed"),
    ]


def test_every_check_is_said_in_a_sentence():
    assert all(item.words[0].isupper() and item.words[-1] == "." for item in check(SIGNED).checks)


def test_bytes_and_text_are_read_alike():
    assert check(json.dumps(SIGNED, ensure_ascii=False).encode()).is_valid


def test_a_proof_in_a_list_of_one_is_read():
    assert check(SIGNED | {"proof": [SIGNED["proof"]]}).is_valid


# Proof


def test_one_letter_changed_is_invalid():
    report = check(samples.with_one_letter_changed(SIGNED))

    assert report.verdict == Verdict.INVALID
    assert "was changed after signing" in report.checks[-1].words


def test_without_a_proof_it_is_invalid():
    report = check(samples.unsigned())

    assert (report.verdict, last(report)) == (Verdict.INVALID, ("proof", "failed"))


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("type", "Ed25519Signature2020"),
        ("cryptosuite", "bbs-2023"),
        ("proofPurpose", "authentication"),
    ],
)
def test_another_kind_of_proof_is_invalid(term, value):
    report = check(SIGNED | {"proof": SIGNED["proof"] | {term: value}})

    assert (report.verdict, last(report)) == (Verdict.INVALID, ("proof", "failed"))


def test_a_status_entry_cannot_hide_behind_its_iri():
    hidden = copy.deepcopy(SIGNED)
    entry = hidden.pop("credentialStatus")
    hidden["https://www.w3.org/2018/credentials#credentialStatus"] = entry

    assert check(hidden, listed=REVOKED_LIST).verdict == Verdict.INVALID


def test_a_term_cannot_be_slipped_in():
    report = check(SIGNED | {"honors": "summa cum laude"})

    assert report.verdict == Verdict.INVALID
    assert "honors" in report.checks[-1].words


# Issuer


def test_an_unknown_issuer_is_its_own_verdict():
    report = check(SIGNED, described=None)

    assert report.verdict == Verdict.UNKNOWN_ISSUER
    assert [(item.name, item.outcome) for item in report.in_full()] == [
        ("form", "passed"),
        ("issuer", "unknown"),
        ("proof", "skipped"),
        ("status", "skipped"),
        ("dates", "unknown"),
    ]


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ({"validUntil": "2025-03-04T23:59:59Z"}, "It expired on 04 March 2025."),
        ({"validFrom": "2999-01-01T00:00:00Z"}, "It is not valid before"),
        ({"validUntil": "some day"}, "One of its dates is not a date"),
    ],
)
def test_what_has_ended_of_an_unknown_issuer_says_so_too(dates, said):
    report = check(resigned(**dates), described=None)

    assert (report.verdict, last(report)) == (Verdict.UNKNOWN_ISSUER, ("dates", "failed"))
    assert report.checks[-1].words.startswith(said)


def test_a_key_that_certifies_itself_shows_no_issuer():
    public = multikey.encode_ed25519(samples.OTHER_KEY.public_key())
    document = samples.unsigned() | {"issuer": f"did:key:{public}"}
    signed = samples.sign(
        document, key=samples.OTHER_KEY, verification_method=f"did:key:{public}#{public}"
    )

    assert check(signed).verdict == Verdict.UNKNOWN_ISSUER


def test_a_key_that_the_issuer_does_not_list_is_invalid():
    public = multikey.encode_ed25519(samples.OTHER_KEY.public_key())
    signed = samples.sign(
        samples.unsigned(),
        key=samples.OTHER_KEY,
        verification_method=f"did:key:{public}#{public}",
    )

    report = check(signed)

    assert (report.verdict, last(report)) == (Verdict.INVALID, ("issuer", "failed"))


def test_a_compromised_key_is_invalid():
    public = multikey.encode_ed25519(samples.KEY.public_key())
    key = did.Key(id=samples.KEY_ID, public_key_multibase=public, is_compromised=True)

    assert check(SIGNED, described=did.document(samples.DID, [key])).verdict == Verdict.INVALID


def test_a_key_of_another_controller_is_invalid():
    described = copy.deepcopy(DID_DOCUMENT)
    described["verificationMethod"][0]["controller"] = "did:web:evil.example"

    assert check(SIGNED, described=described).verdict == Verdict.INVALID


@pytest.mark.parametrize("issuer", ["", "did:web:a%00b", "did:web:a\nb", 5, [], {"name": "x"}])
def test_an_issuer_without_a_usable_identifier_is_bad_form(issuer):
    assert last(check(SIGNED | {"issuer": issuer})) == ("form", "failed")


# Status


def test_a_revoked_credential_is_revoked():
    report = check(SIGNED, listed=REVOKED_LIST)

    assert (report.verdict, last(report)) == (Verdict.REVOKED, ("status", "failed"))


def test_without_a_status_entry_that_check_is_skipped():
    document = samples.unsigned()
    del document["credentialStatus"]

    report = check(samples.sign(document))

    assert report.is_valid
    assert ("status", "skipped") in [(item.name, item.outcome) for item in report.checks]


def unsigned_list(**values: Any) -> dict[str, Any]:
    document = status_list.document(
        url=samples.LIST_URL,
        issuer=samples.DID,
        valid_from=data_integrity.timestamp(samples.TUESDAY),
        encoded_list=status_list.encode([]),
    )
    return document | values


BAD_LISTS = {
    "missing": None,
    "unsigned": unsigned_list(),
    "tampered": REVOKED_LIST | {"credentialSubject": STATUS_LIST["credentialSubject"]},
    "another issuer's": samples.sign(unsigned_list(issuer="did:web:evil.example")),
    "another list": samples.sign(unsigned_list(id="https://learn.example/status/other")),
    "signed by another key": samples.sign(unsigned_list(), key=samples.OTHER_KEY),
    "another kind": samples.sign(unsigned_list(type=["VerifiableCredential"])),
    "outdated": samples.sign(unsigned_list(validUntil="2025-03-04T10:00:00Z")),
    "too short": samples.sign(
        unsigned_list(
            credentialSubject=unsigned_list()["credentialSubject"] | {"encodedList": "uAA"}
        )
    ),
}


@pytest.mark.parametrize("listed", BAD_LISTS.values(), ids=BAD_LISTS)
def test_a_list_that_cannot_be_trusted_is_never_green(listed):
    report = check(SIGNED, listed=listed)

    assert (report.verdict, last(report)) == (Verdict.INVALID, ("status", "failed"))


@pytest.mark.parametrize("index", ["-1", "131072", "1e3", "٣", "9" * 40, ""])
def test_a_bad_place_is_never_green(index):
    entry = samples.unsigned()["credentialStatus"] | {"statusListIndex": index}

    assert check(resigned(credentialStatus=entry)).verdict == Verdict.INVALID


# Dates


def test_before_its_first_day_it_is_not_yet_valid():
    report = check(SIGNED, at=samples.TUESDAY - datetime.timedelta(hours=1))

    assert (report.verdict, last(report)) == (Verdict.NOT_YET_VALID, ("dates", "failed"))


def test_a_clock_may_be_a_little_behind_the_issuers():
    assert check(SIGNED, at=samples.TUESDAY - datetime.timedelta(seconds=5)).is_valid


def test_after_its_last_day_it_is_expired():
    report = check(resigned(validUntil="2025-03-04T23:59:59+00:00"))

    assert (report.verdict, last(report)) == (Verdict.EXPIRED, ("dates", "failed"))


@pytest.mark.parametrize("date", ["soon", "2025-03-04T09:30:00", "0001-01-01T00:00:00+14:00"])
def test_a_bad_date_is_invalid(date):
    assert check(resigned(validFrom=date)).verdict == Verdict.INVALID


# Bad input


@pytest.mark.parametrize(
    "source",
    [
        "",
        b"\xff\xfe\x00",
        "not json",
        "[]",
        "5",
        "null",
        '"text"',
        "{}",
        '{"id": 1, "id": 2}',
        '{"a": NaN}',
        "[" * 100_000,
        '{"a":' * 5_000,
        "9" * 5_000,
        " " * (verify.MAX_BYTES + 1),
        json.dumps(SIGNED | {"name": "\ud800"}),
        json.dumps(SIGNED | {"a": [[]] * verify.MAX_NODES}),
        json.dumps(SIGNED | {"@context": "https://www.w3.org/ns/credentials/v2"}),
        json.dumps(SIGNED | {"@context": ["https://www.w3.org/2018/credentials/v1"]}),
        json.dumps(SIGNED | {"type": "OpenBadgeCredential"}),
        json.dumps(SIGNED | {"credentialSubject": []}),
    ],
)
def test_bad_form_is_invalid_and_nothing_more_is_checked(source):
    report = check(source)

    assert report.verdict == Verdict.INVALID
    assert [(item.name, item.outcome) for item in report.checks] == [("form", "failed")]


def test_an_unknown_context_is_named():
    contexts = [*SIGNED["@context"], "https://evil.example/context"]

    report = check(SIGNED | {"@context": contexts})

    assert report.verdict == Verdict.INVALID
    assert "https://evil.example/context" in report.checks[-1].words


TERMS = st.sampled_from(
    ["id", "type", "@id", "@type", "@value", "@context", "@language", "@list", "@set", "name"]
)
TEXTS = st.text(max_size=8) | st.sampled_from(["_:b", "did:web:x", "Achievement", "@json"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TERMS, inner, max_size=3),
    max_leaves=6,
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Any:
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(item, (*path, key))


@tries(150)
@given(st.sampled_from(list(paths(SIGNED))), VALUES)
def test_nothing_in_a_document_makes_it_raise(path, value):
    document = copy.deepcopy(SIGNED)
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value

    report = check(document)

    assert report.checks[-1].words.encode()
