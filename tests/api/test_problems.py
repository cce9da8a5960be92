from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import ApiClient
from api.v1 import views
from tests.api.conftest import Caller, assert_problem, make_token

ID = "00000000-0000-4000-8000-000000000000"
LISTS = ["/api/v1/courses", "/api/v1/tracks", "/api/v1/completions"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v2/courses",
        "/api/v1/",
        "/api/v1/courses/x",
        "/api/v1/courses/1",
        f"/api/v1/courses/{ID}x",
        "/api/v1/courses/00000000-0000-4000-8000-00000000000G",
        "/api/v1/persons",
        "/api/v1//courses",
        "/api//evil.example",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "options"])
def test_unknown_addresses_are_problems_too(db: None, path: str, method: str):
    problem = assert_problem(getattr(Client(enforce_csrf_checks=True), method)(path), 404)

    assert "/api/docs/" in problem["detail"]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/api/docs", "/api/docs/"),
        ("/api/v1/schema?format=yaml", "/api/v1/schema/?format=yaml"),
        ("/api/v1/courses/?q=x", "/api/v1/courses?q=x"),
    ],
)
def test_a_slash_too_many_or_too_few_is_corrected(db: None, path: str, target: str):
    response = Client().get(path)

    assert (response.status_code, response["Location"]) == (301, target)


def test_a_post_with_a_slash_too_many_is_told(db: None):
    problem = assert_problem(Client().post("/api/v1/verify/"), 404)

    assert "Did you mean /api/v1/verify?" in problem["detail"]


@pytest.mark.parametrize("path", [f"{base}/{ID}" for base in LISTS])
def test_an_unknown_id_is_not_found(api: Caller, path: str):
    assert_problem(api.get(path), 404)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("name", "value"),
    [("feild", "ai"), ("format", "json"), ("access_token", "x"), ("offset", "3")],
)
def test_an_unknown_parameter_is_refused(api: Caller, path: str, name: str, value: str):
    problem = assert_problem(api.get(path, **{name: value}), 400, "invalid-request")

    assert problem["errors"][0]["parameter"] == name
    assert "page_size" in problem["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("courses", "field", "cooking"),
        ("courses", "updated_since", "yesterday"),
        ("courses", "updated_since", "2026-13-01T00:00:00Z"),
        ("courses", "updated_since", "0001-01-01T00:00:00+23:59"),
        ("courses", "q", "x" * 201),
        ("tracks", "field", "x"),
        ("tracks", "language", "x" * 36),
        ("completions", "completed_since", "x"),
        ("completions", "completed_before", "2026-03-03 09:00:00 02:00"),
        ("completions", "course", "x"),
    ],
)
def test_a_bad_filter_says_what_to_change(api: Caller, path: str, name: str, value: str):
    problem = assert_problem(api.get(f"/api/v1/{path}", **{name: value}), 400, "invalid-request")

    assert [error["parameter"] for error in problem["errors"]] == [name]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_wrong_method_is_not_allowed(api: Caller, path: str, method: str):
    response = getattr(api.client, method)(path)

    assert_problem(response, 405)
    assert "GET" in response["Allow"]


def test_verify_is_not_read(api: Caller):
    assert_problem(api.get("/api/v1/verify"), 405)


@pytest.mark.parametrize("path", LISTS)
def test_head_and_options_are_answered(api: Caller, path: str):
    assert api.client.head(path).status_code == 200
    assert api.client.options(path).status_code == 200


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "x", ""])
def test_only_json_is_spoken(api: Caller, accept: str):
    response = api.client.get("/api/v1/courses", headers={"accept": accept})

    if response.status_code != 200:
        assert_problem(response, 406)


@pytest.mark.parametrize("query", ["q=%zz", "q=%", "&&==&", "q=a%22b", "q=<>", "q=%F0%9F%98%80"])
def test_odd_queries_never_fail(api: Caller, query: str):
    assert api.client.get(f"/api/v1/courses?{query}").status_code in {200, 400}


def test_our_own_mistakes_are_problems_that_tell_nothing(
    api_client: ApiClient, monkeypatch: pytest.MonkeyPatch
):
    def fail(self: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(views.CourseList, "get_queryset", fail)
    response = Caller(make_token(api_client)).get("/api/v1/courses")

    assert "swordfish" not in str(assert_problem(response, 500))
