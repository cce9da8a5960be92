"""The curators' pages as a browser fills them in: what stands there, and what is changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse


def url(name: str, *args: object) -> str:
    return reverse(f"admin:{name}", args=args)


def save(client: Client, path: str, **changes: object) -> HttpResponse:
    """Send the page's forms as they stand, but for ``changes`` (inline rows by their prefix)."""
    data = filled(client.get(path)) | {name.replace("__", "-"): v for name, v in changes.items()}
    return client.post(path, {name: v for name, v in data.items() if v is not None})


def errors(response: Any) -> str:
    """What the page complains about."""
    assert response.status_code == 200, "it was saved"
    forms = [response.context["adminform"].form]
    sets = [inline.formset for inline in response.context["inline_admin_formsets"]]
    found = [str(form.errors) for form in forms]
    for one in sets:
        found += [str(one.non_form_errors()), *(str(e) for e in one.errors if e)]
    return " ".join(found)


def filled(response: Any) -> dict[str, Any]:
    assert response.status_code == 200, response.status_code
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data: dict[str, Any] = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is True:
                data[bound.html_name] = "on"
            elif value is not None and value is not False:
                data[bound.html_name] = value
    return data
