"""A HEAD request gets the headers of GET, and no body."""

from __future__ import annotations

import io

import pytest
from django.core.wsgi import get_wsgi_application
from django.http import FileResponse
from django.test import RequestFactory

from config.middleware import NoBodyForHead

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/courses/", "/static/css/site.css", "/api/v1/nothing"])
def test_a_head_request_is_answered_with_headers_alone(path):
    """Asked of the application itself: the test client would drop a body before it is seen."""
    said = []
    environ = RequestFactory().head(path).environ

    answer = get_wsgi_application()(environ, lambda status, headers: said.append(dict(headers)))

    assert b"".join(answer) == b""
    answer.close()
    assert said[0]["Content-Type"]


def test_a_head_request_tells_the_length_of_what_get_would_send(client):
    assert client.head("/courses/")["Content-Length"] == client.get("/courses/")["Content-Length"]


def test_a_file_is_not_sent_for_a_head_request(rf):
    middleware = NoBodyForHead(lambda request: FileResponse(io.BytesIO(b"a file")))

    response = middleware(rf.head("/"))

    assert (b"".join(response), response["Content-Length"]) == (b"", "6")
