"""Facts as arrays: ``catalog.judging.Fact``, one column for each of its fields."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.judging import Fact, Item, Kind

Array = NDArray[Any]

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)
NEVER = np.iinfo(np.int64).max
NO_GRADE = -1
KINDS: tuple[Kind, ...] = ("award", "completion", "recognition")
"""In the order in which the newest first go on when they are of one moment."""
AWARD, COMPLETION, RECOGNITION = range(3)
_ITEMS = ("course", "achievement", "recognition")


def moment(at: datetime.datetime) -> int:
    """Microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


def instant(moment: int) -> datetime.datetime:
    """The other way round."""
    return EPOCH + int(moment) * MICROSECOND


def months_later(moments: Array, months: Array | int) -> Array:
    """``catalog.judging.months_after`` of each; of months below zero, ``months_before``."""
    at = np.asarray(moments).astype("datetime64[us]")
    day, month = at.astype("datetime64[D]"), at.astype("datetime64[M]")
    target = month + np.asarray(months).astype("timedelta64[M]")
    last = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    on = np.minimum(target.astype("datetime64[D]") + (day - month.astype("datetime64[D]")), last)
    later: Array = (on + (at - day)).astype(np.int64)
    return later


def item_code(item: Item) -> int:
    return item[1] * len(_ITEMS) + _ITEMS.index(item[0])


_UNLESS_GIVEN: Mapping[str, Any] = {
    "grade": NO_GRADE,
    "until": NEVER,
    "issuer": 0,
    "minutes": 0,
    "ects": 0,
    "level": 0,
    "is_current": False,
}


class Facts:
    """``grade`` is in hundredths, ``item`` a code of what counts once, ``level`` a skill's.

    A column is brought over when it is first asked for: of most facts, rules ask nothing but whose
    they are. One that is the same for all takes no memory: it is spread over one value.
    """

    at: Array
    grade: Array
    until: Array
    issuer: Array
    kind: Array
    pk: Array
    minutes: Array
    ects: Array
    item: Array
    level: Array
    is_current: Array

    def __init__(self, learner: Array, column: Callable[[str], Any]) -> None:
        """``column`` says what is in each other column: values, or one for all."""
        self.learner = learner
        self._column = column

    @classmethod
    def of(cls, learner: Array, **columns: Any) -> Facts:
        """Columns may be given as one value for all, or as a function that fetches them."""

        def column(name: str) -> Any:
            given = columns[name] if name in columns else _UNLESS_GIVEN[name]
            return given() if callable(given) else given

        return cls(learner, column)

    def __getattr__(self, name: str) -> Array:
        """A column that has not been asked for yet."""
        if name not in Facts.__annotations__:
            raise AttributeError(name)
        values = _spread(self._column(name), len(self.learner))
        setattr(self, name, values)
        return values

    def __len__(self) -> int:
        return len(self.learner)

    def __getitem__(self, which: Any) -> Facts:
        def column(name: str) -> Any:
            values = getattr(self, name)
            return values[0] if len(values) and is_one_value(values) else values[which]

        return Facts(self.learner[which], column)

    def at_level(self, level: int) -> Facts:
        return Facts(self.learner, lambda name: level if name == "level" else getattr(self, name))

    def newest(self) -> Facts:
        """The newest of each learner."""
        order = np.lexsort((-self.pk, self.kind, -self.at, self.learner))
        learner = self.learner[order]
        is_first = np.ones(len(learner), dtype=bool)
        is_first[1:] = learner[1:] != learner[:-1]
        return self[order[is_first]]

    def plainly(self) -> Iterator[tuple[int, Fact]]:
        """Each as one fact, with its learner; the newest first."""
        for index in np.lexsort((-self.pk, self.kind, -self.at)).tolist():
            until, grade = int(self.until[index]), int(self.grade[index])
            number, kind = divmod(int(self.item[index]), len(_ITEMS))
            yield (
                int(self.learner[index]),
                Fact(
                    pk=int(self.pk[index]),
                    at=instant(self.at[index]),
                    grade=None if grade == NO_GRADE else Decimal(grade) / 100,
                    minutes=int(self.minutes[index]),
                    ects=int(self.ects[index]),
                    kind=KINDS[self.kind[index]],
                    issuer_id=int(self.issuer[index]) or None,
                    until=None if until == NEVER else instant(until),
                    level=int(self.level[index]),
                    item=(_ITEMS[kind], number),
                ),
            )


def is_one_value(values: Array) -> bool:
    return len(values) < 2 or values.strides == (0,)


def is_all(values: Array, value: int) -> bool:
    """Whether one glance tells that all are this."""
    return not len(values) or (is_one_value(values) and values[0] == value)


def _spread(value: Any, count: int) -> Array:
    """The one value, ``count`` times, where it is one. A column stays as it is."""
    one = np.asarray(value)
    # As np.broadcast_to does it, in a tenth of the time; rules have thousands of columns.
    return one if one.ndim else np.ndarray(count, one.dtype, one, strides=(0,))


def together(parts: Sequence[Facts]) -> Facts:
    some = [part for part in parts if len(part)]
    if len(some) == 1:
        return some[0]
    if not some:
        return Facts.of(np.zeros(0, dtype=np.int32), at=0, kind=0, pk=0, item=0)

    def column(name: str) -> Any:
        columns = [getattr(part, name) for part in some]
        first = columns[0][0]
        is_same = all(is_one_value(values) and values[0] == first for values in columns)
        return first if is_same else np.concatenate(columns)

    return Facts(np.concatenate([part.learner for part in some]), column)
