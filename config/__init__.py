from __future__ import annotations

# Loaded with the settings, so that whoever calls delay() has our app and its broker,
# whichever process it is in.
from config.celery import app as celery_app

__all__ = ("celery_app",)
