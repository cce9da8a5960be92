"""Mailing the messages that are due at once."""

from __future__ import annotations

import datetime
from functools import partial

from django.db import transaction

from notifications import mails
from notifications.actions import delivery
from notifications.models import Delivery, Message


def send_due(*, at: datetime.datetime) -> int:
    """Mail one batch and return how many were tried; 0 when none is due or no server answers.

    Two workers never take the same message. One that is killed between the server's word and
    ours has its last mail sent again, with the same Message-ID.
    """
    with transaction.atomic():
        messages = delivery.claim(
            Message.objects.due(at=at)
            .filter(delivery=Delivery.NOW)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("recipient")
            .order_by("due_at", "pk")[: delivery.BATCH],
            at=at,
        )
    parcels = [
        delivery.Parcel(messages=[one], build=partial(mails.single, one)) for one in messages
    ]
    return len(parcels) if delivery.deliver(parcels, at=at) else 0
