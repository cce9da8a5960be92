"""The offline verifier: one HTML file with all that it needs in it.

The same issuers make the same bytes. It checks by the browser's own cryptography and asks nobody
of its own accord; what it may fetch, when its reader says so, are status lists.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from credentials.vc import pinned

FOLDER = Path(__file__).parent
LIBRARY = FOLDER.parents[1] / "static" / "vendor" / "jsonld-9.0.0" / "jsonld.min.js"
SCRIPTS = ("keys.js", "reading.js", "checks.js", "page.js")


def page(*, site: str, dids: Sequence[dict[str, Any]]) -> str:
    """``dids`` are the DID documents of the issuers that it shall know."""
    data = {
        "site": site,
        "dids": sorted(dids, key=lambda described: str(described["id"])),
        "contexts": {address: pinned.load(address) for address in pinned.PINNED},
    }
    parts = {
        **_parts(),
        "policy": policy(),
        # What ends a script must not stand in one.
        "data": json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
    }
    template = (FOLDER / "page.html").read_text()
    return re.sub(r"\{\{ (\w+) \}\}", lambda found: parts[found[1]], template)


@cache
def _parts() -> dict[str, str]:
    return {
        "style": (FOLDER / "page.css").read_text(),
        "library": LIBRARY.read_text(),
        "script": '"use strict";\n' + "\n".join((FOLDER / name).read_text() for name in SCRIPTS),
    }


@cache
def policy() -> str:
    """The content security policy: nothing but what is in the file, and status lists."""
    library, script, style = (_digest(_parts()[name]) for name in ("library", "script", "style"))
    return (
        f"default-src 'none'; script-src {library} {script}; style-src {style}; "
        "connect-src https: http:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
