"""Writing messages: in the caller's transaction, so neither is lost or told alone."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounts.models import User
from lib import rows
from lib.batches import batched
from lib.lru import Lru
from lib.nudges import after_commit
from lib.prepared import Prepared
from notifications import nudges, wording
from notifications.models import Delivery, Kind, Message, Preference

BATCH = 500
DIGEST_TIME = datetime.time(7, tzinfo=datetime.UTC)


@dataclass(frozen=True, kw_only=True)
class News:
    """One message to one person, known by its ``key``.

    Dates, times and lazy translations in ``context`` are written in the recipient's language.
    ``link`` is a path of this site.
    """

    recipient: wording.Addressee
    key: str
    context: Mapping[str, object]
    link: str = ""


def notify(
    *,
    recipient: User,
    kind: str,
    key: str,
    context: Mapping[str, object],
    link: str = "",
    at: datetime.datetime,
) -> None:
    """Tell a person something, once: a second call with the same ``key`` changes nothing."""
    notify_each([News(recipient=recipient, key=key, context=context, link=link)], kind=kind, at=at)


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
    news = (
        News(recipient=one, key=f"{key}:{one.public_id}", context=context, link=link)
        for one in recipients
    )
    notify_each(news, kind=kind, at=at)


def notify_each(news: Iterable[News], *, kind: str, at: datetime.datetime) -> None:
    """Tell many people what concerns each of them."""
    for some in batched(news, BATCH):
        _tell(some, kind=Kind(kind), at=at)


_WANTED = Prepared(
    lambda users, kind: Preference.objects.filter(user__in=users, kind=kind).values_list(
        "user_id", "delivery"
    )
)


def _tell(news: Sequence[News], *, kind: Kind, at: datetime.datetime) -> None:
    # SQLite's INSERT OR IGNORE would pass over a broken constraint without a word.
    if not all(item.key for item in news):
        raise ValueError("A message needs a key.")
    if any(item.link and (item.link[0] != "/" or item.link.startswith("//")) for item in news):
        raise ValueError("A message leads to a path of this site.")
    wanted = dict(_WANTED.rows([item.recipient.pk for item in news], kind.value))
    # Many are told the same: what is equal is written once.
    words: list[tuple[str, Mapping[str, object], tuple[str, str]]] = []
    messages: list[tuple[object, ...]] = []
    is_urgent = False
    for item in news:
        language = wording.language_of(item.recipient)
        subject, text = _words(words, language, kind, item)
        delivery = wanted.get(item.recipient.pk, Delivery.NOW)
        messages.append(
            (
                uuid.uuid4(),
                item.recipient.pk,
                kind,
                item.key,
                subject,
                text,
                item.link,
                delivery,
                at,
                _due_at(delivery, at=at),
                0,
                "",
            )
        )
        is_urgent |= delivery == Delivery.NOW
    rows.insert(Message, _COLUMNS, messages, unless_there=True)
    if is_urgent:
        after_commit(nudges.SEND)


_COLUMNS = (
    "public_id",
    "recipient_id",
    "kind",
    "key",
    "subject",
    "text",
    "link",
    "delivery",
    "created_at",
    "due_at",
    "failures",
    "last_failure",
)


def _words(
    known: list[tuple[str, Mapping[str, object], tuple[str, str]]],
    language: str,
    kind: Kind,
    item: News,
) -> tuple[str, str]:
    for its_language, context, words in known:
        if its_language == language and context == item.context:
            return words
    # What is more than text, or yes and no, may read differently another time.
    is_plain = all(type(value) in (str, bool) for value in item.context.values())
    key = (language, kind, *item.context.items()) if is_plain else None
    written = _written.get(key) if key else None
    if written is None:
        with wording.speaking_to(item.recipient):
            written = wording.render_subject(kind, item.context), wording.render(kind, item.context)
        if key:
            _written.put(key, written)
    known.append((language, item.context, written))
    return written


_written: Lru[tuple[str, str]] = Lru(500)


def _due_at(delivery: str, *, at: datetime.datetime) -> datetime.datetime | None:
    if delivery == Delivery.NONE:
        return None
    if delivery == Delivery.NOW:
        return at
    today = datetime.datetime.combine(at.astimezone(datetime.UTC), DIGEST_TIME)
    return today if at < today else today + datetime.timedelta(days=1)
