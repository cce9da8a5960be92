"""Why an award was made, or why not yet."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from catalog.durations import in_words
from catalog.models import Achievement
from credentials.explaining import Explanation, explain, explain_award
from credentials.models import Award


class Command(BaseCommand):
    help = "Say why an award was made, or what a learner still misses for a track."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("award", nargs="?", type=uuid.UUID, help="its public id")
        parser.add_argument("--learner", metavar="EMAIL")
        parser.add_argument("--track", metavar="SLUG")

    def handle(
        self,
        *args: Any,
        award: uuid.UUID | None,
        learner: str | None,
        track: str | None,
        **options: Any,
    ) -> None:
        if award:
            found = Award.objects.filter(public_id=award).first()
            if found is None:
                raise CommandError("There is no such award.")
            explanation = explain_award(found)
        elif learner and track:
            person = User.objects.filter(email__iexact=learner).first()
            achievement = Achievement.objects.filter(track__slug=track).first()
            if person is None or achievement is None:
                raise CommandError("There is no such learner, or no such track.")
            explanation = explain(learner=person, achievement=achievement, at=timezone.now())
        else:
            raise CommandError("Name an award, or both --learner and --track.")
        for line in _lines(explanation):
            self.stdout.write(line)


def _lines(explanation: Explanation) -> list[str]:
    said: list[str] = []
    if award := explanation.award:
        said.append(f"{award.version}, awarded {award.decided_at:%Y-%m-%d %H:%M} UTC")
        if award.granted_by_id:
            said.append(f"By hand: {award.grant_reason}")
        if award.revoked_at:
            said.append(f"Revoked {award.revoked_at:%Y-%m-%d}: {award.revocation_reason}")
    if explanation.refusal:
        said.append(f"Refused: {explanation.refusal.reason}")
    said += [f"- {line.asked} By {line.by}." for line in explanation.because]
    for one in explanation.versions:
        state = "met, and being judged" if one.is_met else f"{in_words(one.left)} left"
        said += [f"{one.version}: {state}", one.sentence]
        said += [f"- {line.asked} {line.by or 'Not yet.'}" for line in one.lines]
    return said
