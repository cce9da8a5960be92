"""What the people of an organization may see of learners. The one place that says so.

``docs/privacy.md`` has it as a table for people to read, and tests hold both, and every page, to
it. Superusers run the installation and see all; a program sees what its employer may.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from accounts.models import Membership

Role = Membership.Role


class Facts(Enum):
    WORK = "Work that was handed in, to be marked"
    COHORT = "Names, progress, results and attendance in a run"
    RECORDS = "Enrollments, orders, exemptions, awards, credentials, prior learning; addresses"


SEEN_BY: Mapping[Facts, tuple[Role, ...]] = {
    # Of courses that the organization provides. Where marking is blind, without the name.
    Facts.WORK: (Role.REVIEWER, Role.INSTRUCTOR, Role.CURATOR),
    # Not a reviewer: what is marked blind would no longer be.
    Facts.COHORT: (Role.INSTRUCTOR, Role.CURATOR),
    # Of courses and credentials that the organization provides or awards.
    Facts.RECORDS: (Role.CURATOR,),
}
