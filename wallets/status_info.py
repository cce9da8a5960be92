"""Errors as 1EdTech's services have them: ``Imsx_StatusInfo`` (Open Badges 3.0 §B.3)."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse, JsonResponse

MINOR = {
    HTTPStatus.BAD_REQUEST: "invalid_data",
    HTTPStatus.UNAUTHORIZED: "unauthorizedrequest",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "not_allowed",
    HTTPStatus.NOT_ACCEPTABLE: "not_acceptable",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "invalid_data",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "invalid_data",
    HTTPStatus.TOO_MANY_REQUESTS: "server_busy",
}


class Failed(Exception):
    """The request cannot be granted; the words say why, and what to do."""

    def __init__(
        self,
        status: HTTPStatus,
        words: str,
        *,
        minor: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(words)
        self.response = failure(status, words, minor=minor, headers=headers or {})


def failure(
    status: HTTPStatus, words: str, *, minor: str = "", headers: dict[str, str]
) -> HttpResponse:
    field = {
        "imsx_codeMinorFieldName": "TargetEndSystem",
        "imsx_codeMinorFieldValue": minor or MINOR[status],
    }
    said = {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": words,
        "imsx_codeMinor": {"imsx_codeMinorField": [field]},
    }
    return JsonResponse(said, status=status, headers=headers)
