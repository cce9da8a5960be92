"""Fields of Markdown, shown below as learners will see them."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST

from lib.markdown import render

MOST = 100_000
"""Characters that are rendered while somebody types."""


class MarkdownTextarea(forms.Textarea):
    def __init__(self, *, rows: int = 16) -> None:
        super().__init__(
            attrs={
                "rows": rows,
                "class": "vLargeTextField",
                "data-preview": reverse_lazy("admin:catalog_unit_markdown"),
            }
        )


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render(request.POST.get("text", "")[:MOST]))
