"""The catalog's search for programs: the words, facets and order of the website."""

from __future__ import annotations

from django.http import HttpResponse, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from api.v1 import examples
from api.v1.serializers.search import SearchSerializer, search_json
from api.v1.views import ClientView
from catalog.facets import facets
from catalog.search import (
    FACETS,
    KNOWN,
    MAX_CHARACTERS,
    MAX_HOURS,
    MAX_PAGE,
    SORTS,
    Filters,
    find,
)

NUMBERS = {"hours_from": MAX_HOURS, "hours_to": MAX_HOURS, "page": MAX_PAGE}
PARAMETERS = {"q", "sort", *NUMBERS, *FACETS}
EXPLAINED = {
    "skill": "The UUID at the end of a skill’s address here.",
    "language": "A BCP 47 tag.",
    "provider": "The provider’s slug.",
}


def _several(facet: str) -> OpenApiParameter:
    return OpenApiParameter(
        facet,
        OpenApiTypes.STR,
        many=True,
        enum=sorted(KNOWN[facet]) if facet in KNOWN else None,
        description=" ".join([EXPLAINED.get(facet, ""), "Several widen the result."]).strip(),
    )


class CourseSearch(ClientView):
    required_scopes = ["catalog:read"]

    @extend_schema(
        operation_id="search_courses",
        tags=["Catalog"],
        summary="Search published courses",
        description="The best first, with numbers of courses per facet. To copy the catalog, "
        "use its list instead: this one ends after its last page.",
        parameters=[
            OpenApiParameter(
                "q",
                OpenApiTypes.STR,
                description=f"Words, of which a course needs one; up to {MAX_CHARACTERS} "
                "characters.",
            ),
            *(_several(facet) for facet in FACETS),
            *(
                OpenApiParameter(name, {"type": "integer", "minimum": 0, "maximum": most})
                for name, most in NUMBERS.items()
            ),
            OpenApiParameter(
                "sort",
                OpenApiTypes.STR,
                enum=list(SORTS),
                description="By default relevance with words, else newest.",
            ),
        ],
        responses=SearchSerializer,
        examples=[examples.SEARCH],
    )
    def get(self, request: Request) -> HttpResponse:
        query: QueryDict = request.query_params
        _check(query)
        filters = Filters.read(query)
        found = find(filters, facets=FACETS)
        body = search_json(filters, found, facets(filters, found))
        return HttpResponse(body, content_type="application/json")


def _check(query: QueryDict) -> None:
    """The website leaves out what it does not understand; a program wants to know."""
    wrong = {
        name: f"There is no such parameter here. Use {', '.join(sorted(PARAMETERS))}."
        for name in query.keys() - PARAMETERS
    }
    for facet in KNOWN.keys() & query.keys():
        if set(query.getlist(facet)) - KNOWN[facet]:
            wrong[facet] = f"Use one or more of {', '.join(sorted(KNOWN[facet]))}."
    for name in NUMBERS.keys() & query.keys():
        value = str(query[name])
        if not (value.isascii() and value.isdecimal() and len(value) < 9):
            wrong[name] = f"Send a whole number up to {NUMBERS[name]}."
        elif int(value) > NUMBERS[name]:
            wrong[name] = f"Send {NUMBERS[name]} at most."
    if "sort" in query and query["sort"] not in SORTS:
        wrong["sort"] = f"Use one of {', '.join(SORTS)}."
    if len(query.get("q", "")) > MAX_CHARACTERS:
        wrong["q"] = f"Send {MAX_CHARACTERS} characters at most."
    if wrong:
        raise ValidationError(wrong)
