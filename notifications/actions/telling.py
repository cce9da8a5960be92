"""Writing messages: in the caller's transaction, so neither is lost or told alone."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from accounts.models import User
from lib.batches import batched
from lib.nudges import after_commit
from notifications import nudges, wording
from notifications.models import Delivery, Kind, Message, Preference

BATCH = 200
DIGEST_TIME = datetime.time(7, tzinfo=datetime.UTC)


def notify(
    *,
    recipient: User,
    kind: str,
    key: str,
    context: Mapping[str, object],
    link: str = "",
    at: datetime.datetime,
) -> None:
    """Tell a person something, once: a second call with the same ``key`` changes nothing.

    Dates, times and lazy translations in ``context`` are written in the recipient's language.
    ``link`` is a path of this site.
    """
    _tell({key: recipient}, kind=Kind(kind), context=context, link=link, at=at)


def notify_many(
    *,
    recipients: Iterable[User],
    kind: str,
    key: str,
    context: Mapping[str, object],
    link: str = "",
    at: datetime.datetime,
) -> None:
    """Tell many people the same. Each message's key is ``key``, a colon and who it is for."""
    for some in batched(recipients, BATCH):
        keyed = {f"{key}:{one.public_id}": one for one in some}
        _tell(keyed, kind=Kind(kind), context=context, link=link, at=at)


def _tell(
    recipients: Mapping[str, User],
    *,
    kind: Kind,
    context: Mapping[str, object],
    link: str,
    at: datetime.datetime,
) -> None:
    # SQLite's INSERT OR IGNORE would pass over a broken constraint without a word.
    if not all(recipients):
        raise ValueError("A message needs a key.")
    if link and (link[0] != "/" or link.startswith("//")):
        raise ValueError("A message leads to a path of this site.")
    wanted = dict(
        Preference.objects.filter(user__in=recipients.values(), kind=kind).values_list(
            "user_id", "delivery"
        )
    )
    words: dict[str, tuple[str, str]] = {}
    messages = []
    for key, recipient in recipients.items():
        language = wording.language_of(recipient)
        if language not in words:
            with wording.speaking_to(recipient):
                words[language] = (
                    wording.render_subject(kind, context),
                    wording.render(kind, context),
                )
        subject, text = words[language]
        delivery = wanted.get(recipient.pk, Delivery.NOW)
        messages.append(
            Message(
                recipient=recipient,
                kind=kind,
                key=key,
                subject=subject,
                text=text,
                link=link,
                delivery=delivery,
                created_at=at,
                due_at=_due_at(delivery, at=at),
            )
        )
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    after_commit(nudges.SEND)


def _due_at(delivery: str, *, at: datetime.datetime) -> datetime.datetime | None:
    if delivery == Delivery.NONE:
        return None
    if delivery == Delivery.NOW:
        return at
    today = datetime.datetime.combine(at.astimezone(datetime.UTC), DIGEST_TIME)
    return today if at < today else today + datetime.timedelta(days=1)
