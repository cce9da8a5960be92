from __future__ import annotations

import subprocess
import sys

IMPORT_ALL = """
import importlib, pkgutil, sys
from credentials import vc
for module in pkgutil.iter_modules(vc.__path__, "credentials.vc."):
    importlib.import_module(module.name)
print(*sorted(name for name in sys.modules if name.split(".")[0] in {"django", "accounts"}))
"""


def test_the_standards_layer_knows_nothing_of_django():
    said = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], check=True, capture_output=True, text=True
    )

    assert said.stdout.strip() == ""
