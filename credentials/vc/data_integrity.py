"""Embedded proofs by the cryptosuite ``eddsa-rdfc-2022`` (Data Integrity EdDSA 1.0 §3.2).

Those of others by ``ecdsa-rdfc-2019`` with P-256 (Data Integrity ECDSA 1.0 §3.2) are read, too, and
by ``Ed25519Signature2020``, which signs the same bytes as the first and names itself by its type.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol

from credentials.vc import jwt, multikey, template
from credentials.vc.canonical import canonicalize
from credentials.vc.did import PublicKey

CRYPTOSUITE = "eddsa-rdfc-2022"
CRYPTOSUITES = {CRYPTOSUITE: "EdDSA", "ecdsa-rdfc-2019": "ES256"}
"""Both sign the same bytes, and make signatures of the same form, as these algorithms of JWA."""
BY_TYPE = {"Ed25519Signature2020": CRYPTOSUITE}
SIGNATURE_BYTES = 64
Options = tuple[tuple[str, str], ...]
"""What a proof says but for its value."""


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
    seal = Seal(private_key, verification_method=verification_method, created=created)
    return seal.close(template.render(document), contexts=document["@context"])


class Seal:
    """What closes documents that one key signs at one moment."""

    def __init__(
        self, private_key: Signs, *, verification_method: str, created: datetime.datetime
    ) -> None:
        self._private_key = private_key
        self._options = _options_of(verification_method, created)

    def close(self, rendered: template.Rendered, *, contexts: Sequence[str]) -> bytes:
        """The document of these contexts, with its proof."""
        configuration = _configuration_digest(tuple(contexts), self._options)
        signature = self._private_key.sign(configuration + _digest(rendered.n_quads))
        return b'%s, "proof": %s, "proofValue": "%s"}}' % (
            rendered.text[:-1],
            _written(self._options),
            multikey.encode_base58btc(signature).encode(),
        )


def _options(verification_method: str, created: datetime.datetime) -> dict[str, Any]:
    return dict(_options_of(verification_method, created))


@lru_cache(maxsize=64)
def _options_of(verification_method: str, created: datetime.datetime) -> Options:
    return (
        ("type", "DataIntegrityProof"),
        ("cryptosuite", CRYPTOSUITE),
        ("created", timestamp(created)),
        ("verificationMethod", verification_method),
        ("proofPurpose", "assertionMethod"),
    )


@lru_cache(maxsize=64)
def _written(options: Options) -> bytes:
    """As JSON, up to its last brace."""
    return json.dumps(dict(options), ensure_ascii=False).encode()[:-1]


def suite_of(proof: dict[str, Any]) -> str:
    """The cryptosuite by which a proof is checked; empty if it is of a kind not known here."""
    kind, named = str(proof.get("type")), str(proof.get("cryptosuite"))
    if kind == "DataIntegrityProof" and named in CRYPTOSUITES:
        return named
    return BY_TYPE.get(kind, "")


def fits(cryptosuite: str, public_key: PublicKey) -> bool:
    """Whether keys of this kind make proofs of this cryptosuite."""
    return jwt.fits(CRYPTOSUITES[cryptosuite], public_key)


def is_proof_valid(
    document: dict[str, Any],
    proof: dict[str, Any],
    *,
    public_key: PublicKey,
    by_template: bool = False,
    n_quads: bytes | None = None,
) -> bool:
    """Whether the key made this proof over this document (§3.2.2).

    ``by_template`` is for documents of our own, whose shapes are few; ``n_quads`` is the canonical
    form of the document, for who knows it. Raises ``NotCanonical``,
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
    contexts = document["@context"]
    if not isinstance(repeated, list) or repeated != contexts[: len(repeated)]:
        return False
    options = {key: value for key, value in proof.items() if key not in {"proofValue", "@context"}}
    if n_quads is not None:
        hashed = _configuration_digest(tuple(contexts), tuple(options.items())) + _digest(n_quads)
    else:
        hashed = (_hash_data_by_template if by_template else _hash_data)(unsecured, options)
    return jwt.is_signature_valid(
        hashed,
        signature,
        public_key=public_key,
        algorithm=CRYPTOSUITES[suite_of(proof) or CRYPTOSUITE],
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
def _configuration_digest(contexts: tuple[str, ...], options: Options) -> bytes:
    """The same for all that one key signs in one second."""
    return _digest(template.render({"@context": list(contexts), **dict(options)}).n_quads)


def _digest(n_quads: bytes) -> bytes:
    return hashlib.sha256(n_quads).digest()
