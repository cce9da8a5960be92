"""All benchmarks, one after the other, and at the end what each of them says of its targets.

    DATABASE_URL=postgres://… REDIS_URL=redis://… python -m benchmarks [--small]

Ends with 1 when one of them misses a target or finds a wrong answer.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from benchmarks.catalog import say

LARGE = {"catalog": [], "enrollment": [], "issuing": ["--stored", "1000000"], "awards": []}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="some minutes for all")
    is_small = parser.parse_args().small
    summary: list[str] = []
    failed = False
    for name, large in LARGE.items():
        say(f"\n--- {name}")
        started = time.monotonic()
        code, lines = run(name, ["--small"] if is_small else large)
        ended = "all well" if code == 0 else f"ended with {code}"
        summary += [f"\n{name}, {(time.monotonic() - started) / 60:.1f} minutes: {ended}"]
        summary += [f"  {line.strip()}" for line in lines if "target" in line]
        failed |= code != 0
    say("\n".join(summary))
    sys.exit(int(failed))


def run(name: str, options: list[str]) -> tuple[int, list[str]]:
    """Shows what the benchmark says, and returns it with its exit status."""
    lines = []
    command = [sys.executable, "-u", "-m", f"benchmarks.{name}", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            say(line.rstrip())
            lines.append(line)
    return process.returncode, lines


if __name__ == "__main__":
    main()
