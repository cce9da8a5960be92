"""A completion has another grade now: the awards that state it, and what rests on that."""

from __future__ import annotations

import datetime

from django.db import transaction

from accounts.models import User
from credentials.actions import reissue
from credentials.actions.revoke import revoke_fallen
from credentials.models import Award, Credential
from credentials.reasons import GRADE_CORRECTED
from enrollment.models import Enrollment


@transaction.atomic
def follow_change(
    *, enrollment: Enrollment, by: User | None, reason: str, at: datetime.datetime
) -> None:
    """Let awards state the grade that the completion has now, and revoke what falls by it.

    What was signed is replaced. Without a person who answers for it nothing falls: that is shown
    as drift, for somebody to decide. Repeating changes nothing.
    """
    # The learner's lock, as for judging: nothing new may be stacked on the old grade.
    User.objects.select_for_update(no_key=True).get(pk=enrollment.learner_id)
    stating_another = Award.objects.resting_alone_on(enrollment).exclude(grade=enrollment.grade)
    restated = list(stating_another.values_list("pk", flat=True))
    Award.objects.filter(pk__in=restated).update(grade=enrollment.grade)
    if by is not None:
        revoke_fallen(learner_id=enrollment.learner_id, by=by, reason=reason, at=at)
    reissue.replace(
        Credential.objects.standing().filter(
            award__in=Award.objects.standing().filter(pk__in=restated)
        ),
        reason=str(GRADE_CORRECTED),
        at=at,
    )
