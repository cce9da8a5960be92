"""Credentials inside of pictures (Open Badges 3.0 §5.3), baked in and read out again."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from credentials.vc.said import Explained, Said

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_IHDR_END = len(PNG_SIGNATURE) + 25
# Keyword, not compressed, no language, no translated keyword (PNG 1.2 §4.2.3.3).
_TEXT_HEAD = KEYWORD + b"\0\0\0\0\0"


class NotBaked(Explained, ValueError):
    """The picture carries no credential that can be read."""


def is_png(content: bytes) -> bool:
    return content.startswith(PNG_SIGNATURE)


def is_svg(content: bytes) -> bool:
    return b"<svg" in content[:4096].lower()


def bake_png(picture: bytes, credential: bytes) -> bytes:
    """The picture with the credential, JSON or JWT, as its ``iTXt`` chunk."""
    chunk = _chunk(b"iTXt", _TEXT_HEAD + credential)
    return picture[:_IHDR_END] + chunk + picture[_IHDR_END:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def read_png(content: bytes) -> bytes:
    """The credential in it. Raises ``NotBaked``."""
    found = [data for kind, data in _chunks(content) if kind == b"iTXt" and _is_ours(data)]
    if not found:
        raise NotBaked(Said("The PNG picture carries no credential."))
    if len(found) > 1:
        # Two readers may each take another one: then they see two credentials.
        raise NotBaked(Said("The PNG picture carries more than one credential."))
    if not found[0].startswith(_TEXT_HEAD[: len(KEYWORD) + 2]):
        raise NotBaked(
            Said("The credential in the PNG picture is compressed, which is not allowed.")
        )
    # Past the method of compression: a language and a translated keyword, each up to its zero.
    parts = found[0][len(KEYWORD) + 3 :].split(b"\0", 2)
    if len(parts) < 3:
        raise NotBaked(Said("The credential in the PNG picture is cut off."))
    return parts[2]


def _is_ours(data: bytes) -> bool:
    return data.startswith(KEYWORD + b"\0")


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(PNG_SIGNATURE)
    while place + 12 <= len(content):
        (size,) = struct.unpack_from(">I", content, place)
        kind = content[place + 4 : place + 8]
        if place + 12 + size > len(content) or kind == b"IEND":
            return
        yield kind, content[place + 8 : place + 8 + size]
        place += 12 + size


def bake_svg(picture: str, credential: str) -> str:
    """The picture with the credential's JSON as the first element of its root."""
    end = picture.index(">", picture.index("<svg")) + 1
    # Written as JSON may write it: some readers take only what stands before a second section.
    text = credential.replace("]]>", "]]\\u003e")
    element = (
        f'<openbadges:credential xmlns:openbadges="{NAMESPACE}">'
        f"<![CDATA[{text}]]></openbadges:credential>"
    )
    return picture[:end] + element + picture[end:]


def read_svg(content: bytes) -> bytes:
    """The credential in it, JSON or JWT. Raises ``NotBaked``."""
    reader = _SvgReader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.refuse_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        words = Said(
            "The SVG picture is not well-formed XML: what stands in line {line} cannot be read.",
            line=error.lineno,
        )
        raise NotBaked(words) from error
    if not reader.found:
        raise NotBaked(Said("The SVG picture carries no credential."))
    if len(reader.found) > 1:
        raise NotBaked(Said("The SVG picture carries more than one credential."))
    return reader.found[0].strip().encode("utf-8", "surrogatepass")


class _SvgReader:
    def __init__(self) -> None:
        self.found: list[str] = []
        self._is_inside = False

    def refuse_doctype(self, *declared: object) -> None:
        """It could define entities, which is how a small file becomes a huge one."""
        raise NotBaked(Said("The SVG picture declares a document type, which no badge needs."))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{NAMESPACE} credential":
            self.found.append(attributes.get("verify", ""))
            self._is_inside = not self.found[-1]

    def end(self, name: str) -> None:
        if name == f"{NAMESPACE} credential":
            self._is_inside = False

    def text(self, text: str) -> None:
        if self._is_inside:
            self.found[-1] += text
