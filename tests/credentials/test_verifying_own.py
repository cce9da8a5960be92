"""The quick way for what is stored here says what the long way says."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from credentials import keys, verifying, verifying_own
from credentials.models import Credential, SigningKey
from credentials.models.credentials import GUARDS
from credentials.vc import own
from credentials.vc.verify import Verdict
from lib import db_guards
from tests.credentials.awards import issued
from tests.factories import TUESDAY

pytestmark = pytest.mark.django_db


def change(credential: Credential, old: bytes, new: bytes) -> None:
    """What no guard would let happen."""
    document = bytes(credential.document)
    assert old in document
    db_guards.remove(connection, GUARDS)
    Credential.objects.filter(pk=credential.pk).update(document=document.replace(old, new))
    db_guards.install(connection, GUARDS)


@pytest.fixture
def credentials():
    """The first leaves its form behind, and the others are read by it."""
    own._forms.clear()
    found = issued(3)
    assert verifying_own.verify_id(found[0].public_id).is_valid
    return found


def test_it_says_what_the_long_way_says(credentials):
    quick = [verifying_own.verify_id(one.public_id) for one in credentials]
    whole = [verifying.verify_stored(one) for one in credentials]

    assert [report.checks for report in quick] == [report.checks for report in whole]
    assert [report.document for report in quick] == [report.document for report in whole]


def test_the_form_of_the_first_fits_the_others(credentials, monkeypatch):
    monkeypatch.setattr(own.template, "shared", None)

    assert verifying_own.verify_id(credentials[1].public_id).is_valid


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Learner 1", b"Learner 7"),
        (b'"name": "', b'"name": "Most '),
        (b'"validFrom": "2', b'"validFrom": "1'),
        (b'"proofValue": "z', b'"proofValue": "z1'),
        (b'"statusListIndex": "', b'"statusListIndex": "1'),
        (b'"hashed": true', b'"hashed": false'),
        (b'{"@context"', b'{"id": "https://other.example/1", "@context"'),
    ],
)
def test_what_was_changed_is_found(credentials, old, new):
    change(credentials[1], old, new)

    report = verifying_own.verify_id(credentials[1].public_id)

    assert report.verdict == Verdict.INVALID


def test_another_spelling_of_the_same_is_taken_the_long_way(credentials):
    document = bytes(credentials[1].document)
    spelled = json.dumps(json.loads(document), ensure_ascii=False, separators=(",", ":"))
    change(credentials[1], document, spelled.encode())

    assert verifying_own.verify_id(credentials[1].public_id).is_valid


def test_a_key_that_is_not_trusted_any_more_is_no_key(credentials):
    keys.rotate(organization=credentials[0].key.organization, at=TUESDAY)
    SigningKey.objects.filter(pk=credentials[0].key_id).update(distrusted_at=TUESDAY)

    report = verifying_own.verify_id(credentials[1].public_id)

    assert report.verdict == Verdict.INVALID
