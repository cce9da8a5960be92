from __future__ import annotations

import re
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from drf_spectacular.validation import validate_schema

from api import problems
from api.schema import Generator
from tests.api.conftest import Caller
from tests.factories import published_course, published_track

SCHEMA = "/api/v1/schema/"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return Generator().get_schema(public=True)


def operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for item in schema["paths"].values() for operation in item.values()]


def test_the_schema_is_valid_openapi_3_1(schema: dict[str, Any]):
    validate_schema(schema)

    assert schema["openapi"] == "3.1.0"


def test_making_the_schema_warns_of_nothing():
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_every_operation_names_its_scope_its_problems_and_an_example(schema: dict[str, Any]):
    flow = schema["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == f"{settings.BASE_URL}/api/oauth/token"

    for operation in operations(schema):
        ((scope,),) = [needed["oauth2"] for needed in operation["security"]]
        assert scope in flow["scopes"]
        assert {"200", "401", "403"} <= set(operation["responses"])
        (answer,) = operation["responses"]["200"]["content"].values()
        assert answer["examples"]
        for status, response in operation["responses"].items():
            if status != "200":
                assert list(response["content"]) == [problems.MEDIA_TYPE]


def check(schema: dict[str, Any], operation_id: str, value: Any) -> None:
    (operation,) = [item for item in operations(schema) if item["operationId"] == operation_id]
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(value, {**answer, "components": schema["components"]})


def test_the_examples_are_what_the_schema_says(schema: dict[str, Any]):
    for operation in operations(schema):
        content = operation["responses"]["200"]["content"]["application/json"]
        for example in content["examples"].values():
            check(schema, operation["operationId"], example["value"])


def test_real_answers_are_what_the_schema_says(api: Caller, schema: dict[str, Any]):
    course = published_course(quiz=True)
    track = published_track(course)

    check(schema, "list_courses", api.json("/api/v1/courses"))
    check(schema, "get_course", api.json(f"/api/v1/courses/{course.public_id}"))
    check(schema, "list_tracks", api.json("/api/v1/tracks"))
    check(schema, "get_track", api.json(f"/api/v1/tracks/{track.public_id}"))


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
        ("application/yaml", "application/yaml"),
        ("application/vnd.oai.openapi", "application/vnd.oai.openapi"),
    ],
)
def test_the_schema_is_public_in_json_and_yaml(db: None, accept: str, content_type: str):
    response = Client().get(SCHEMA, headers={"accept": accept})

    assert response.status_code == 200
    assert response["Content-Type"].split(";")[0] == content_type
    assert yaml.safe_load(response.content)["openapi"] == "3.1.0"


def test_the_schema_in_a_browser(db: None):
    response = Client().get(SCHEMA, headers={"accept": "text/html,application/xml;q=0.9,*/*;q=0.8"})

    assert response.status_code == 200


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.fragments: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if "id" in found:
            self.ids.append(found["id"] or "")
        if (found.get("href") or "").startswith("#"):
            self.fragments.append((found["href"] or "")[1:])


@pytest.fixture
def page(db: None) -> str:
    response = Client().get("/api/docs/")
    assert response.status_code == 200
    return response.content.decode()


def test_the_documentation_is_public_and_lists_every_operation(page: str, schema: dict[str, Any]):
    for operation in operations(schema):
        assert operation["operationId"] in Page(page).ids
        assert operation["summary"] in page


def test_the_documentations_first_request_is_one_that_works(page: str):
    assert f"Bearer $TOKEN&quot; {settings.BASE_URL}/api/v1/courses" in page.replace('"', "&quot;")


def test_the_documentation_explains_every_type_of_problem(page: str):
    ids = Page(page).ids

    assert all(kind.uri.split("#")[1] in ids for kind in problems.KINDS.values())


def test_the_documentations_links_lead_somewhere_and_ids_are_unique(page: str):
    found = Page(page)

    assert set(found.fragments) <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))


def test_the_documentation_runs_under_the_policy(page: str):
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
