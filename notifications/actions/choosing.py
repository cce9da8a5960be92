"""How a person wants to be told; what waits to be mailed obeys at once."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from notifications import links
from notifications.models import Delivery, Message, Preference


@transaction.atomic
def choose(*, user: User, deliveries: Mapping[str, str]) -> None:
    """Set the delivery of these kinds."""
    Preference.objects.bulk_create(
        [Preference(user=user, kind=kind, delivery=way) for kind, way in deliveries.items()],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["delivery"],
    )
    off = [kind for kind, way in deliveries.items() if way == Delivery.NONE]
    Message.objects.filter(recipient=user, sent_at=None, kind__in=off).update(
        delivery=Delivery.NONE, due_at=None
    )


def stop(*, user: User, what: str) -> None:
    """No more mail of this kind, or none of what comes once a day."""
    kinds = [what]
    if what == links.DIGEST:
        daily = user.message_preferences.filter(delivery=Delivery.DIGEST)
        kinds = list(daily.values_list("kind", flat=True))
    choose(user=user, deliveries=dict.fromkeys(kinds, Delivery.NONE))
