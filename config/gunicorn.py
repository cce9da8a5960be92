"""How gunicorn serves Cairn, for ``gunicorn --config python:config.gunicorn`` and for ``run``."""

from __future__ import annotations

import os

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
