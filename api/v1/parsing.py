"""Bodies that are kept as they came: a signature is over what was sent, not over what was read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from api.problems import TooLarge
from credentials.vc import carriers
from credentials.vc.verify import MAX_BYTES


class DocumentParser(BaseParser):
    """The raw bytes of a document, at most as many as a credential needs."""

    media_type = "application/json"
    most = MAX_BYTES

    def parse(  # type: ignore[override]
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        source: bytes = stream.read(self.most + 1)
        if len(source) > self.most:
            raise TooLarge(f"A credential has at most {self.most // 1024} KiB. Send only that.")
        return source


class CredentialParser(DocumentParser):
    media_type = "application/vc"


class CredentialLDParser(DocumentParser):
    media_type = "application/vc+ld+json"


class LDParser(DocumentParser):
    media_type = "application/ld+json"


class TokenParser(DocumentParser):
    media_type = "application/vc+jwt"


class JwtParser(DocumentParser):
    media_type = "application/jwt"


class PngParser(DocumentParser):
    """A badge or a certificate with the credential in it."""

    media_type = "image/png"
    most = carriers.MAX_BYTES


class SvgParser(PngParser):
    media_type = "image/svg+xml"


class PdfParser(PngParser):
    media_type = "application/pdf"


JSON_PARSERS = [DocumentParser, CredentialParser, CredentialLDParser, LDParser]
OTHER_PARSERS = [TokenParser, JwtParser, PngParser, SvgParser, PdfParser]


def is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind in {parser.media_type for parser in JSON_PARSERS}


def json_object(source: bytes) -> dict[str, Any]:
    try:
        value = json.loads(source)
    except RecursionError as error:
        raise ParseError("The body is nested more deeply than a credential needs.") from error
    except ValueError as error:
        raise ParseError(f"The body is not JSON in UTF-8: {str(error)[:200]}.") from error
    if not isinstance(value, dict):
        raise ParseError("The body is JSON, but not one object in braces. Send a credential.")
    return value


def refuse_duplicates(source: bytes) -> None:
    """Two readers may each take another one of two equal names."""
    json.loads(source, object_pairs_hook=_without_duplicates)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ParseError("A name stands twice in one object. Write it once.")
    return found
