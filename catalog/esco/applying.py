"""Brings the tables to what a release says, writing only what differs."""

from __future__ import annotations

import datetime
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q

from catalog.esco import rows
from catalog.esco.files import Release
from catalog.models import Occupation, OccupationSkill, Skill
from catalog.models.concepts import Concept
from catalog.search import everything_changed
from lib.batches import batched

BATCH = 500
"""How many concepts are compared with their rows at a time."""
LINKED = 100
"""How many occupations have their links compared at a time."""

Progress = Callable[[int], object]
C = TypeVar("C", bound=Concept)


@dataclass
class Counts:
    """What became of the rows of one kind; links that are gone are removed, not retired."""

    kind: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    retired: int = 0
    removed: int = 0

    def __str__(self) -> str:
        names = ("created", "updated", "unchanged", "retired", "removed")
        said = [f"{getattr(self, n):,} {n}" for n in names if getattr(self, n)]
        return f"{self.kind}: {', '.join(said) or 'none'}"

    @property
    def changes(self) -> int:
        return self.created + self.updated + self.retired + self.removed


def apply(
    release: Release,
    *,
    at: datetime.datetime,
    is_dry_run: bool = False,
    progress: Progress = lambda done: None,
) -> list[Counts]:
    """All of the release or nothing: what is wrong in a file raises ``Unreadable``.

    Repeating it changes nothing. What an earlier release brought and this one lacks is retired;
    skills that catalog files or people made are not, for no release ever spoke of them.
    """
    with transaction.atomic():
        skills = _Upsert(Skill, ("label", "alt_labels", "description", "kind"), at)
        skill_ids = skills.run(rows.skills(release), progress)
        skills.retire(Skill.objects.exclude(kind=""))
        occupations = _Upsert(Occupation, ("label", "alt_labels", "description", "isco08"), at)
        occupation_ids = occupations.run(rows.occupations(release), progress)
        occupations.retire(Occupation.objects.all())
        links = _apply_links(release, occupation_ids, skill_ids, progress)
        if skills.counts.changes:
            everything_changed()
        if is_dry_run:
            transaction.set_rollback(True)
    return [skills.counts, occupations.counts, links]


class _Upsert:
    def __init__(self, model: type[Any], compared: tuple[str, ...], at: datetime.datetime) -> None:
        self.model, self.compared, self.at = model, compared, at
        self.counts = Counts(str(model._meta.verbose_name_plural))
        self.kept: set[int] = set()

    def run(self, values: Iterator[rows.Values], progress: Progress) -> array[int]:
        """The primary key of each row, in the order of the file."""
        keys = array("q")
        for batch in batched(values, BATCH):
            keys.extend(self._apply(batch))
            progress(len(batch))
        self.kept.update(keys)
        return keys

    def _apply(self, batch: tuple[rows.Values, ...]) -> list[int]:
        by_uri = {values["uri"]: values for values in batch}
        known = {item.uri: item for item in self.model.objects.filter(uri__in=by_uri)}
        new = [self.model(**values) for uri, values in by_uri.items() if uri not in known]
        changed = [item for uri, item in known.items() if self._assign(item, by_uri[uri])]
        self.model.objects.bulk_create(new)
        # An upsert by what is there already: one statement, where bulk_update builds a CASE a row.
        self.model.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["uri"],
            update_fields=[*self.compared, "retired_at", "search_text"],
        )
        self.counts.created += len(new)
        self.counts.updated += len(changed)
        self.counts.unchanged += len(known) - len(changed)
        known |= {item.uri: item for item in new}
        return [known[uri].pk for uri in by_uri]

    def _assign(self, item: Concept, values: rows.Values) -> bool:
        new = {**{name: values[name] for name in self.compared if name in values}}
        new["retired_at"] = None
        is_changed = any(getattr(item, name) != value for name, value in new.items())
        for name, value in new.items():
            setattr(item, name, value)
        return is_changed

    def retire(self, of_releases: Any) -> None:
        gone = [
            pk
            for pk in of_releases.filter(retired_at=None)
            .order_by()
            .values_list("pk", flat=True)
            .iterator(chunk_size=2000)
            if pk not in self.kept
        ]
        for batch in batched(gone, BATCH):
            self.counts.retired += self.model.objects.filter(pk__in=batch).update(
                retired_at=self.at
            )


def _apply_links(
    release: Release, occupation_ids: array[int], skill_ids: array[int], progress: Progress
) -> Counts:
    counts = Counts("links")
    retired = Q(occupation__retired_at__isnull=False) | Q(skill__retired_at__isnull=False)
    counts.removed, _ = OccupationSkill.objects.filter(retired).delete()
    wanted = _sorted_links(release, occupation_ids, skill_ids)
    by_occupation = groupby(wanted, key=lambda link: link[0])
    upcoming = next(by_occupation, None)
    # All occupations of the release, in order: one that no longer needs anything, too.
    for batch in batched(sorted(occupation_ids), LINKED):
        asked: dict[tuple[int, int], str] = {}
        while upcoming and upcoming[0] <= batch[-1]:
            asked |= {(link[0], link[1]): link[2] for link in upcoming[1]}
            upcoming = next(by_occupation, None)
        _apply_batch(batch, asked, counts)
        progress(len(asked))
    return counts


def _sorted_links(
    release: Release, occupation_ids: array[int], skill_ids: array[int]
) -> Iterator[tuple[int, int, str]]:
    """By occupation. Held as three arrays: a few bytes for each link."""
    essential = array("b")
    occupations, skills = array("q"), array("q")
    for occupation, skill, relation in rows.links(
        release, occupations=len(occupation_ids), skills=len(skill_ids)
    ):
        occupations.append(occupation_ids[occupation])
        skills.append(skill_ids[skill])
        essential.append(relation == OccupationSkill.Relation.ESSENTIAL)
    names = (OccupationSkill.Relation.OPTIONAL.value, OccupationSkill.Relation.ESSENTIAL.value)
    for place in sorted(range(len(occupations)), key=occupations.__getitem__):
        yield occupations[place], skills[place], names[essential[place]]


def _apply_batch(
    occupation_ids: tuple[int, ...], asked: dict[tuple[int, int], str], counts: Counts
) -> None:
    known = OccupationSkill.objects.filter(occupation__in=occupation_ids)
    gone, differing = [], []
    for pk, *pair, relation in known.values_list("pk", "occupation_id", "skill_id", "relation"):
        wanted = asked.pop((pair[0], pair[1]), None)
        if wanted is None:
            gone.append(pk)
        elif wanted != relation:
            differing.append(OccupationSkill(pk=pk, relation=wanted))
        else:
            counts.unchanged += 1
    for batch in batched(gone, BATCH):
        OccupationSkill.objects.filter(pk__in=batch).delete()
    OccupationSkill.objects.bulk_update(differing, ["relation"], batch_size=BATCH)
    OccupationSkill.objects.bulk_create(
        OccupationSkill(occupation_id=occupation, skill_id=skill, relation=relation)
        for (occupation, skill), relation in asked.items()
    )
    counts.created += len(asked)
    counts.updated += len(differing)
    counts.removed += len(gone)
