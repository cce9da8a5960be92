"""Where private keys are kept, and how they sign: sealed in a row, or inside a device.

A key management service would be another vault. Only workers hold what a vault needs: web
processes cannot open any key.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from django.conf import settings

from credentials.models import SigningKey
from credentials.vaults.interface import CannotOpenKey, Kind, Signer, Vault
from credentials.vaults.sealed import SealedKeys

__all__ = ["CannotOpenKey", "Kind", "Signer", "device_vault", "open_key", "vault_for_new_keys"]


def open_key(key: SigningKey) -> Signer:
    """The private half, for a worker. Raises ``CannotOpenKey``."""
    return (device_vault() if key.device_label else SealedKeys()).open(key)


def vault_for_new_keys() -> Vault:
    return device_vault() if settings.PKCS11_MODULE else SealedKeys()


def device_vault() -> Vault:
    # Its library is installed only where there is such a device.
    make: Callable[[], Vault] = import_module("credentials.vaults.pkcs11").DeviceKeys
    return make()
