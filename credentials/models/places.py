"""A place of a status list is one document's: no two share a bit, in whichever tables they are.

Each table has a unique constraint of its own; what the tables have between them is guarded.
"""

from __future__ import annotations

from typing import Literal

from lib.db_guards import Guard

_TABLES = ("credentials_credential", "credentials_endorsement", "credentials_lostplace")


def _taken_once(name: str, table: str, on: Literal["INSERT", "UPDATE"]) -> Guard:
    return Guard(
        name=name,
        table=table,
        on=on,
        holds="credentials_statuslist WHERE id = NEW.status_list_id",
        forbidden=" OR ".join(
            # Names of tables.
            f"EXISTS (SELECT 1 FROM {other} WHERE {other}.status_list_id = NEW.status_list_id"  # noqa: S608
            f" AND {other}.status_index = NEW.status_index)"
            for other in _TABLES
            if other != table
        ),
    )


GUARDS = [
    # A credential's place never changes, by a guard of its own.
    _taken_once("credential_place_of_nobody_else", "credentials_credential", "INSERT"),
    _taken_once("endorsement_place_of_nobody_else", "credentials_endorsement", "INSERT"),
    _taken_once("endorsement_place_stays_of_nobody_else", "credentials_endorsement", "UPDATE"),
    _taken_once("lost_place_of_nobody_else", "credentials_lostplace", "INSERT"),
    _taken_once("lost_place_stays_of_nobody_else", "credentials_lostplace", "UPDATE"),
]
