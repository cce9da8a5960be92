"""From awards to unsigned credentials, a batch at a time.

What all credentials of a version have in common is made once, and kept for as long as none of the
rows that it was made of has changed.
"""

from __future__ import annotations

import datetime
import secrets
import uuid
from collections.abc import Collection, Hashable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef

from catalog.models import AchievementVersion
from credentials import addresses, endorsements
from credentials.documents import SALT_BYTES, achievement_description, issuer_profile
from credentials.models import Halt, StatusList
from credentials.vc import documents as vc
from credentials.vc import status_list
from credentials.vc.data_integrity import timestamp
from credentials.vc.prepared import Prepared
from credentials.vc.shapes import Constant, Unprovable
from credentials.vc.template import Rendered, render
from lib.lru import Lru
from lib.prepared import Statement

FAR = datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.UTC)
EVIDENCE = (
    "The page lists the courses, credentials and recognized learning that this credential rests on."
)
"""Not listed in the document: what else somebody has earned is theirs to show, or to hide again."""
KEPT = 500
"""Versions of which drafts are kept. Each takes some 100 kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What one credential says that others of its version do not."""

    public_id: uuid.UUID
    recipient: vc.Recipient
    listed: StatusList
    index: int
    valid_from: datetime.datetime
    grade: Decimal | None = None
    valid_until: datetime.datetime | None = None
    how: str = ""


class Drafting:
    """Makes the unsigned ``OpenBadgeCredential`` of each award of one version."""

    def __init__(
        self, version: AchievementVersion, carried: list[dict[str, Any]] | None = None
    ) -> None:
        """``version`` needs its skills and its achievement's awarding body loaded.

        ``carried`` are the endorsements that the credentials are to carry.
        """
        self.version = version
        self._carried = carried
        before, after = addresses.around_credential()
        self._around = addresses.absolute(before), after
        body = version.achievement.awarding_body
        self.issuer_did = addresses.issuer_did(body)
        self._issuer = Constant(issuer_profile(body))
        self._achievements: dict[bool, Constant] = {}
        self._lists: dict[uuid.UUID, str] = {}
        self._prepared: dict[Hashable, Prepared | None] = {}

    def draft(self, said: Particulars) -> dict[str, Any]:
        return vc.compose(
            id=self._address(said),
            issuer=self._issuer,
            recipient=said.recipient,
            achievement=self._achievement(with_grade=said.grade is not None),
            valid_from=said.valid_from,
            # One entry and not one for suspensions, too: Open Badges 3.0 §B.1.6 and CLR 2.0 allow
            # no second one.
            status=status_list.entry(self._address_of(said.listed), str(said.index)),
            grade=said.grade,
            valid_until=said.valid_until,
            evidence=[
                vc.Evidence(
                    url=self._evidence_address(said), name="What it rests on", narrative=EVIDENCE
                )
            ],
            narrative=said.how,
        )

    def render(self, said: Particulars) -> Rendered:
        """The same, made ready to be signed. Raises what ``template.render`` raises."""
        prepared = self._prepared_for(said)
        if prepared:
            with suppress(Unprovable):
                return prepared.render(self._values(said))
        return render(self.draft(said))

    def _prepared_for(self, said: Particulars) -> Prepared | None:
        key = (
            said.listed.pk,
            said.grade is None,
            said.valid_until is None,
            bool(said.how),
            bool(said.recipient.id),
        )
        if key not in self._prepared:
            self._prepared[key] = self._prepare(said)
        return self._prepared[key]

    def _prepare(self, said: Particulars) -> Prepared | None:
        """From an example of which every value that differs can be told from all others."""
        token = secrets.token_hex(SALT_BYTES)
        example = Particulars(
            public_id=uuid.uuid4(),
            recipient=vc.Recipient(
                name=f"name {token}",
                email=f"{token}@example.org",
                salt=f"salt {token}",
                id=f"did:example:{token}" if said.recipient.id else "",
            ),
            listed=said.listed,
            index=secrets.randbits(100),
            valid_from=FAR - datetime.timedelta(days=1),
            grade=Decimal(secrets.randbits(100)) if said.grade is not None else None,
            valid_until=FAR if said.valid_until else None,
            how=f"how {token}" if said.how else "",
        )
        try:
            return Prepared(self.draft(example), self._values(example))
        except Unprovable:
            return None

    def _values(self, said: Particulars) -> dict[str, str]:
        """What ``draft`` writes of it, each by a name of its own."""
        index = str(said.index)
        values = {
            "id": self._address(said),
            "evidence": self._evidence_address(said),
            "name": said.recipient.name,
            "hash": vc.hash_identity(said.recipient.email, said.recipient.salt),
            "salt": said.recipient.salt,
            "index": index,
            "entry": status_list.entry_id(self._address_of(said.listed), index),
            "valid_from": timestamp(said.valid_from),
        }
        if said.grade is not None:
            values["grade"] = vc.written_grade(said.grade)
        if said.valid_until:
            values["valid_until"] = timestamp(said.valid_until)
        if said.how:
            values["how"] = said.how
        if said.recipient.id:
            values["subject"] = said.recipient.id
        return values

    def _address_of(self, listed: StatusList) -> str:
        if listed.public_id not in self._lists:
            self._lists[listed.public_id] = addresses.status_list(listed)
        return self._lists[listed.public_id]

    def _address(self, said: Particulars) -> str:
        before, after = self._around
        return f"{before}{said.public_id}{after}"

    def _evidence_address(self, said: Particulars) -> str:
        return f"{self._address(said)}#evidence"

    def _achievement(self, *, with_grade: bool) -> Constant:
        if with_grade not in self._achievements:
            document = vc.achievement(achievement_description(self.version), with_grade=with_grade)
            if self._carried:
                document["endorsement"] = self._carried
            self._achievements[with_grade] = Constant(document)
        return self._achievements[with_grade]


# --- Those of a batch ----------------------------------------------------------------------------


def draftings(versions: Collection[int], *, or_halted: bool = False) -> dict[int, Drafting]:
    """That of each version, by primary key: a thousand learners earn a few achievements.

    Without those of which nothing is to be issued at present, unless ``or_halted``.
    """
    if connection.vendor != "postgresql":
        return _made(versions, or_halted=or_halted)
    stamps = _stamps(versions, or_halted=or_halted)
    found = {pk: one for pk, stamp in stamps.items() if (one := _kept.get(stamp))}
    if missing := stamps.keys() - found.keys():
        made = _made(missing, or_halted=True)
        found |= made
        # Kept only where no row has changed while they were read.
        for pk, stamp in _stamps(missing, or_halted=True).items():
            if stamp == stamps[pk]:
                _kept.put(stamp, made[pk])
    return found


_kept: Lru[Drafting] = Lru(KEPT)


def _made(versions: Collection[int], *, or_halted: bool) -> dict[int, Drafting]:
    wanted = AchievementVersion.objects.filter(pk__in=versions)
    if not or_halted:
        wanted = wanted.exclude(Exists(Halt.objects.in_force().of(OuterRef("achievement"))))
    found = wanted.select_related("achievement__awarding_body").prefetch_related("skills").in_bulk()
    carried = endorsements.carried_by({version.achievement_id for version in found.values()})
    return {pk: Drafting(one, carried.get(one.achievement_id)) for pk, one in found.items()}


def _stamps(versions: Collection[int], *, or_halted: bool) -> dict[int, Hashable]:
    rows = _STAMPS.rows(list(versions), or_halted)
    return {pk: (settings.BASE_URL, bytes(digest)) for pk, digest in rows}


# All that a draft is made of: every column of the version, its achievement and its awarding body,
# the skills that it names, and which endorsements stand.
_STAMPS = Statement("""
SELECT version.id, sha256(convert_to(
    ROW(
        version, achievement, body,
        ARRAY(
            SELECT ROW(named, skill) FROM catalog_achievementversionskill named
            JOIN catalog_skill skill ON skill.id = named.skill_id
            WHERE named.version_id = version.id ORDER BY named.id
        ),
        ARRAY(
            SELECT ROW(id, signed_at, revoked_at) FROM credentials_endorsement
            WHERE achievement_id = version.achievement_id ORDER BY id
        )
    )::text, 'UTF8'))
FROM catalog_achievementversion version
JOIN catalog_achievement achievement ON achievement.id = version.achievement_id
JOIN accounts_organization body ON body.id = achievement.awarding_body_id
WHERE version.id = ANY($1) AND ($2 OR NOT EXISTS (
    SELECT FROM credentials_halt halt WHERE lifted_at IS NULL
        AND (halt.achievement_id IS NULL OR halt.achievement_id = version.achievement_id)
))
""")
