"""Endorsements that are signed, without anyone clicking."""

from __future__ import annotations

from accounts.models import Organization
from catalog.models import Achievement
from credentials import actions
from credentials.models import Endorsement
from tests.factories import TUESDAY, OrganizationFactory, UserFactory

Endorsed = Achievement | Organization


def drafted(what: Endorsed, *, endorser: Organization | None = None) -> Endorsement:
    kind = "achievement" if isinstance(what, Achievement) else "organization"
    return Endorsement.objects.create(
        endorser=endorser or OrganizationFactory(is_awarding_body=True, name="Guild of Pilots"),
        comment="We hire\nwhoever holds it.",
        **{kind: what},
    )


def endorsed(what: Endorsed, *, endorser: Organization | None = None) -> Endorsement:
    draft = drafted(what, endorser=endorser)
    actions.publish_endorsement(endorsement=draft, by=UserFactory(), at=TUESDAY)
    actions.sign_due_endorsements(at=TUESDAY)
    draft.refresh_from_db()
    return draft
