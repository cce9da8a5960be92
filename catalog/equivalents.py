"""Which courses count as which today, followed through."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from catalog.models import Equivalence


def counting_as(course_ids: Collection[int]) -> dict[int, list[int]]:
    """The courses that count as each of these, for those that have any."""
    direct: defaultdict[int, list[int]] = defaultdict(list)
    for course_id, other in _stated():
        direct[other].append(course_id)
    return {pk: _followed(pk, direct) for pk in course_ids if pk in direct}


def counted_as(course_id: int) -> list[int]:
    """The courses that this one counts as, if it is completed now."""
    direct: defaultdict[int, list[int]] = defaultdict(list)
    for one, other in _stated():
        direct[one].append(other)
    return _followed(course_id, direct)


def _stated() -> list[tuple[int, int]]:
    today = datetime.datetime.now(datetime.UTC).date()
    stated = Equivalence.objects.filter(since__lte=today).order_by("since", "pk")
    return list(stated.values_list("course", "counts_as"))


def _followed(start: int, direct: Mapping[int, Sequence[int]]) -> list[int]:
    reached = [start]
    for one in reached:
        reached += [pk for pk in direct.get(one, ()) if pk not in reached]
    return reached[1:]
