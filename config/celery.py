"""The Celery app: it carries nudges, while the rows are the queue."""

from __future__ import annotations

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_init, worker_process_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("cairn")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_to_work_without_the_key(**kwargs: Any) -> None:
    """Only workers sign, so only they need what opens the signing keys."""
    if not settings.KEY_ENCRYPTION_KEY:
        raise ImproperlyConfigured(
            "Set CAIRN_KEY_ENCRYPTION_KEY (or …_FILE): a worker cannot sign without it."
        )


@worker_process_init.connect
def leave_alone_what_is_loaded(**kwargs: Any) -> None:
    """What is loaded by now stays: to look through it for garbage took an eighth of issuing."""
    gc.freeze()


@task_prerun.connect
@task_postrun.connect
def close_what_is_broken_or_too_old(task: Any, **kwargs: Any) -> None:
    """As before and after each request; not within one that runs a task itself."""
    if not task.request.is_eager:
        close_old_connections()
