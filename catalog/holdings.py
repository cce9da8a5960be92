"""The catalog holds nothing about a person but who did what in it."""

from __future__ import annotations

from accounts import personal_data
from catalog.models import Course, Equivalence, Track


def register() -> None:
    for model in (Course, Track):
        personal_data.register_actor(model, "submitted_by", why="who handed it in for review")
        personal_data.register_actor(model, "scheduled_by", why="who planned its publishing")
    personal_data.register_actor(Equivalence, "by", why="who said what counts as what")
