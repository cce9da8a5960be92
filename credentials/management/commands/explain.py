"""Why an award was made, or why not yet."""

from __future__ import annotations

import math
import uuid
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.text import capfirst

from accounts.models import User
from catalog.durations import in_words
from catalog.models import Achievement
from credentials.explaining import ByVersion, Explanation, explain, explain_award
from credentials.models import Award


class Command(BaseCommand):
    help = "Say why an award was made, or what a learner still misses for a credential."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "award", nargs="?", type=uuid.UUID, help="its public id, or that of its credential"
        )
        parser.add_argument("--learner", metavar="EMAIL")
        named = parser.add_mutually_exclusive_group()
        named.add_argument("--track", metavar="SLUG")
        named.add_argument("--course", metavar="SLUG")
        named.add_argument("--achievement", metavar="ID", type=uuid.UUID, help="its public id")

    def handle(
        self,
        *args: Any,
        award: uuid.UUID | None,
        learner: str | None,
        track: str | None,
        course: str | None,
        achievement: uuid.UUID | None,
        **options: Any,
    ) -> None:
        if award:
            found = (
                Award.objects.filter(public_id=award).first()
                or Award.objects.filter(credentials__public_id=award).first()
            )
            if found is None:
                raise CommandError("There is no such award.")
            explanation = explain_award(found)
        elif learner and (named := _named(track=track, course=course, achievement=achievement)):
            person = User.objects.filter(email__iexact=learner).first()
            wanted = Achievement.objects.filter(**named).first()
            if person is None or wanted is None:
                raise CommandError("There is no such learner, or no such credential.")
            explanation = explain(learner=person, achievement=wanted, at=timezone.now())
        else:
            raise CommandError(
                "Name an award, or --learner with --track, --course or --achievement."
            )
        for line in _lines(explanation):
            self.stdout.write(line)


def _named(
    *, track: str | None, course: str | None, achievement: uuid.UUID | None
) -> dict[str, object]:
    given = {"track__slug": track, "course__slug": course, "public_id": achievement}
    return {lookup: value for lookup, value in given.items() if value}


def _lines(explanation: Explanation) -> list[str]:
    said: list[str] = []
    if award := explanation.award:
        said.append(f"{award.version}, awarded {award.decided_at:%Y-%m-%d %H:%M} UTC")
        if award.granted_by_id:
            said.append(f"By hand: {award.grant_reason}")
        if award.revoked_at:
            said.append(f"Revoked {award.revoked_at:%Y-%m-%d}: {award.revocation_reason}")
        elif award.expires_at and award.expires_at <= timezone.now():
            said.append(f"Expired {award.expires_at:%Y-%m-%d}")
    if explanation.refusal:
        said.append(f"Refused: {explanation.refusal.reason}")
    said += [f"- {line.asked} By {line.by}." for line in explanation.because]
    if past := explanation.past:
        said.append(_end_of(past))
    if renewal := explanation.renewal:
        state = "any one entry to be done again" if renewal.wants_news else _state(renewal.by)
        kept = ", and what has not changed" if renewal.is_delta else ""
        said.append(f"To renew it, what was done since {renewal.since:%Y-%m-%d} counts{kept}.")
        said += _of_version(renewal.by, state)
    for one in explanation.versions:
        is_refused = explanation.refusal is not None and one.is_met
        said += _of_version(one, "met, but refused" if is_refused else _state(one))
    return said


def _end_of(award: Award) -> str:
    if award.revoked_at:
        return f"{award.version}, revoked {award.revoked_at:%Y-%m-%d}: {award.revocation_reason}"
    return f"{award.version}, expired {award.expires_at:%Y-%m-%d}"


def _of_version(one: ByVersion, state: str) -> list[str]:
    said = [f"{one.version}: {state}", one.sentence]
    for line in one.lines:
        said.append(f"- {line.asked} {line.by or 'Not yet.'}")
        said += [f"  - {capfirst(why)}." for why in line.instead]
    if one.way:
        said.append(f"The shortest way takes {in_words(one.way_minutes)}:")
        said += [f"- {course} ({in_words(course.minutes)})" for course in one.way]  # type: ignore[attr-defined]
    return said


def _state(one: ByVersion) -> str:
    if one.is_met:
        return "met, and being judged"
    if one.left == math.inf:
        return "no course that can be taken now leads to it"
    return f"at least {in_words(int(one.left))} left"
