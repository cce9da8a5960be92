"""How gunicorn serves Cairn, for ``gunicorn --config python:config.gunicorn`` and for ``run``."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings

wsgi_app = "config.wsgi"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 1)
worker_class = "gthread"
threads = 8
preload_app = True
timeout = 60
# Long enough for a page in the making, short enough for whoever pressed Ctrl-C.
graceful_timeout = 5
# The control socket would leave a file in the home directory, and we send it no commands.
control_socket_disable = True


def post_fork(server: Any, worker: Any) -> None:
    """Whoever breaks into a web process must not be able to sign, even if it was given the key."""
    # Without Redis the worker is a thread of this process.
    if settings.REDIS_URL:
        settings.KEY_ENCRYPTION_KEY = ""
        settings.PKCS11_PIN = ""
        for name in ("CAIRN_KEY_ENCRYPTION_KEY", "CAIRN_PKCS11_PIN"):
            os.environ.pop(name, None)
