from __future__ import annotations

import datetime
import json
import subprocess
import sys
import threading

import pytest
from django.conf import settings as our_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection

from config import gunicorn
from config.celery import refuse_to_work_without_the_key
from credentials import addresses, keys, verifying
from credentials.documents import did_document
from credentials.models import Credential, SigningKey
from credentials.vc import data_integrity, jwt, multikey, template
from credentials.vc.verify import Verdict
from tests.credentials.awards import due_awards, issue_all, issued
from tests.factories import TUESDAY, OrganizationFactory, published_course

LATER = TUESDAY + datetime.timedelta(days=1)
pytestmark = pytest.mark.django_db


def key_of(kind=keys.Kind.ED25519, **values) -> SigningKey:
    return keys.active_key(organization=OrganizationFactory(**values), kind=kind, at=TUESDAY)


def test_asking_again_gives_the_same_key():
    organization = OrganizationFactory()

    first = keys.active_key(organization=organization, at=TUESDAY)

    assert keys.active_key(organization=organization, at=LATER) == first


def test_an_ed25519_key_signs_what_its_public_half_verifies():
    key = key_of()

    signature = keys.open_key(key).sign(b"text")

    multikey.decode_ed25519(key.public_key_multibase).verify(signature, b"text")


def test_a_p256_key_signs_what_its_public_half_verifies():
    key = key_of(keys.Kind.P256)

    signature = keys.open_key(key).sign(b"text")

    public_key = multikey.decode_p256(key.public_key_multibase)
    assert jwt.is_signature_valid(b"text", signature, public_key=public_key)


def test_sealing_the_same_key_shows_nothing_of_it():
    key = key_of()

    raw = keys.open_key(key).private_bytes_raw()

    assert raw not in bytes(key.sealed_private_key)


def test_another_key_encryption_key_opens_nothing(settings):
    key = key_of()
    settings.KEY_ENCRYPTION_KEY = "ff" * 32

    with pytest.raises(keys.CannotOpenKey):
        keys.open_key(key)


def test_a_sealed_key_does_not_open_in_another_row():
    mine, other = key_of(), key_of()
    other.sealed_private_key = mine.sealed_private_key

    with pytest.raises(keys.CannotOpenKey):
        keys.open_key(other)


def test_a_process_without_the_key_encryption_key_opens_nothing(settings):
    key = key_of()
    settings.KEY_ENCRYPTION_KEY = ""

    with pytest.raises(keys.CannotOpenKey, match="Only workers"):
        keys.open_key(key)


AS_WEB = """
import django
django.setup()
from credentials import keys
from credentials.models import SigningKey
from config import wsgi
try:
    keys.open_key(SigningKey(kind="Ed25519", fragment="key-1", sealed_private_key=b"x" * 60))
except keys.CannotOpenKey as error:
    print(error)
"""


def test_a_web_process_in_production_starts_without_it_and_opens_nothing():
    environment = {
        "PATH": "/usr/bin",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "CAIRN_ENV": "production",
        "CAIRN_BASE_URL": "https://cairn.example",
        "SECRET_KEY": "-".join(map(str, range(30))),
        "DATABASE_URL": "postgres://cairn@localhost/cairn",
        "REDIS_URL": "redis://localhost:6379/0",
    }

    said = subprocess.run(
        [sys.executable, "-c", AS_WEB],
        env=environment,
        cwd=our_settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    )

    assert said.stdout == "Only workers have the key-encryption key.\n"


def test_a_web_process_forgets_the_key_that_it_was_given(settings, monkeypatch):
    monkeypatch.setenv("CAIRN_KEY_ENCRYPTION_KEY", "00" * 32)
    key = key_of()
    settings.REDIS_URL = "redis://localhost:6379/0"

    gunicorn.post_fork(None, None)

    with pytest.raises(keys.CannotOpenKey):
        keys.open_key(key)


def test_a_worker_does_not_start_without_it(settings):
    settings.KEY_ENCRYPTION_KEY = ""

    with pytest.raises(ImproperlyConfigured, match="CAIRN_KEY_ENCRYPTION_KEY"):
        refuse_to_work_without_the_key()


def test_the_key_encryption_key_may_come_from_a_file(tmp_path, monkeypatch):
    from config.settings import key_encryption_key

    path = tmp_path / "kek"
    path.write_text("ab" * 32 + "\n")
    monkeypatch.setenv("CAIRN_KEY_ENCRYPTION_KEY_FILE", str(path))

    assert key_encryption_key() == "ab" * 32


def test_what_a_retired_key_signed_goes_on_verifying():
    (credential,) = issued()

    keys.rotate(organization=credential.key.organization, at=LATER)

    assert verifying.verify_stored(credential).verdict == Verdict.VALID


def test_the_did_document_lists_keys_of_both_kinds_and_retired_ones():
    organization = OrganizationFactory()
    keys.rotate(organization=organization, at=TUESDAY)
    keys.rotate(organization=organization, at=LATER)

    document = did_document(organization)

    names = ("key-1", "key-2", "key-2-jwk", "key-3", "key-4", "key-4-jwk")
    ids = [f"{addresses.issuer_did(organization)}#{name}" for name in names]
    methods = document["verificationMethod"]
    assert [method["id"] for method in methods] == ids
    assert document["assertionMethod"] == ids
    multikeys = [method["publicKeyMultibase"] for method in methods if method["type"] == "Multikey"]
    assert [multibase[:3] for multibase in multikeys] == ["z6M", "zDn"] * 2


def test_rotating_by_command():
    organization = OrganizationFactory(slug="harbor")

    call_command("rotate_keys", "harbor", verbosity=0)

    assert SigningKey.objects.active().filter(organization=organization).count() == 2


def test_rotating_an_unknown_organization_says_so():
    with pytest.raises(CommandError, match="No organization"):
        call_command("rotate_keys", "nobody")


def test_an_organization_has_one_active_key_of_each_kind():
    organization = OrganizationFactory()
    keys.rotate(organization=organization, at=TUESDAY)
    keys.rotate(organization=organization, at=LATER)

    with pytest.raises(IntegrityError):
        SigningKey.objects.update(retired_at=None)


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "RSA"},
        {"device_label": "both"},
        {"sealed_private_key": b""},
        {"distrusted_at": TUESDAY},
    ],
)
def test_a_key_that_makes_no_sense_is_refused(values):
    key = key_of()

    with pytest.raises(IntegrityError):
        SigningKey.objects.filter(pk=key.pk).update(**values)


def test_a_fragment_names_one_key():
    keys.rotate(organization=OrganizationFactory(), at=TUESDAY)

    with pytest.raises(IntegrityError):
        SigningKey.objects.update(fragment="key-1")


@pytest.mark.django_db(transaction=True)
def test_a_thousand_issues_with_five_rotations_all_name_the_key_that_signed_them():
    course = published_course()
    organization = course.awarding_body
    due_awards(1000, achievement=course.achievement)
    errors = []

    def issue() -> None:
        try:
            issue_all()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    crew = [threading.Thread(target=issue) for _ in range(2)]
    for one in crew:
        one.start()
    for n in range(5):
        keys.rotate(organization=organization, at=LATER + datetime.timedelta(hours=n))
    for one in crew:
        one.join()

    public = {
        addresses.key_id(key): multikey.decode_ed25519(key.public_key_multibase)
        for key in SigningKey.objects.filter(kind=keys.Kind.ED25519)
    }
    assert errors == []
    assert Credential.objects.count() == 1000
    for content in Credential.objects.values_list("document", flat=True):
        document = json.loads(bytes(content))
        proof = document["proof"]
        key = public[proof["verificationMethod"]]
        assert data_integrity.is_proof_valid(
            template.shared(document), proof, public_key=key, by_template=True
        )
