"""The verifier as a file of its own, for those who trust no website with a credential."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_exempt
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from credentials import addresses, documents, offline
from credentials.models import SigningKey

SECONDS = 300


@login_not_required
@require_safe
@csp_exempt()
@vary_on_cookie
def offline_verifier(request: HttpRequest) -> HttpResponse:
    """In the reader's language, which a cookie may name; ``?download`` saves it.

    What may run in it is said by digests: it has no other scripts.
    """
    response = HttpResponse(
        offline.page(site=urlsplit(settings.BASE_URL).netloc, dids=_dids_of_ours())
    )
    response["Content-Security-Policy"] = f"{offline.policy()}; frame-ancestors 'none'"
    if "download" in request.GET:
        response["Content-Disposition"] = 'attachment; filename="verify-offline.html"'
    patch_cache_control(response, public=True, max_age=SECONDS)
    return response


def _dids_of_ours() -> list[dict[str, Any]]:
    keys = SigningKey.objects.select_related("organization").order_by("organization_id", "pk")
    return [
        documents.describe_keys(addresses.issuer_did(organization), of_one)
        for organization, of_one in groupby(keys, key=attrgetter("organization"))
    ]
