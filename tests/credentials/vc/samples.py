"""One issuer, its key, a credential and its status list, for the tests of the standards layer."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.vc import clr, data_integrity, did, documents, multikey, status_list

TUESDAY = datetime.datetime(2025, 3, 4, 9, 30, tzinfo=datetime.UTC)
WEDNESDAY = TUESDAY + datetime.timedelta(days=1)

DID = "did:web:learn.example%3A8000:issuers:harbor"
KEY_ID = f"{DID}#key-1"
LIST_URL = "https://learn.example/status/6f1c"
INDEX = 4_711
# A fixed seed, so that a failing test fails again.
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))

ISSUER = documents.Profile(
    id=DID,
    name="Harbor Institute",
    url="https://harbor.example/",
    email="registry@harbor.example",
    country="NL",
)
ACHIEVEMENT = documents.AchievementDescription(
    id="https://learn.example/achievements/3b7e",
    kind="MicroCredential",
    name="Reading Tide Tables",
    description="Reads tide tables and plans a safe passage.",
    criteria="Pass the final quiz with at least 80 percent.\n\nTwo attempts are allowed.",
    version="2",
    language="en",
    creator=ISSUER,
    alignments=[
        documents.Alignment(
            target_url="http://data.europa.eu/esco/skill/7a55d2f3-6a8a-4bd1-8ca1-0f0f0b8d7a11",
            target_name="plan a passage",
            framework="ESCO",
            kind="ceasn:Competency",
        )
    ],
    tags=["navigation", "plan a passage"],
    field_of_study="Transport services",
    credits=Decimal("2.5"),
)


def unsigned(*, name: str = "Đặng Thị Ünal", grade: Decimal | None = Decimal("92.50")) -> Any:
    return documents.credential(
        id="https://learn.example/credentials/a1b2",
        issuer=ISSUER,
        recipient=documents.Recipient(name=name, email="mai@mail.example", salt="x7Qe"),
        earned=ACHIEVEMENT,
        valid_from=TUESDAY,
        status=status_list.entry(LIST_URL, INDEX),
        grade=grade,
    )


def sign(
    document: dict[str, Any],
    *,
    key: Ed25519PrivateKey = KEY,
    verification_method: str = KEY_ID,
) -> dict[str, Any]:
    return data_integrity.add_proof(
        document, private_key=key, verification_method=verification_method, created=TUESDAY
    )


def signed(**values: Any) -> dict[str, Any]:
    return sign(unsigned(**values))


def transcript(count: int = 3) -> dict[str, Any]:
    """Of credentials that are alike but for their ids; the second counts in the first."""
    enclosed = []
    for number in range(count):
        document = unsigned()
        document["id"] += f"-{number}"
        document["credentialSubject"]["achievement"]["id"] += f"-{number}"
        enclosed.append(sign(document))
    return sign(
        clr.transcript(
            id="https://learn.example/transcripts/c3",
            name="All that counts",
            issuer=documents.profile(ISSUER),
            recipient=documents.Recipient(name="Mai", email="mai@mail.example", salt="x7Qe"),
            credentials=enclosed,
            parts=[clr.PartOf(f"{ACHIEVEMENT.id}-1", f"{ACHIEVEMENT.id}-0")],
            is_partial=False,
            valid_from=TUESDAY,
        )
    )


def signed_list(*, revoked: Iterable[int] = ()) -> dict[str, Any]:
    return sign(
        status_list.document(
            url=LIST_URL,
            issuer=DID,
            valid_from=data_integrity.timestamp(TUESDAY),
            encoded_list=status_list.encode(revoked),
        )
    )


def did_document() -> dict[str, Any]:
    public = multikey.encode_ed25519(KEY.public_key())
    return did.document(DID, [did.Key(id=KEY_ID, public_key_multibase=public)])


def with_one_letter_changed(credential: dict[str, Any]) -> dict[str, Any]:
    """The same credential, but its achievement's name has another first letter."""
    changed = copy.deepcopy(credential)
    achievement = changed["credentialSubject"]["achievement"]
    first = "Q" if achievement["name"][0] != "Q" else "R"
    achievement["name"] = first + achievement["name"][1:]
    return changed
