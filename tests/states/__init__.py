"""A world with rows in every state that the models know, made by what makes them in service."""

from __future__ import annotations

from tests.states import catalog, earned, learning, outside
from tests.states.people import People, people


def build() -> People:
    made = people()
    catalog.build(made)
    learning.build(made)
    earned.build(made)
    outside.build(made)
    return made
