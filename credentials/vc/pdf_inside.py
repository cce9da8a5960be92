"""What is in a PDF, as JSON: a program that is given little time and memory, and nothing else.

It runs by itself (``pdf.read``), so it imports nothing of ours.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import resource
import sys
from typing import Any

SECONDS = 5
MEMORY = 1 << 30
MAX_PAGES = 20
MAX_ATTACHMENTS = 20
# How a stream is compressed, and where its object hangs, is not seen.
_STORED = {"/Length", "/Filter", "/DecodeParms", "/Parent", "/StructParent", "/StructParents"}


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _main() -> None:
    _bound()
    # Only here: whoever verifies no PDF needs no reader of them.
    import pypdf  # noqa: PLC0415

    reader = pypdf.PdfReader(io.BytesIO(sys.stdin.buffer.read()))
    attached = [
        bytes(content)
        for contents in list(reader.attachments.values())[:MAX_ATTACHMENTS]
        for content in contents
    ]
    pages = list(reader.pages)[:MAX_PAGES]
    sys.stdout.write(
        json.dumps(
            {
                "credentials": [
                    base64.b64encode(content).decode()
                    for content in attached
                    if _may_be_credential(content)
                ],
                "words": "\n".join(page.extract_text() for page in pages),
                "language": str(reader.root_object.get("/Lang", "")),
                "has_notes": any(map(_has_notes, pages)),
                "pictures": sum(map(_pictures, pages)),
                "drawing": hashlib.sha256(b"".join(map(_drawn, pages))).hexdigest(),
                "letters": hashlib.sha256(b"".join(map(_drawn_with, pages))).hexdigest(),
            }
        )
    )


def _may_be_credential(content: bytes) -> bool:
    start = content.lstrip()
    return start.startswith(b"ey") or (
        start.startswith(b"{") and b"VerifiableCredential" in content
    )


def _has_notes(page: Any) -> bool:
    notes = [note.get_object() for note in page.get("/Annots") or []]
    return any(note.get("/Subtype") != "/Link" for note in notes)


def _pictures(page: Any) -> int:
    """How many images, and groups of drawings, the page can draw."""
    resources = page.get("/Resources")
    objects = (resources.get_object() if resources else {}).get("/XObject")
    return len(objects.get_object()) if objects else 0


def _drawn(page: Any) -> bytes:
    """What is drawn, and how much of it the reader sees."""
    contents = page.get_contents()
    boxes = f"{page.mediabox} {page.cropbox} {page.get('/Rotate', 0)}"
    return boxes.encode() + (b"" if contents is None else contents.get_data())


def _drawn_with(page: Any) -> bytes:
    digest = hashlib.sha256()
    _add(digest, page.get("/Resources"), set())
    return digest.digest()


def _add(digest: Any, item: Any, seen: set[int]) -> None:
    """All that an object leads to, but for how the file stores it."""
    item = item.get_object() if item is not None else None
    if id(item) in seen:
        return
    seen.add(id(item))
    if isinstance(item, dict):
        if hasattr(item, "get_data"):
            digest.update(item.get_data())
        for name in sorted(item.keys() - _STORED):
            digest.update(name.encode())
            _add(digest, item.raw_get(name), seen)  # type: ignore[attr-defined]
    elif isinstance(item, list):
        digest.update(b"[")
        for part in item:
            _add(digest, part, seen)
    else:
        digest.update(repr(item).encode())


if __name__ == "__main__":
    _main()
