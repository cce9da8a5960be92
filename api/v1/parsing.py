"""Bodies that are kept as they came: a signature is over what was sent, not over what was read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from api.problems import TooLarge
from credentials.vc.verify import MAX_BYTES


class DocumentParser(BaseParser):
    """The raw bytes of a JSON document, at most as many as a credential needs."""

    media_type = "application/json"

    def parse(  # type: ignore[override]
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        source: bytes = stream.read(MAX_BYTES + 1)
        if len(source) > MAX_BYTES:
            raise TooLarge(f"A credential has at most {MAX_BYTES // 1024} KiB. Send only that.")
        return source


class CredentialParser(DocumentParser):
    media_type = "application/vc"


class CredentialLDParser(DocumentParser):
    media_type = "application/vc+ld+json"


class LDParser(DocumentParser):
    media_type = "application/ld+json"


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
