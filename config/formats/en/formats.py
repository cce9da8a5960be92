"""English dates as Europe writes them; those of other languages are Django's."""

from __future__ import annotations

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
