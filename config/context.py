"""What every page may need to know of the installation."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    return {"base_url": settings.BASE_URL, "dev_mail_enabled": settings.DEV_MAIL_ENABLED}
