"""What one issuer signs, under a retired key and under the one in use, for others to check."""

from __future__ import annotations

import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from credentials.vc import did, documents, endorsements, jwt, multikey, status_list
from credentials.vc.data_integrity import timestamp
from tests.credentials.vc import samples

NEW_KEY_ID = f"{samples.DID}#key-3"
JWT_KEYS = {
    f"{samples.DID}#key-2": ec.derive_private_key(0xC0FFEE, ec.SECP256R1()),
    f"{samples.DID}#key-4": ec.derive_private_key(0xBADCAFE, ec.SECP256R1()),
}
OLD_JWT_KEY_ID, JWT_KEY_ID = JWT_KEYS
PAST = "2025-03-05T00:00:00Z"


def did_document(*, compromised: str = "") -> dict[str, Any]:
    """After one rotation: four keys, of which one may be in other hands."""
    keys = {
        samples.KEY_ID: multikey.encode_ed25519(samples.KEY.public_key()),
        NEW_KEY_ID: multikey.encode_ed25519(samples.OTHER_KEY.public_key()),
        **{name: multikey.encode_p256(key.public_key()) for name, key in JWT_KEYS.items()},
    }
    return did.document(
        samples.DID,
        [
            did.Key(id=name, public_key_multibase=key, is_compromised=name == compromised)
            for name, key in sorted(keys.items())
        ],
    )


def with_the_new_key(document: dict[str, Any] | None = None) -> dict[str, Any]:
    return samples.sign(
        document or samples.unsigned(), key=samples.OTHER_KEY, verification_method=NEW_KEY_ID
    )


def expired() -> dict[str, Any]:
    return samples.sign(samples.unsigned() | {"validUntil": PAST})


def endorsement() -> dict[str, Any]:
    return samples.sign(
        endorsements.endorsement(
            id="https://learn.example/endorsements/e5",
            name="Endorsement of Reading Tide Tables",
            issuer=documents.profile(samples.ISSUER),
            endorsed=samples.ACHIEVEMENT.id,
            comment="We hire\nwhoever holds it.",
            valid_from=samples.TUESDAY,
            status=status_list.entry(samples.LIST_URL, samples.INDEX),
        )
    )


def endorsed() -> dict[str, Any]:
    """A badge that carries what is said for it."""
    document = samples.unsigned()
    document["credentialSubject"]["achievement"]["endorsement"] = [endorsement()]
    return samples.sign(document)


def with_a_later_date(document: dict[str, Any]) -> dict[str, Any]:
    return document | {"validUntil": timestamp(samples.TUESDAY.replace(year=2199))}


def token(
    document: dict[str, Any] | None = None, *, key_id: str = JWT_KEY_ID, key: Any = None
) -> str:
    """The JWT, by the key of this name; another ``key`` only claims to be it."""
    named = JWT_KEYS[key_id]
    return jwt.sign(
        json.dumps(document or samples.signed(), ensure_ascii=False).encode(),
        header=jwt.header(named.public_key(), key_id=did.jwk_id(key_id)),
        private_key=jwt.PrivateKey(key or named),
    ).decode()


def with_another_payload(one: str, other: str) -> str:
    """Header and signature of the one token, around what the other says."""
    header, _, signature = one.split(".")
    return ".".join([header, other.split(".")[1], signature])
