"""What a page is measured against, behind the product's own middleware."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from unittest import mock

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from catalog.views import browsing


@cache
def _bytes(name: str) -> bytes:
    return (Path(os.environ["BENCH_BYTES"]) / name).read_bytes()


@login_not_required
def bare(request: HttpRequest, name: str) -> HttpResponse:
    """The same bytes, from memory."""
    return HttpResponse(_bytes(name))


@login_not_required
def orm(request: HttpRequest) -> HttpResponse:
    """The results page as plain Django would make it: every count a query of its own."""
    with mock.patch("catalog.search.finding.live", return_value=None):
        return browsing.courses(request)


def redirected(request: HttpRequest) -> HttpResponse:
    """What a form answers that has done its work."""
    return HttpResponseRedirect("/learning/")
