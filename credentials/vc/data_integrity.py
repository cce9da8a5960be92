"""Embedded proofs by the cryptosuite ``eddsa-rdfc-2022`` (Data Integrity EdDSA 1.0 §3.2).

Those of others by ``ecdsa-rdfc-2019`` with P-256 (Data Integrity ECDSA 1.0 §3.2) are read, too.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from functools import lru_cache
from typing import Any, Protocol

from credentials.vc import jwt, multikey, template
from credentials.vc.canonical import canonicalize
from credentials.vc.did import PublicKey

CRYPTOSUITE = "eddsa-rdfc-2022"
CRYPTOSUITES = {CRYPTOSUITE: "EdDSA", "ecdsa-rdfc-2019": "ES256"}
"""Both sign the same bytes, and make signatures of the same form, as these algorithms of JWA."""
SIGNATURE_BYTES = 64
_write = json.JSONEncoder(ensure_ascii=False).encode


class Signs(Protocol):
    """Whatever makes signatures: a key in memory, or one that never leaves its device."""

    def sign(self, data: bytes, /) -> bytes: ...


def timestamp(moment: datetime.datetime) -> str:
    """An ``xsd:dateTimeStamp`` in UTC with seconds."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def add_proof(
    document: dict[str, Any],
    *,
    private_key: Signs,
    verification_method: str,
    created: datetime.datetime,
) -> dict[str, Any]:
    """The document with a proof of ``assertionMethod`` (§3.2.1). The argument stays as it is.

    This is the reference; ``sign`` makes the same and is what issues.
    """
    proof = _options(verification_method, created)
    signature = private_key.sign(_hash_data(document, proof))
    return {**document, "proof": {**proof, "proofValue": multikey.encode_base58btc(signature)}}


def sign(
    document: dict[str, Any],
    *,
    private_key: Signs,
    verification_method: str,
    created: datetime.datetime,
) -> bytes:
    """The JSON of ``add_proof``, byte for byte, made by a template where that is safe."""
    proof = _options(verification_method, created)
    configuration = _configuration_digest(tuple(document["@context"]), tuple(proof.items()))
    rendered = template.render(document)
    signature = private_key.sign(configuration + _digest(rendered.n_quads))
    proof["proofValue"] = multikey.encode_base58btc(signature)
    return f'{rendered.text[:-1]}, "proof": {_write(proof)}}}'.encode()


def _options(verification_method: str, created: datetime.datetime) -> dict[str, Any]:
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": timestamp(created),
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }


def fits(cryptosuite: str, public_key: PublicKey) -> bool:
    """Whether keys of this kind make proofs of this cryptosuite."""
    return jwt.fits(CRYPTOSUITES[cryptosuite], public_key)


def is_proof_valid(
    document: dict[str, Any],
    proof: dict[str, Any],
    *,
    public_key: PublicKey,
    by_template: bool = False,
) -> bool:
    """Whether the key made this proof over this document (§3.2.2).

    ``by_template`` is for documents of our own, whose shapes are few. Raises ``NotCanonical``,
    ``UncleanText`` or ``UnknownContext`` for a document that no signature can cover.
    """
    try:
        signature = multikey.decode_base58btc(str(proof.get("proofValue", "")))
    except ValueError:
        return False
    if len(signature) != SIGNATURE_BYTES:
        return False
    unsecured = {key: value for key, value in document.items() if key != "proof"}
    # A proof may repeat the contexts that the document begins with (Data Integrity 1.0 §4.2).
    repeated = proof.get("@context", [])
    if not isinstance(repeated, list) or repeated != document["@context"][: len(repeated)]:
        return False
    options = {key: value for key, value in proof.items() if key not in {"proofValue", "@context"}}
    hash_data = _hash_data_by_template if by_template else _hash_data
    return jwt.is_signature_valid(
        hash_data(unsecured, options),
        signature,
        public_key=public_key,
        algorithm=CRYPTOSUITES[proof.get("cryptosuite", CRYPTOSUITE)],
    )


def _hash_data(document: dict[str, Any], options: dict[str, Any]) -> bytes:
    """The proof configuration's hash, then the document's (§3.2.4)."""
    configuration = {"@context": document["@context"], **options}
    return _digest(canonicalize(configuration)) + _digest(canonicalize(document))


def _hash_data_by_template(document: dict[str, Any], options: dict[str, Any]) -> bytes:
    return _configuration_digest(tuple(document["@context"]), tuple(options.items())) + _digest(
        template.render(document).n_quads
    )


@lru_cache(maxsize=1024)
def _configuration_digest(contexts: tuple[str, ...], options: tuple[tuple[str, str], ...]) -> bytes:
    """The same for all that one key signs in one second."""
    return _digest(template.render({"@context": list(contexts), **dict(options)}).n_quads)


def _digest(n_quads: bytes) -> bytes:
    return hashlib.sha256(n_quads).digest()
