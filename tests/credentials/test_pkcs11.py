"""Keys in a device, with SoftHSM for one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from credentials import keys, vaults, verifying
from credentials.models import SigningKey
from credentials.vc import jwt, multikey
from credentials.vc.verify import Verdict
from tests.credentials.awards import issued
from tests.factories import TUESDAY, OrganizationFactory

MODULES = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
]
MODULE = next((path for path in MODULES if Path(path).exists()), "")
pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not MODULE, reason="SoftHSM is not installed: apt install softhsm2"),
]


@pytest.fixture(scope="module", autouse=True)
def token(tmp_path_factory):
    """A token of its own for these tests; the library reads its folder once per process."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        subprocess.run(
            [
                *("softhsm2-util", "--init-token", "--free", "--label", "cairn"),
                *("--pin", "1234", "--so-pin", "5678"),
            ],
            check=True,
            capture_output=True,
        )
        yield


@pytest.fixture(autouse=True)
def device(settings):
    settings.PKCS11_MODULE = MODULE
    settings.PKCS11_TOKEN = "cairn"
    settings.PKCS11_PIN = "1234"


def test_a_new_key_is_made_in_the_device_and_nothing_of_it_is_stored():
    key = keys.active_key(organization=OrganizationFactory(), at=TUESDAY)

    assert key.device_label.startswith(f"cairn-{key.organization_id}-key-1-")
    assert bytes(key.sealed_private_key) == b""


def test_its_ed25519_signature_verifies():
    key = keys.active_key(organization=OrganizationFactory(), at=TUESDAY)

    signature = keys.open_key(key).sign(b"text")

    multikey.decode_ed25519(key.public_key_multibase).verify(signature, b"text")


def test_its_es256_signature_verifies():
    key = keys.active_key(organization=OrganizationFactory(), kind=keys.Kind.P256, at=TUESDAY)

    signature = keys.open_key(key).sign(b"text")

    public_key = multikey.decode_p256(key.public_key_multibase)
    assert jwt.is_signature_valid(b"text", signature, public_key=public_key)


def test_a_credential_that_the_device_signed_verifies():
    (credential,) = issued()

    assert credential.key.device_label
    assert verifying.verify_stored(credential).verdict == Verdict.VALID


def test_sealed_keys_still_open(settings):
    settings.PKCS11_MODULE = ""
    key = keys.active_key(organization=OrganizationFactory(), at=TUESDAY)
    settings.PKCS11_MODULE = MODULE

    signature = keys.open_key(key).sign(b"text")

    multikey.decode_ed25519(key.public_key_multibase).verify(signature, b"text")


def test_a_key_that_the_device_does_not_have_is_said_to_be_missing():
    key = SigningKey(organization=OrganizationFactory(), device_label="gone")

    with pytest.raises(keys.CannotOpenKey):
        keys.open_key(key)


@pytest.mark.parametrize("name", ["PKCS11_PIN", "PKCS11_TOKEN"])
def test_a_device_that_does_not_let_us_in_says_so(settings, name):
    setattr(settings, name, "wrong")

    with pytest.raises(vaults.CannotOpenKey):
        vaults.device_vault()
