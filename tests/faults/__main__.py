"""``make faults``: kill workers, flush Redis, take it away, crash PostgreSQL; count what is left.

Usage: python -m tests.faults [COUNT], by default 1,000 awards for each fault.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.faults import services


def main() -> None:
    if not services.are_available():
        sys.exit("This needs PostgreSQL's and Redis's server programs; install them first.")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with (
        tempfile.TemporaryDirectory(prefix="cairn-faults-") as name,
        services.platform(Path(name)) as platform,
    ):
        # Only now are the private services known that the settings must name.
        os.environ.update(platform.environment, DJANGO_SETTINGS_MODULE="config.settings")
        try:
            run(platform, count)
        except Exception:
            platform.print_logs()
            raise


def run(platform: services.Platform, count: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from tests.faults import scenarios

    call_command("migrate", verbosity=0)
    scenarios.run_all(platform, count)


if __name__ == "__main__":
    main()
