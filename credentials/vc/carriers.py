"""What a credential comes in: alone as JSON or JWT, or inside of a picture or a PDF."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.vc import baking, pdf
from credentials.vc.said import Explained, Said

MAX_BYTES = 2_097_152
"""Of the file around it; the credential itself has a limit of its own."""


class NotCarried(Explained, ValueError):
    """No credential can be taken out of it."""


@dataclass(frozen=True)
class Carried:
    content: bytes
    page: pdf.Page | None = None
    """What is beside it for people to read, if it came in a PDF."""


def unwrap(content: bytes) -> Carried:
    """The credential in it, as it was signed. Raises ``NotCarried``."""
    if len(content) > MAX_BYTES:
        words = Said("The file is larger than {size} MiB.", size=MAX_BYTES // 1_048_576)
        raise NotCarried(words)
    try:
        if baking.is_png(content):
            return Carried(baking.read_png(content))
        if pdf.is_pdf(content):
            page = pdf.read(content)
            return Carried(page.credential, page)
        if not content.lstrip().startswith((b"{", b"ey")) and baking.is_svg(content):
            return Carried(baking.read_svg(content))
    except (baking.NotBaked, pdf.NotRead) as error:
        raise NotCarried(error.words) from error
    return Carried(content)
