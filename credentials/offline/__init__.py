"""The offline verifier: one HTML file with all that it needs in it.

The same issuers and language make the same bytes. It checks by the browser's own cryptography and
asks nobody of its own accord; what it may fetch, when its reader says so, are status lists.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Template
from django.template.context import Context

from credentials.offline import words
from credentials.vc import pinned

FOLDER = Path(__file__).parent
LIBRARY = FOLDER.parents[1] / "static" / "vendor" / "jsonld-9.0.0" / "jsonld.min.js"
SCRIPTS = ("words.js", "keys.js", "reading.js", "checks.js", "page.js")


def page(*, site: str, dids: Sequence[dict[str, Any]]) -> str:
    """In the language in force. ``dids`` are of the issuers that it shall know."""
    data: dict[str, Any] = {
        **words.said(),
        "dids": sorted(dids, key=lambda described: str(described["id"])),
        "contexts": {address: pinned.load(address) for address in pinned.PINNED},
    }
    parts = {
        **_parts(),
        "site": site,
        "policy": policy(),
        # What ends a script must not stand in one.
        "data": json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
    }
    return str(_template().render(Context(parts)))


@cache
def _template() -> Template:
    # Beside its scripts, because it holds them: the site's own pages hold none.
    return Template((FOLDER / "page.html").read_text())


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
