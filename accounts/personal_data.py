"""The register of what is held about people: the one source of exports and of erasure.

Each app says in its ``ready()`` which of its rows are about a person. They come in the order of
``INSTALLED_APPS``, the outermost first, so that what refers to something goes before it. A test
fails when a row can be about a person and no app says so.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F

from accounts.models.people import User
from lib.batches import batched

Rows = models.QuerySet[Any]
Attachments = Iterator[tuple[str, Iterable[bytes]]]
BATCH = 500
GONE = "(erased)"
"""What stands where a word was that a constraint asks for."""


def delete(rows: Rows, *, at: datetime.datetime) -> None:
    rows.delete()


def keep(rows: Rows, *, at: datetime.datetime) -> None:
    """For rows that say nothing of a person once the person has no name."""


def no_attachments(rows: Rows) -> Attachments:
    return iter(())


@dataclass(frozen=True, kw_only=True)
class Holding:
    """Rows that are about one person each. ``about`` is said in the export.

    ``hidden`` columns are secrets, or the work of the platform and not of the person; ``also``
    names columns of related rows. ``stays`` tells the person what is left of them, and why.
    """

    model: type[models.Model]
    whose: str
    about: str
    hidden: frozenset[str] = frozenset()
    also: Mapping[str, str] = field(default_factory=dict)
    attachments: Callable[[Rows], Attachments] = no_attachments
    erase: Callable[..., None] = delete
    stays: Any = ""

    @property
    def name(self) -> str:
        return str(self.model._meta.verbose_name_plural).replace(" ", "_").replace("-", "")

    def rows(self, user: User) -> Rows:
        return self.model._base_manager.filter(**{self.whose: user.pk}).order_by("pk")

    def values(self, user: User) -> Iterator[dict[str, Any]]:
        """Read in pieces: what a person holds may be long."""
        columns = [
            column.name
            for column in self.model._meta.concrete_fields
            if not column.is_relation and column.name not in {"id", *self.hidden}
        ]
        also = {f"_{name}": F(lookup) for name, lookup in self.also.items()}
        rows = self.rows(user).values(*columns, **also)
        for row in rows.iterator(chunk_size=BATCH):
            yield {name.removeprefix("_"): value for name, value in row.items()}

    def file_names(self, user: User) -> Iterator[str]:
        """The stored files that go with the rows."""
        for column in self.model._meta.concrete_fields:
            if isinstance(column, models.FileField):
                names = self.rows(user).exclude(**{column.name: ""})
                yield from names.values_list(column.name, flat=True)


_holdings: dict[type[models.Model], Holding] = {}
_actors: dict[tuple[type[models.Model], str], str] = {}


def register(*holdings: Holding) -> None:
    for one in holdings:
        _holdings[one.model] = one


def register_actor(model: type[models.Model], column: str, *, why: str) -> None:
    """A column that says who has done something; the row is about somebody or something else."""
    _actors[model, column] = why


def holdings() -> list[Holding]:
    return list(_holdings.values())


def actors() -> Mapping[tuple[type[models.Model], str], str]:
    return _actors


def clear_history(rows: Rows) -> None:
    """Take the words about these rows out of the admin's history: names, and reasons with them.

    Who did something to which row, and when, stays.
    """
    kind = ContentType.objects.get_for_model(rows.model, for_concrete_model=False)
    for some in batched((str(pk) for pk in rows.values_list("pk", flat=True)), BATCH):
        LogEntry.objects.filter(content_type=kind, object_id__in=some).update(
            object_repr=GONE, change_message=""
        )
