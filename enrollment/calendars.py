"""A learner's dates as a calendar to subscribe to (RFC 5545).

Calendar programs cannot sign in, so the address is the authority: a signature over who it is for
and the state of their password, so that changing it ends all addresses that were given away.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import LiveSession
from enrollment.models import Enrollment

SALT = "enrollment.calendars"
LINE = 75
"""Octets (RFC 5545 §3.1)."""


@dataclass(frozen=True)
class Entry:
    """``end`` is empty for whole days; ``start`` is then a date."""

    uid: str
    title: str
    start: datetime.date
    end: datetime.datetime | None = None
    place: str = ""
    url: str = ""


def calendar_address(user: User) -> str:
    """The path of the learner's own feed."""
    return reverse("enrollment:calendar", args=[_token(user)])


def _token(user: User) -> str:
    return signing.dumps([str(user.public_id), _state(user)], salt=SALT)


def _state(user: User) -> str:
    return hashlib.sha256(user.password.encode()).hexdigest()[:16]


def owner_of(token: str) -> User | None:
    """Whose feed it is; ``None`` when the address is wrong or no longer good."""
    try:
        public_id, state = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(public_id=public_id, is_active=True).first()
    return user if user is not None and _state(user) == state else None


def entries(user: User) -> Iterator[Entry]:
    """First and last days, ends of offers, and live sessions of what the learner takes."""
    live = user.enrollments.filter(
        status__in=[Enrollment.Status.ACTIVE, Enrollment.Status.OFFERED]
    ).select_related("run__course")
    mine = list(live)
    for enrollment in mine:
        yield from _of_enrollment(enrollment)
    runs = {one.run_id: one for one in mine if one.is_active}
    for session in LiveSession.objects.filter(run__in=runs).select_related("unit"):
        course = runs[session.run_id].run.course
        yield Entry(
            uid=f"session-{session.public_id}",
            title=f"{course.title}: {session.unit.title}",
            start=session.starts_at,
            end=session.ends_at,
            place=session.place,
            url=session.url or _url(runs[session.run_id]),
        )


def _of_enrollment(enrollment: Enrollment) -> Iterator[Entry]:
    run, title, url = enrollment.run, enrollment.run.course.title, _url(enrollment)
    name = enrollment.public_id
    if enrollment.is_offered and enrollment.offer_ends_at is not None:
        ends = enrollment.offer_ends_at
        begins = ends - datetime.timedelta(hours=1)
        said = _("Take your seat in %(course)s") % {"course": title}
        yield Entry(f"offer-{name}", said, begins, ends, url=url)
        return
    if run.starts_on is not None:
        said = _("%(course)s starts") % {"course": title}
        yield Entry(f"start-{name}", said, run.starts_on, url=url)
    last = enrollment.due_on or run.ends_on
    if last is not None:
        yield Entry(f"end-{name}", _("%(course)s: last day") % {"course": title}, last, url=url)


def _url(enrollment: Enrollment) -> str:
    return settings.BASE_URL + reverse("enrollment:course", args=[enrollment.public_id])


def feed(entries: Iterator[Entry], *, at: datetime.datetime) -> str:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Cairn//Learning//EN",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:Cairn",
    ]
    for entry in entries:
        lines += _event(entry, at=at)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _event(entry: Entry, *, at: datetime.datetime) -> list[str]:
    lines = ["BEGIN:VEVENT", f"UID:{entry.uid}@cairn", f"DTSTAMP:{_moment(at)}"]
    if entry.end is not None and isinstance(entry.start, datetime.datetime):
        lines += [f"DTSTART:{_moment(entry.start)}", f"DTEND:{_moment(entry.end)}"]
    else:
        lines.append(f"DTSTART;VALUE=DATE:{entry.start:%Y%m%d}")
    lines.append(f"SUMMARY:{escaped(entry.title)}")
    if entry.place:
        lines.append(f"LOCATION:{escaped(entry.place)}")
    if entry.url:
        lines.append(f"URL:{entry.url}")
    return [*lines, "END:VEVENT"]


def _moment(value: datetime.datetime) -> str:
    return f"{value.astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """RFC 5545 §3.3.11."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,")):
        text = text.replace(plain, written)
    return "\\n".join(text.splitlines())


def folded(line: str) -> str:
    """At most 75 octets a line, and no character is cut (RFC 5545 §3.1)."""
    parts: list[str] = []
    size = 0
    for character in line:
        length = len(character.encode())
        if size + length > LINE:
            parts.append("\r\n ")
            # The blank at the beginning counts.
            size = 1
        parts.append(character)
        size += length
    return "".join(parts)
