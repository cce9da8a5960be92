"""What a process of a worker does before its first task."""

from __future__ import annotations

import gc

from celery.signals import worker_process_init


def test_what_is_loaded_is_not_looked_through_for_garbage():
    worker_process_init.send(sender=None)
    frozen = gc.get_freeze_count()
    gc.unfreeze()

    assert frozen
