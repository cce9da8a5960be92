"""The schema, arranged for the documentation page."""

from __future__ import annotations

import functools
import json
import shlex
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from api.schema import Generator


@dataclass(frozen=True)
class Parameter:
    name: str
    place: str
    kind: str
    description: SafeString
    is_required: bool


@dataclass(frozen=True)
class Answer:
    status: str
    description: str
    media_types: str


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    path_parts: list[str]
    summary: str
    description: SafeString
    scopes: list[str]
    parameters: list[Parameter]
    answers: list[Answer]
    media_types: list[str]
    curl: str
    example: str


@dataclass
class Group:
    name: str
    description: str
    operations: list[Operation] = field(default_factory=list)


@dataclass(frozen=True)
class Reference:
    version: str
    groups: list[Group]
    scopes: dict[str, str]


@functools.cache
def reference() -> Reference:
    """Made once: the contract does not change while the process runs."""
    schema = Generator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    groups = {tag["name"]: Group(tag["name"], tag["description"]) for tag in schema["tags"]}
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            groups[operation["tags"][0]].operations.append(_operation(path, method, operation))
    flow = schema["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
    return Reference(schema["info"]["version"], list(groups.values()), flow["scopes"])


def _operation(path: str, method: str, raw: dict[str, Any]) -> Operation:
    body = raw.get("requestBody", {}).get("content", {})
    return Operation(
        id=raw["operationId"],
        method=method.upper(),
        path=path,
        path_parts=path.strip("/").split("/"),
        summary=raw["summary"],
        description=_marked_up(raw.get("description", "")),
        scopes=[scope for needed in raw["security"] for scope in needed["oauth2"]],
        parameters=[_parameter(item) for item in raw.get("parameters", [])],
        answers=[_answer(status, item) for status, item in sorted(raw["responses"].items())],
        media_types=list(body),
        curl=_curl(path, method, _first_example(body)),
        example=_pretty(_first_example(raw["responses"]["200"]["content"])),
    )


def _parameter(raw: dict[str, Any]) -> Parameter:
    schema = raw["schema"]
    kind = schema.get("format") or schema["type"]
    if "enum" in schema:
        kind = " | ".join(str(value) for value in schema["enum"])
    elif "maximum" in schema:
        kind = f"{schema['minimum']} to {schema['maximum']}"
        if "default" in schema:
            kind += f", default {schema['default']}"
    return Parameter(
        name=raw["name"],
        place=raw["in"],
        kind=kind,
        # The values stand in their own column already.
        description=_marked_up(raw.get("description", "").partition("\n\n* ")[0]),
        is_required=raw.get("required", False),
    )


def _answer(status: str, raw: dict[str, Any]) -> Answer:
    return Answer(status, raw["description"], ", ".join(raw["content"]))


def _marked_up(text: str) -> SafeString:
    """Plain text in which backticks mark code."""
    parts = text.split("`")
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<code>{}</code>", part) if n % 2 else part,)
            for n, part in enumerate(parts)
        ),
    )


def _first_example(content: dict[str, Any]) -> Any:
    for media in content.values():
        for example in media.get("examples", {}).values():
            return example["value"]
    return None


def _curl(path: str, method: str, body: Any) -> str:
    parts = ['curl -H "Authorization: Bearer $TOKEN"']
    if body is not None:
        parts += [
            f"-X {method.upper()}",
            "-H 'Content-Type: application/json'",
            f"--data {shlex.quote(json.dumps(body))}",
        ]
    parts.append(shlex.quote(f"{settings.BASE_URL}{path.replace('{public_id}', 'ID')}"))
    return " \\\n  ".join(parts)


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
