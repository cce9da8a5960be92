"""Whatever is sent, the answer is the sender's mistake, never ours."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import PASSWORD, UserFactory, published_course, published_track
from tests.test_routes import PLAIN
from tests.worlds import made_once

pytestmark = pytest.mark.django_db

PATHS = sorted({route.pattern for route in PLAIN if "<" not in route.pattern} - {"/readyz"})
SIMPLE = [path for path in PATHS if "^" not in path and "(" not in path]
OURS = (
    *("catalog:", "accounts:", "notifications:", "enrollment:", "credentials:"),
    *("healthz", "readyz"),
)
FORM = "application/x-www-form-urlencoded"
QUERIES = [
    "q=%00",
    "q=%ff%fe",
    "page=abc",
    "page=-1",
    "page=99999999999999999999",
    "field=nothing&language=%00",
    "cursor=%7B%7D",
    "needs=1&q=%25_",
    "needs=00000000-0000-0000-0000-000000000000",
    "address=http://[",
    "next=https://evil.example/",
    "q=" + "x" * 5000,
    "q=%F0%9F%AA%A8%20%E2%80%AE",
]


_catalog = made_once(lambda: published_track(published_course()))


@pytest.fixture
def visitor(client: Client, _catalog: object) -> Client:
    client.raise_request_exception = False
    return client


@pytest.fixture
def signed_in(visitor: Client) -> Client:
    visitor.force_login(UserFactory())
    return visitor


@pytest.mark.parametrize("path", SIMPLE)
def test_no_query_breaks_a_page(path, signed_in):
    statuses = {query: signed_in.get(f"{path}?{query}").status_code for query in QUERIES}

    assert not {query: status for query, status in statuses.items() if status >= 500}


@pytest.mark.parametrize("query", ["q=%00", "q=%ff"])
def test_nul_and_broken_utf_8_are_named(query, visitor):
    response = visitor.get(f"/courses/?{query}")

    assert response.status_code == 400
    assert "not valid UTF-8" in response.text


@pytest.mark.parametrize("path", ["/courses/%00/", "/courses/%ff/", "/issuers/%00", "/%00"])
def test_an_odd_path_is_a_bad_request(path, visitor):
    assert visitor.get(path).status_code in {400, 404}


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "BREW"])
def test_unknown_methods_are_refused(method, visitor):
    response = visitor.generic(method, "/courses/")

    assert response.status_code == 405
    assert "GET" in response["Allow"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/courses/", "/tracks/", "/healthz", "/notices/"])
def test_pages_are_not_written_to(method, path, visitor):
    assert visitor.generic(method, path).status_code in {403, 405}


def test_a_huge_body_is_refused_before_it_is_read(visitor):
    response = visitor.post(
        "/verify/", data=b"x" * (3 * 1024 * 1024), content_type="application/octet-stream"
    )

    assert response.status_code == 413
    assert "at most" in response.text


@pytest.mark.parametrize("length", ["abc", "-5", "9" * 30])
def test_a_length_that_is_no_length_is_refused(length, visitor):
    response = visitor.generic("POST", "/verify/", b"", CONTENT_LENGTH=length)

    assert 400 <= response.status_code < 500


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"a": 1e999}', b"\xff\xfe", b"[" * 5000, b'"' * 100],
)
def test_the_verifier_answers_anything(body, visitor):
    response = visitor.post("/verify/", {"text": body.decode("latin-1")})

    assert response.status_code in {200, 400, 422}


def test_a_broken_form_is_a_bad_request(visitor):
    response = visitor.generic(
        "POST", "/verify/", b"--x\r\nbroken", content_type="multipart/form-data; boundary=x"
    )

    assert 400 <= response.status_code < 500


def test_what_is_searched_for_is_shown_as_text(visitor):
    assert "<script>alert" not in visitor.get("/courses/?q=<script>alert(1)</script>").text


@pytest.mark.parametrize("path", ["/", "/courses/", "/verify/", "/account/login/", "/nothing"])
def test_every_page_has_a_strict_policy(path, visitor):
    policy = visitor.get(path)["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_cookies_are_kept_from_scripts_and_other_sites(visitor):
    visitor.get("/account/login/")
    signed = visitor.cookies["csrftoken"]

    assert (signed["httponly"], signed["samesite"]) == (True, "Lax")


def test_guessing_passwords_is_slowed_down_even_for_the_right_one(visitor):
    UserFactory(email="ada@example.org")
    for _ in range(6):
        visitor.post("/account/login/", {"login": "ada@example.org", "password": "wrong"})

    response = visitor.post("/account/login/", {"login": "ada@example.org", "password": PASSWORD})

    assert response.status_code == http.client.TOO_MANY_REQUESTS
    assert "Too many" in response.text
    assert "_auth_user_id" not in visitor.session


def test_signing_in_too_often_from_one_address_is_refused(visitor):
    answers = [
        visitor.post("/account/login/", {"login": f"{n}@example.org", "password": PASSWORD})
        for n in range(31)
    ]

    assert answers[-1].status_code == http.client.TOO_MANY_REQUESTS
    assert "Too many" in answers[-1].text


def test_behind_a_proxy_each_visitor_is_counted_apart(visitor, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def sign_in(n: int, address: str) -> int:
        return visitor.post(
            "/account/login/",
            {"login": f"{n}@example.org", "password": PASSWORD},
            headers={"x-forwarded-for": f"10.9.9.{n}, {address}"},
        ).status_code

    one = [sign_in(n, "192.0.2.1") for n in range(11)]

    assert one[-1] == http.client.TOO_MANY_REQUESTS, "what the visitor claims is not counted by"
    assert sign_in(12, "192.0.2.2") == http.client.OK


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "OPTIONS", "POST"])
def test_no_method_breaks_a_page(method, signed_in):
    statuses = {path: signed_in.generic(method, path).status_code for path in SIMPLE}

    assert not {path: status for path, status in statuses.items() if status >= 500}


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE"])
def test_our_pages_refuse_methods_that_they_do_not_know(method, signed_in):
    ours = [r.pattern for r in PLAIN if r.name.startswith(OURS) and "<" not in r.pattern]

    statuses = {path: signed_in.generic(method, path).status_code for path in ours}

    assert set(statuses.values()) == {405}, statuses


HEADERS = {
    "accept": "text/;q=x,,*/*;q=9, application/vc;;",
    "accept-language": "x" * 3000 + ";q=\x7f",
    "accept-encoding": "gzip;q=two",
    "authorization": "Bearer \xff" + "a" * 3000,
    "cookie": "sessionid=\xff; csrftoken=" + "b" * 3000,
    "hx-request": "perhaps",
    "if-modified-since": "the day before",
    "range": "bytes=9-1",
    "referer": "http://[",
    "user-agent": "z" * 8000,
    "x-forwarded-for": "not, an, address",
}


@pytest.mark.parametrize("name", HEADERS)
def test_no_header_breaks_a_page(name, visitor):
    statuses = {
        path: visitor.get(path, headers={name: HEADERS[name]}).status_code for path in SIMPLE
    }

    assert not {path: status for path, status in statuses.items() if status >= 500}


@pytest.mark.parametrize("host", ["evil.example", "a b", "[", ""])
def test_another_host_is_a_bad_request(host, visitor):
    assert visitor.get("/courses/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/courses/", "/api/v1/courses"])
def test_a_form_with_too_many_fields_is_refused(path, visitor):
    response = visitor.post(path, "&".join(f"f{n}=1" for n in range(2000)), content_type=FORM)

    assert 400 <= response.status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "/credentials/none",
        "/credentials/00000000-0000-0000-0000-000000000000",
        "/credentials/00000000-0000-0000-0000-000000000000/download",
        "/achievements/00000000-0000-0000-0000-000000000000",
        "/status/00000000-0000-0000-0000-000000000000",
        "/issuers/nobody",
        "/issuers/nobody/did.json",
        "/courses/nothing/",
        "/courses/" + "x" * 3000 + "/",
        "/skills/nothing/",
        "/skills/1/",
        "/skills/00000000-0000-0000-0000-000000000000/",
        "/occupations/nothing/",
        "/occupations/00000000-0000-0000-0000-000000000000/",
        "/tracks/../../etc/passwd",
        "/learning/none/",
        "/static/../config/settings.py",
        "/static/%2e%2e/manage.py",
    ],
)
def test_what_does_not_exist_is_not_found(path, signed_in):
    assert signed_in.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/api/v1/verify", "/api/oauth/token", "/api/oauth/revoke"),
        *("/oauth/token", "/oauth/revoke", "/oauth/register", "/wallets/credential"),
    ],
)
@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 5000, b'{"a": 1e999}', b"null"])
@pytest.mark.parametrize("content_type", ["application/json", FORM, "garbage", "text/xml"])
def test_the_api_answers_garbage_with_a_reason(content_type, body, path, visitor):
    response = visitor.generic("POST", path, body, content_type=content_type)

    assert 400 <= response.status_code < 500


@pytest.mark.parametrize("path", SIMPLE)
def test_every_html_answer_has_the_strict_policy(path, signed_in):
    response = signed_in.get(path)
    policy = response.get("Content-Security-Policy", "")

    assert not response.get("Content-Type", "").startswith("text/html") or (
        re.search(r"default-src '(self|none)'", policy) and "unsafe" not in policy
    )


@pytest.mark.parametrize("url", ["sqlite:////tmp/cairn.db", "mysql://cairn@localhost/cairn"])
def test_another_database_than_postgresql_is_refused_at_the_start_with_what_to_do(url):
    said = production("import config.settings", DATABASE_URL=url)

    assert said.returncode
    assert "DATABASE_URL has to be a postgres:// address" in said.stderr


def test_production_sends_its_cookies_over_https_alone():
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")
    script = f"from config import settings; print(*(getattr(settings, n) for n in {names}))"

    said = production(script)

    assert said.stdout.split() == ["True"] * len(names), said.stderr


def production(script, **variables):
    """What Python says that runs ``script`` as a production server is set up."""
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {
            "CAIRN_ENV": "production",
            "CAIRN_BASE_URL": "https://cairn.example",
            "CAIRN_KEY_ENCRYPTION_KEY": "00" * 32,
            "DATABASE_URL": "postgres://cairn@localhost/cairn",
            "REDIS_URL": "redis://localhost:6379/0",
            "SECRET_KEY": "only for this test",
        }
        | variables,
        check=False,
        capture_output=True,
        text=True,
    )
