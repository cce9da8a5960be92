"""What single mails and digests share: claims on rows, one connection, and failures.

Nothing is sent inside a transaction: a rollback cannot unsend, and SQLite has one writer. A short
transaction claims a batch by moving its ``due_at`` on; each mail is marked as soon as the server
has taken it. A worker that is killed leaves rows that are due again when the claim ends.
"""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage, get_connection
from django.db.models import F, Q

from notifications.models import Delivery, Message, MessageQuerySet

logger = logging.getLogger(__name__)

BATCH = 20
CLAIM = datetime.timedelta(minutes=10)
FIRST_RETRY = datetime.timedelta(seconds=30)
LAST_RETRY = datetime.timedelta(hours=6)
OUTAGE = datetime.timedelta(minutes=2)
MOST_FAILURES = 24
"""About four days of trying (RFC 5321, 4.5.4.1); the message stays in the inbox."""


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One mail, and the rows that are sent with it. ``build`` is called when its turn comes."""

    messages: list[Message]
    build: Callable[[], EmailMessage]

    @property
    def rows(self) -> MessageQuerySet:
        return Message.objects.filter(pk__in=[one.pk for one in self.messages], sent_at=None)


def claim(messages: Iterable[Message], *, at: datetime.datetime) -> list[Message]:
    """Keep other workers away from these locked rows for a while; returns those to be mailed."""
    found = list(messages)
    reachable = [one for one in found if one.recipient.is_active and one.recipient.email]
    gone = {one.pk for one in found} - {one.pk for one in reachable}
    Message.objects.filter(pk__in=gone).update(delivery=Delivery.NONE, due_at=None)
    Message.objects.filter(pk__in=[one.pk for one in reachable]).update(due_at=at + CLAIM)
    return reachable


def deliver(parcels: list[Parcel], *, at: datetime.datetime) -> bool:
    """Send each of these claimed mails; False when the mail server is out of reach."""
    connection = get_connection()
    ends = time.monotonic() + CLAIM.total_seconds() / 2
    try:
        for number, parcel in enumerate(parcels):
            if time.monotonic() > ends:
                # A slow server: what is left is sent when its claim has ended, by whoever comes.
                break
            try:
                connection.open()
            except (SMTPException, OSError) as error:
                _wait_for_server(parcels[number:], reason=_reason(error), at=at)
                return False
            try:
                mail = parcel.build()
                mail.connection = connection
                mail.send()
            except Exception as error:  # whatever is wrong with one must not hold up the others
                _put_off(parcel, reason=_reason(error), at=at)
                _close_quietly(connection)
            else:
                parcel.rows.update(sent_at=at, last_failure="")
    finally:
        _close_quietly(connection)
    return True


def _close_quietly(connection: object) -> None:
    """The state after a failure is not known: the next mail gets a connection of its own."""
    try:
        connection.close()  # type: ignore[attr-defined]
    except (SMTPException, OSError):
        logger.info("the connection to the mail server was gone before it was closed")


def _put_off(parcel: Parcel, *, reason: str, at: datetime.datetime) -> None:
    failures = min(one.failures for one in parcel.messages)
    logger.warning("message %s cannot be mailed: %s", parcel.messages[0].pk, reason)
    wait = min(FIRST_RETRY * 2 ** min(failures, 10), LAST_RETRY)
    parcel.rows.update(failures=F("failures") + 1, last_failure=reason, due_at=at + wait)
    parcel.rows.filter(failures__gte=MOST_FAILURES).update(delivery=Delivery.NONE, due_at=None)


def _wait_for_server(parcels: list[Parcel], *, reason: str, at: datetime.datetime) -> None:
    """No message has failed, and trying each of a thousand would keep the worker for hours."""
    logger.warning("the mail server cannot be reached: %s", reason)
    ours = [one.pk for parcel in parcels for one in parcel.messages]
    Message.objects.filter(Q(pk__in=ours, sent_at=None) | Q(sent_at=None, due_at__lte=at)).update(
        due_at=at + OUTAGE, last_failure=reason
    )


def _reason(error: Exception) -> str:
    """The kind of error and its codes: a server's own words repeat addresses."""
    codes: list[int] = []
    if isinstance(error, SMTPRecipientsRefused):
        codes = sorted({code for code, _ in error.recipients.values()})
    elif isinstance(error, SMTPResponseException):
        codes = [error.smtp_code]
    elif isinstance(error, OSError) and error.errno:
        codes = [error.errno]
    return " ".join([type(error).__name__, *map(str, codes)])
