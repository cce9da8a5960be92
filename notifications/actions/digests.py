"""Mailing what has gathered in a day: one mail a person."""

from __future__ import annotations

import datetime
from functools import partial
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from notifications import mails
from notifications.actions import delivery
from notifications.models import Delivery, Message


def send_due_digests(*, at: datetime.datetime) -> int:
    """Mail the digests of one batch of people and return their number, as ``send_due`` does."""
    waiting = Message.objects.due(at=at).filter(delivery=Delivery.DIGEST)
    with transaction.atomic():
        # The person is locked, not each message: two workers would make two digests of one day.
        people = list(
            User.objects.filter(Exists(waiting.filter(recipient=OuterRef("pk"))))
            .select_for_update(skip_locked=True, no_key=True)
            .order_by("pk")[: delivery.BATCH]
        )
        messages = delivery.claim(
            waiting.filter(recipient__in=people)
            .select_related("recipient")
            .order_by("recipient", "created_at", "pk"),
            at=at,
        )
    parcels = []
    for _, group in groupby(messages, key=lambda one: one.recipient_id):
        day = list(group)
        parcels.append(delivery.Parcel(messages=day, build=partial(mails.digest, day)))
    return len(parcels) if delivery.deliver(parcels, at=at) else 0
