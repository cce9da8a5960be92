"""Where the stones of a stack lie in its picture: the credential on top, its parts below it.

One column, because it must be readable on a telephone. Pure computation, until a template draws it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from catalog.stacks import Part, State

WIDTH = 360
MAX_STONES = 60
CALM = 20
"""Stones that one takes in at a glance: in larger stacks, the lower tracks stay closed."""
INDENT = 22
GAP = 12
PADDING = 13
LINE = 19
NOTE_LINE = 17
MAX_LINES = 3
LABEL_UNIT = 8.3  # about the width of a Latin letter in the stylesheet's .stack-label
NOTE_UNIT = 7.0  # and in .stack-note
EDGE = 2  # room for the thickest outline
# No two stones of a cairn are alike: the radii of their corners, taken in turns.
CORNERS = ((17, 21, 15, 20), (21, 15, 19, 16), (15, 19, 21, 17), (20, 16, 17, 22))


@dataclass(frozen=True)
class Line:
    text: str
    x: int
    y: int


@dataclass(frozen=True)
class Stone:
    x: int
    y: int
    w: int
    h: int
    outline: str
    title: str
    url: str
    lines: tuple[Line, ...]
    notes: tuple[Line, ...]
    is_track: bool
    is_goal: bool
    state: State
    said: str


@dataclass(frozen=True)
class Edge:
    path: str


@dataclass
class Picture:
    width: int = WIDTH
    height: int = 0
    stones: list[Stone] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    labels: list[Line] = field(default_factory=list)
    left_out: int = 0


def draw(goal: Part) -> Picture:
    """Lay out the stack."""
    painter = _Painter(levels=_calm_levels(goal))
    painter.stack(goal, depth=0, level=0)
    painter.finish()
    return painter.picture


def render(stack: Part) -> SafeString:
    """The picture as SVG, and the same as a list."""
    return render_to_string("catalog/_stack.html", {"stack": stack, "picture": draw(stack)})


def _calm_levels(goal: Part) -> int:
    """How many levels of tracks can be open. The goal always is."""
    levels = 1
    while (stones := _count(goal, levels + 1)) <= CALM and stones > _count(goal, levels):
        levels += 1
    return levels


def _count(part: Part, levels: int) -> int:
    """The stones with so many levels of tracks open."""
    if part.is_track and levels == 0:
        return 1
    below = levels - 1 if part.is_track else levels
    return (part.kind != "group") + sum(_count(child, below) for child in part.parts)


class _Painter:
    def __init__(self, *, levels: int) -> None:
        self.levels = levels
        self.picture = Picture()
        self.y: int = EDGE

    def stack(self, part: Part, *, depth: int, level: int) -> int | None:
        """Draw the part and what is below it; return the height at which an edge meets it.

        ``level`` counts the tracks above the part, ``depth`` the groups, too.
        """
        picture = self.picture
        if part.kind != "group" and len(picture.stones) >= MAX_STONES:
            picture.left_out += 1
            return None
        x = EDGE + depth * INDENT
        if part.kind == "group":
            meets = self.y + NOTE_LINE // 2
            picture.labels.append(Line(part.title, x + 8, self.y + NOTE_LINE - 4))
            spine_top = self.y + NOTE_LINE
            self.y = spine_top + 6
        else:
            stone = self._stone(part, x=x, depth=depth)
            picture.stones.append(stone)
            meets = stone.y + stone.h // 2
            spine_top = stone.y + stone.h
            self.y = spine_top + GAP
        spine_x = x + INDENT // 2
        lowest: int | None = None
        is_closed = part.is_track and level >= self.levels
        below = level + part.is_track
        for child in () if is_closed else part.parts:
            height = self.stack(child, depth=depth + 1, level=below)
            if height is not None:
                lowest = height
                picture.edges.append(Edge(f"M{spine_x:g} {height:g}H{x + INDENT:g}"))
        if lowest is not None:
            picture.edges.append(Edge(f"M{spine_x:g} {spine_top:g}V{lowest:g}"))
        return meets

    def _stone(self, part: Part, *, x: int, depth: int) -> Stone:
        w = WIDTH - EDGE - x
        lines = wrap(part.title, units=(w - 2 * PADDING) / LABEL_UNIT)
        said = f"{part.said} ✓" if part.state == "done" and part.said else part.said
        notes = _notes(part, said, units=(w - 2 * PADDING) / NOTE_UNIT)
        h = 2 * PADDING + LINE * len(lines) + NOTE_LINE * len(notes) - 4
        text_x = x + PADDING + 2
        placed = tuple(
            Line(text, text_x, self.y + PADDING + LINE * (i + 1) - 7)
            for i, text in enumerate(lines)
        )
        return Stone(
            x=x,
            y=self.y,
            w=w,
            h=h,
            outline=_outline(x, self.y, w, h, CORNERS[len(self.picture.stones) % len(CORNERS)]),
            title=part.title,
            url=part.url,
            lines=placed,
            notes=tuple(
                Line(text, text_x, self.y + h - PADDING - NOTE_LINE * (len(notes) - i - 1))
                for i, text in enumerate(notes)
            ),
            is_track=part.is_track,
            is_goal=depth == 0,
            state=part.state,
            said=part.said,
        )

    def finish(self) -> None:
        picture = self.picture
        if picture.left_out:
            text = f"and {picture.left_out} more, in the list below"
            picture.labels.append(Line(text, EDGE + 8, self.y + NOTE_LINE - 4))
            self.y += NOTE_LINE
        picture.height = self.y - GAP + EDGE if not picture.left_out else self.y + EDGE


def _outline(x: int, y: int, w: int, h: int, radii: tuple[int, int, int, int]) -> str:
    a, b, c, d = (min(radius, h // 2) for radius in radii)
    return (
        f"M{x + a:g} {y:g}H{x + w - b:g}q{b:g} 0 {b:g} {b:g}V{y + h - c:g}q0 {c:g} -{c:g} {c:g}"
        f"H{x + d:g}q-{d:g} 0 -{d:g} -{d:g}V{y + a:g}q0 -{a:g} {a:g} -{a:g}Z"
    )


def _notes(part: Part, said: str, *, units: float) -> list[str]:
    """What is asked for and where the learner stands: that is never cut off by the other."""
    asked = " · ".join(filter(None, (part.note, part.rule)))
    together = " · ".join(filter(None, (asked, said)))
    notes = wrap(together, units=units) if together else []
    if asked and said and notes[-1].endswith("…"):
        return [*wrap(asked, units=units), *wrap(said, units=units)]
    return notes


def wrap(text: str, *, units: float) -> list[str]:
    """``text`` in at most ``MAX_LINES`` lines of about ``units`` Latin letters each."""
    lines = [""]
    for word in text.split():
        for piece in _pieces(word, units=units):
            joined = (
                f"{lines[-1]} {piece.text}"
                if lines[-1] and piece.is_first
                else (lines[-1] + piece.text)
            )
            if lines[-1] and width(joined) > units:
                lines.append(piece.text)
            else:
                lines[-1] = joined
    if len(lines) <= MAX_LINES:
        return lines
    last = lines[MAX_LINES - 1]
    while last and width(last) > units - 1:
        last = last[:-1]
    return [*lines[: MAX_LINES - 1], f"{last.rstrip()}…"]


@dataclass(frozen=True)
class _Piece:
    text: str
    is_first: bool


def _pieces(word: str, *, units: float) -> list[_Piece]:
    """A word too long for a line, and any word in a wide script, may be broken anywhere."""
    if width(word) <= units and not any(_is_wide(character) for character in word):
        return [_Piece(word, True)]
    return [_Piece(character, i == 0) for i, character in enumerate(word)]


def width(text: str) -> float:
    """In Latin letters."""
    return sum(
        0 if unicodedata.combining(one) else 1.9 if _is_wide(one) else 1.25 if one.isupper() else 1
        for one in text
    )


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
