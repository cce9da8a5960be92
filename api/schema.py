"""The contract as OpenAPI 3.1: what a view does not say itself is added here."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import reverse
from django.utils.decorators import method_decorator
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.permissions import AllowAny

from api import problems
from credentials.addresses import absolute

DESCRIPTION = """\
Courses, tracks and completions for HR systems, and the verification of credentials.

Get a token with the client credentials of your organization, and send it with every request.
Errors are problem details (RFC 9457). Lists are read page by page: follow `next` until it is null.
"""
TAGS = [
    {"name": "Catalog", "description": "Published courses and tracks."},
    {"name": "Completions", "description": "What your organization’s people have completed."},
    {"name": "Credentials", "description": "Whether a credential is genuine and stands."},
]


class ProblemErrorSerializer(serializers.Serializer[Any]):
    parameter = serializers.CharField(required=False, help_text="A parameter of the query.")
    pointer = serializers.CharField(required=False, help_text="A JSON Pointer into the body.")
    detail = serializers.CharField(help_text="What to change.")


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details (RFC 9457)."""

    type = serializers.CharField(help_text="`about:blank`, or an address that explains it.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What went wrong this time, and what to do.")
    instance = serializers.CharField(help_text="The path that was asked for.")
    errors = ProblemErrorSerializer(many=True, required=False)  # type: ignore[assignment]


class Schema(AutoSchema):
    """Adds to every operation the problems that it may answer with."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            problem = self.resolve_serializer(ProblemSerializer, "response").ref
            for status, words in self._problems().items():
                operation["responses"][status] = {
                    "description": words,
                    "content": {problems.MEDIA_TYPE: {"schema": problem}},
                }
            operation["responses"]["200"]["description"] = "Done."
        return operation

    def _problems(self) -> dict[str, str]:
        found = {
            "401": "There is no token, or it is not valid.",
            "403": "The token lacks the scope, or its client acts for no organization.",
            "406": "Another format than JSON was asked for.",
        }
        if self.method == "POST":
            found["400"] = "The body cannot be read."
            found["404"] = "No credential that its learner shows has this id."
            found["413"] = "The body is too large."
            found["415"] = "The body is of another kind."
            found["429"] = "Too many requests; Retry-After says how long to wait."
        elif "{" in self.path:
            found["404"] = "Nothing that you may see has this id."
        else:
            found["400"] = "A parameter is unknown or has an invalid value."
        return dict(sorted(found.items()))


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.v1.authentication.BearerAuthentication"
    name = "oauth2"

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[str]]:
        return {"oauth2": list(getattr(auto_schema.view, "required_scopes", []))}

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        scopes: Any = settings.OAUTH2_PROVIDER["SCOPES"]
        return {
            "type": "oauth2",
            "description": "Client credentials (RFC 6749 §4.4).",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": absolute(reverse("api:token")),
                    "scopes": dict(scopes),
                }
            },
        }


class Generator(SchemaGenerator):
    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        schema: dict[str, Any] = super().get_schema(  # type: ignore[no-untyped-call]
            request=request, public=public
        )
        schema["info"]["description"] = DESCRIPTION
        schema["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
        schema["servers"] = [{"url": settings.BASE_URL}]
        schema["tags"] = TAGS
        return schema


@method_decorator(login_not_required, name="dispatch")
class SchemaView(SpectacularAPIView):
    """JSON unless YAML is asked for."""

    authentication_classes = []
    permission_classes = [AllowAny]
    generator_class = Generator
    renderer_classes = [
        OpenApiJsonRenderer2,
        OpenApiJsonRenderer,
        OpenApiYamlRenderer2,
        OpenApiYamlRenderer,
    ]
