"""Addresses of 1EdTech's services: each method by its handler, errors in their own words."""

from __future__ import annotations

import functools
from collections.abc import Callable
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from wallets.endpoints import open_to_all_sites
from wallets.services import Service
from wallets.status_info import Failed

View = Callable[[HttpRequest], HttpResponseBase]
Handler = Callable[[Service, HttpRequest], HttpResponseBase]


def resource(service: Service, **handlers: Handler) -> View:
    """A view of this service. HEAD is answered as GET is."""
    by_method = {
        name.upper(): functools.partial(handler, service) for name, handler in handlers.items()
    }
    if "GET" in by_method:
        by_method["HEAD"] = by_method["GET"]
    methods = tuple(by_method)

    @login_not_required
    @csrf_exempt
    def answer(request: HttpRequest) -> HttpResponseBase:
        return open_to_all_sites(_answer(request), methods)

    def _answer(request: HttpRequest) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": ", ".join(methods)})
        try:
            handler = by_method.get(request.method or "")
            if handler is None:
                allowed = ", ".join(methods)
                raise Failed(
                    HTTPStatus.METHOD_NOT_ALLOWED, f"Send {allowed}.", headers={"Allow": allowed}
                )
            return handler(request)
        except Failed as failed:
            return failed.response

    return answer


def body_of(request: HttpRequest, *, most: int) -> bytes:
    try:
        body = request.body
    except RequestDataTooBig:
        body = b" " * (most + 1)
    if len(body) > most:
        raise Failed(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Send at most {most // 1024} KiB.")
    return body
