"""The credential that a PDF carries, and the words beside it, read where nothing can come to harm.

PDF is a language in which a small file can ask for a great deal, so it is read by a process of its
own with little time and memory (``pdf_inside``).
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from credentials.vc.pdf_inside import SECONDS
from credentials.vc.said import Explained, Said

PROGRAM = Path(__file__).with_name("pdf_inside.py")


class NotRead(Explained, ValueError):
    """The PDF cannot be read, or carries no credential."""


@dataclass(frozen=True)
class Page:
    """What a person sees of the file."""

    credential: bytes
    words: str
    language: str
    has_notes: bool
    """Whether something lies upon its pages that is not part of them, but for links."""
    pictures: int
    drawing: str
    """A digest of what is drawn where: the same when another program only saved it."""
    letters: str
    """A digest of the fonts and pictures that it is drawn with."""


def is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:1024]


def read(content: bytes) -> Page:
    """Raises ``NotRead``."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(PROGRAM)],
            input=content,
            capture_output=True,
            timeout=2 * SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise NotRead(Said("The PDF cannot be read.")) from error
    found = json.loads(done.stdout)
    credentials = [base64.b64decode(item) for item in found.pop("credentials")]
    if not credentials:
        raise NotRead(Said("The PDF carries no credential."))
    if len(credentials) > 1:
        raise NotRead(Said("The PDF carries more than one credential."))
    return Page(credential=credentials[0], **found)
