"""Credentials as other issuers write and sign them, and who answers for their keys and lists."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt as pyjwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.vc import data_integrity, did, jwt, multikey, pinned
from credentials.vc.reports import Unreachable
from tests.credentials.vc import samples

DID = "did:web:issuer.example"
ED25519 = samples.OTHER_KEY
P256 = ec.derive_private_key(0xC0FFEE, ec.SECP256R1())
# Written out, because making one takes long.
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ALGORITHMS = {"EdDSA": ED25519, "ES256": P256, "RS256": RSA}
LIST_URL = "https://issuer.example/status/1"


def unsigned(**values: Any) -> dict[str, Any]:
    """An Open Badge without status, of an issuer with a ``did:web``."""
    document = samples.unsigned()
    del document["credentialStatus"]
    document["issuer"] = {"id": DID, "type": ["Profile"], "name": "Elsewhere"}
    return document | values


def generic(**values: Any) -> dict[str, Any]:
    """A credential that is no badge, and has as little as the data model asks for."""
    return {
        "@context": [pinned.CREDENTIALS_V2],
        "type": ["VerifiableCredential"],
        "issuer": DID,
        "credentialSubject": {"id": "did:example:ada"},
    } | values


def signed(
    document: dict[str, Any] | None = None, *, key_id: str = f"{DID}#1", key: Any = ED25519
) -> dict[str, Any]:
    return samples.sign(document or unsigned(), key=key, verification_method=key_id)


def signed_by_ecdsa(document: dict[str, Any]) -> dict[str, Any]:
    """With ``ecdsa-rdfc-2019``."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "ecdsa-rdfc-2019",
        "created": "2025-03-04T09:30:00Z",
        "verificationMethod": f"{DID}#1",
        "proofPurpose": "assertionMethod",
    }
    signature = jwt.PrivateKey(P256).sign(data_integrity._hash_data(document, proof))
    return {**document, "proof": {**proof, "proofValue": multikey.encode_base58btc(signature)}}


def jwk_of(key: Any) -> dict[str, Any]:
    """The public half."""
    algorithm = {
        Ed25519PrivateKey: pyjwt.algorithms.OKPAlgorithm,
        ec.EllipticCurvePrivateKey: pyjwt.algorithms.ECAlgorithm,
        rsa.RSAPrivateKey: pyjwt.algorithms.RSAAlgorithm,
    }
    (made,) = [made for kind, made in algorithm.items() if isinstance(key, kind)]
    jwk: dict[str, Any] = made.to_jwk(key.public_key(), as_dict=True)
    return {name: value for name, value in jwk.items() if name != "key_ops"}


def token(
    document: dict[str, Any] | None = None,
    *,
    algorithm: str = "ES256",
    key: Any = None,
    claims: dict[str, Any] | None = None,
    **header: Any,
) -> str:
    """Signed by a library that is not ours; by default with the claims of an Open Badge."""
    document = document or unsigned()
    if claims is None:
        claims = claims_of(document)
    return pyjwt.encode(
        document | claims,
        key or ALGORITHMS[algorithm],
        algorithm=algorithm,
        headers={"typ": "vc+jwt", **header},
    )


def claims_of(document: dict[str, Any]) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(f"{{{jwt.Claims.of(document).written()}}}")
    return claims


def described(method: dict[str, Any], *, issuer: str = DID) -> dict[str, Any]:
    """The DID document with this one key."""
    named = {"id": f"{issuer}#1", "controller": issuer, "type": "JsonWebKey"} | method
    return {"id": issuer, "verificationMethod": [named], "assertionMethod": [named["id"]]}


def multikey_of(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    public = key.public_key()
    encode: Any = multikey.encode_ed25519 if key is ED25519 else multikey.encode_p256
    return {"type": "Multikey", "publicKeyMultibase": encode(public)}


def did_jwk(key: Any) -> str:
    text = base64.urlsafe_b64encode(json.dumps(jwk_of(key)).encode()).decode().rstrip("=")
    return f"did:jwk:{text}"


class Others:
    """A resolver that answers from what it is given; an exception is raised."""

    def __init__(self, **known: Any) -> None:
        self.dids: dict[str, Any] = known.get("dids", {})
        self.lists: dict[str, Any] = known.get("lists", {})
        self.keys: dict[str, Any] = known.get("keys", {})

    def did_document(self, issuer: str) -> Any:
        return _answer(self.dids.get(issuer) or did.by_itself(issuer))

    def status_list(self, url: str) -> Any:
        return _answer(self.lists.get(url))

    def key(self, url: str) -> Any:
        return _answer(self.keys.get(url))


def _answer(value: Any) -> Any:
    if isinstance(value, Unreachable):
        raise value
    return value
