"""The short form of ``make faults``: the same processes, killed in the same ways, less of all."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.faults import services


@pytest.mark.skipif(
    not services.are_available(), reason="PostgreSQL's and Redis's server programs are not here"
)
@pytest.mark.skipif(
    not os.environ.get("REDIS_URL"), reason="runs once, with the suite on PostgreSQL and Redis"
)
def test_no_fault_loses_or_doubles_an_award():
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "600"],
        cwd=services.ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("none twice") == 4
