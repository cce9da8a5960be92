"""Those who look at the pages, and people of every state."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from accounts import actions
from accounts.models import Membership, Organization, User
from tests.factories import TUESDAY, MembershipFactory, OrganizationFactory, UserFactory

DAY = datetime.timedelta(days=1)
NOW = TUESDAY + 30 * DAY
"""When the pages are looked at; what happens before is on or after TUESDAY."""


@dataclass
class People:
    own: Organization
    """Whose curator, instructor and reviewer look; most of what there is belongs to it."""
    employer: Organization
    bare: Organization
    """Has stated nothing of itself but a name."""
    ada: User
    """The learner who has been through everything."""
    other: User
    nameless: User
    """Has signed up, and has told nobody how they are called."""
    curator: User
    instructor: User
    reviewer: User
    admin: User

    def member(self, role: str, **fields: object) -> User:
        user = UserFactory(**fields)
        return MembershipFactory(user=user, organization=self.own, role=role).user


def people() -> People:
    own = OrganizationFactory(
        name="Institute of Maps",
        slug="maps",
        country="NL",
        description="We teach **maps**.",
        email="maps@institute.example",
    )
    employer = OrganizationFactory(
        name="Acme", slug="acme", is_employer=True, is_provider=False, is_awarding_body=False
    )
    bare = OrganizationFactory(name="Bare", slug="bare", url="", external_id=None)
    made = People(
        own=own,
        employer=employer,
        bare=bare,
        ada=UserFactory(credential_name="Ada Lovelace", email="ada@acme.example", language="de"),
        other=UserFactory(credential_name="Grace Hopper"),
        nameless=UserFactory(credential_name="", email="someone@acme.example"),
        curator=UserFactory(credential_name="Carla Curator", is_staff=True),
        instructor=UserFactory(credential_name="Iris Teacher"),
        reviewer=UserFactory(credential_name="Rita Reviewer"),
        admin=UserFactory(credential_name="", is_staff=True, is_superuser=True),
    )
    for user, organization, role in [
        (made.curator, own, Membership.Role.CURATOR),
        (made.curator, bare, Membership.Role.CURATOR),
        (made.instructor, own, Membership.Role.INSTRUCTOR),
        (made.reviewer, own, Membership.Role.REVIEWER),
        (made.ada, employer, Membership.Role.EMPLOYEE),
        (made.nameless, employer, Membership.Role.EMPLOYEE),
        (made.other, employer, Membership.Role.HR),
    ]:
        MembershipFactory(user=user, organization=organization, role=role)
    UserFactory(is_active=False, last_login=TUESDAY, credential_name="Ina Inactive")
    return made


def erase(user: User, *, at: datetime.datetime) -> None:
    actions.request_erasure(user=user, by=user, at=at)
    assert actions.erase_due(at=at)
