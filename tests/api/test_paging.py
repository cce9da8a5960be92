from __future__ import annotations

import base64
import json

import pytest

from tests.api.conftest import Caller, assert_problem
from tests.factories import EnrollmentFactory, MembershipFactory, UserFactory, published_course


def cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def ids(page) -> list[str]:
    return [item["id"] for item in page["results"]]


def test_following_next_reads_every_row_once(api: Caller):
    courses = [str(published_course().public_id) for _ in range(5)]

    page = api.json("/api/v1/courses", page_size=2)
    read = ids(page)
    while page["next"]:
        page = api.json(page["next"])
        read += ids(page)

    assert read == courses


def test_previous_leads_back_to_the_same_page(api: Caller):
    for _ in range(5):
        published_course()
    first = api.json("/api/v1/courses", page_size=2)
    second = api.json(first["next"])

    back = api.json(second["previous"])

    assert first["previous"] is None
    assert (ids(back), back["previous"]) == (ids(first), None)
    assert ids(api.json(back["next"])) == ids(second)


def test_a_page_keeps_the_filters(api: Caller):
    for number in range(3):
        published_course(title=f"Data {number}")
        published_course(title="Other")

    page = api.json("/api/v1/courses", q="data", page_size=2)

    assert [item["title"] for item in api.json(page["next"])["results"]] == ["Data 2"]


def test_rows_of_one_moment_are_paged_by_their_id(api: Caller, employer):
    course_run = published_course().runs.get()
    for _ in range(5):
        learner = UserFactory()
        MembershipFactory(user=learner, organization=employer, role="employee")
        EnrollmentFactory(learner=learner, run=course_run, completed=True)

    first = api.json("/api/v1/completions", page_size=2)
    second = api.json(first["next"])
    third = api.json(second["next"])

    assert len({*ids(first), *ids(second), *ids(third)}) == 5
    assert third["next"] is None
    assert ids(api.json(third["previous"])) == ids(second)


def test_no_count_is_given(api: Caller):
    assert set(api.json("/api/v1/courses")) == {"next", "previous", "results"}


@pytest.mark.parametrize("size", ["0", "-1", "201", "999999999999999", "x", "", "１２", "1.5"])
def test_a_page_size_out_of_bounds_is_refused(api: Caller, size: str):
    problem = assert_problem(api.get("/api/v1/courses", page_size=size), 400, "invalid-request")

    assert problem["errors"] == [
        {"parameter": "page_size", "detail": "Ask for 1 to 200 results a page."}
    ]


@pytest.mark.parametrize("path", ["/api/v1/courses", "/api/v1/tracks", "/api/v1/completions"])
@pytest.mark.parametrize(
    "value",
    [
        "garbage",
        "",
        "é",
        "====",
        cursor({}),
        cursor([]),
        cursor(None),
        cursor({"after": []}),
        cursor({"after": None}),
        cursor({"after": ["x"]}),
        cursor({"after": [2**70]}),
        cursor({"after": [-1]}),
        cursor({"after": [True]}),
        cursor({"after": [1.5]}),
        cursor({"sideways": [1]}),
        cursor({"after": [1], "before": [2]}),
        cursor({"after": ["2026-01-01T00:00:00", 1]}),
        cursor({"after": ["2026-13-01T00:00:00Z", 1]}),
        cursor({"after": ["0001-01-01T00:00:00+23:59", 1]}),
        cursor({"after": [None, 1]}),
        cursor({"after": ["2026-01-01T00:00:00Z", {}]}),
        base64.urlsafe_b64encode(b"[" * 5000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_a_cursor_that_is_none_is_refused(api: Caller, path: str, value: str):
    problem = assert_problem(api.get(path, cursor=value), 400, "invalid-request")

    assert problem["errors"][0]["parameter"] == "cursor"
