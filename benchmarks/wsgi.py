from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
if database := os.environ.get("BENCH_DATABASE"):
    settings.DATABASES["default"]["NAME"] = database
