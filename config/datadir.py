"""Who uses the data folder at this moment."""

from __future__ import annotations

import fcntl

from django.conf import settings

_held: list[object] = []


def lock(*, shared: bool) -> bool:
    """Hold the folder until this process and its children end; False when others are in the way.

    Servers hold it together; whoever empties it must be alone.
    """
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    file = (settings.DATA_DIR / "run.lock").open("a")
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return False
    _held.append(file)
    return True
