"""The verifier, for programs: whatever carries a credential, in whatever way it is sent."""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1 import examples
from api.v1.parsing import JSON_PARSERS, OTHER_PARSERS, is_json, json_object, refuse_duplicates
from api.v1.serializers.verification import (
    VerificationSerializer,
    VerifyRequestSerializer,
    described,
)
from api.v1.throttling import VerifyThrottle
from api.v1.views import ClientView
from credentials import verifying
from credentials.known import is_on_site
from credentials.models import Credential
from credentials.vc.verify import Report

REQUEST = {"credential", "id", "url", "recipient"}
"""What a JSON body that is no credential itself may have."""


class Verify(ClientView):
    required_scopes = ["credentials:verify"]
    parser_classes = [*JSON_PARSERS, *OTHER_PARSERS, MultiPartParser]
    throttle_classes = [VerifyThrottle]

    @extend_schema(
        operation_id="verify_credential",
        tags=["Credentials"],
        summary="Verify a credential",
        description="Send a credential of whatever issuer as it is: its JSON or JWT, a badge (PNG, "
        "SVG) or a certificate (PDF). Or send an object, or a form, with one of `credential`, "
        "`file`, `url` and, for a credential of this site, `id`; with `recipient`, it is compared "
        "whose it is. The answer is 200 whatever the verdict: read `verdict`.",
        request=examples.VERIFY_REQUEST,
        responses=VerificationSerializer,
        examples=[
            examples.BY_ID,
            examples.BY_URL,
            examples.WITH_RECIPIENT,
            examples.VERIFICATION,
            examples.VERIFICATION_OF_UNKNOWN,
        ],
    )
    def post(self, request: Request) -> Response:
        source: Any = request.data
        if not isinstance(source, bytes):
            report = _asked_for(source)
        elif not source:
            raise ValidationError("The body is empty. Send a credential, or its id.")
        elif is_json(request.content_type or ""):
            report = _of_json(source)
        else:
            report = verifying.verify_file(source)
        return Response(VerificationSerializer(described(report)).data)


def _of_json(source: bytes) -> Report:
    """A credential itself, or an object that says which one is meant."""
    value = json_object(source)
    if not value or not REQUEST.issuperset(value):
        return verifying.verify_document(source)
    refuse_duplicates(source)
    return _asked_for(value)


def _asked_for(value: Any) -> Report:
    serializer = VerifyRequestSerializer(data=value)
    serializer.is_valid(raise_exception=True)
    asked = serializer.validated_data
    recipient = asked.get("recipient", "")
    if "file" in asked:
        return verifying.verify_file(asked["file"].read(), recipient=recipient)
    if "credential" in asked:
        credential = asked["credential"]
        text = credential if isinstance(credential, str) else json.dumps(credential)
        return verifying.verify_document(text, recipient=recipient)
    if "url" in asked and not is_on_site(asked["url"]):
        return verifying.verify_address(asked["url"], recipient=recipient)
    stored = _shown_credential(asked.get("id") or asked["url"])
    return verifying.verify_stored(stored, recipient=recipient)


def _shown_credential(reference: str) -> Credential:
    credential = verifying.find_stored(reference)
    if credential is None or credential.visibility == Credential.Visibility.OFF:
        raise NotFound(
            "No credential that its learner shows has this id or address. "
            "Check it, or ask the learner for the credential’s file."
        )
    return credential
