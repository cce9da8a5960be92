"""Examples for the contract, and the request body that no serializer describes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

ORGANIZATION = {
    "id": "8f0b9a52-6d2c-4b6e-9b1c-0f6f3a5c1d10",
    "slug": "northern-institute",
    "name": "Northern Institute",
}
ACHIEVEMENT = {
    "id": "b3f3d1f2-2f0e-4b53-8d0a-52b9f0a1c3d4",
    "kind": "MicroCredential",
    "name": "Reading data honestly",
    "version": 1,
    "url": "https://cairn.example.org/achievements/b3f3d1f2-2f0e-4b53-8d0a-52b9f0a1c3d4",
}
COURSE_VALUE: dict[str, Any] = {
    "id": "1c7d1f5e-5d1c-4d47-8d7b-6b0f4c1b2a39",
    "external_id": "reading-data",
    "slug": "reading-data-honestly",
    "title": "Reading data honestly",
    "summary": "Charts, averages and what they hide.",
    "field": "data",
    "language": "en",
    "provider": ORGANIZATION,
    "awarding_body": ORGANIZATION,
    "eqf_level": 4,
    "workload_minutes": 180,
    "ects": "0.1",
    "assessment": "quiz",
    "participation": "online_live",
    "supervision": "unsupervised",
    "quality_assurance": "Reviewed every year by two teachers who do not teach it.",
    "outcomes": [
        {
            "position": 1,
            "text": "Tell what a chart shows from what it hides.",
            "level": "intermediate",
            "skills": [
                {
                    "uri": "http://data.europa.eu/esco/skill/f2b6d3a4-0c54-4d5f-8b5c-0a2f0ab9e001",
                    "label": "interpret data",
                }
            ],
        }
    ],
    "skills": [
        {
            "uri": "http://data.europa.eu/esco/skill/f2b6d3a4-0c54-4d5f-8b5c-0a2f0ab9e001",
            "label": "interpret data",
        }
    ],
    "runs": [
        {
            "id": "5e0c3b1a-9f66-4c59-a1f5-7d3b2e9c8a01",
            "title": "Spring 2027",
            "self_paced": False,
            "starts_on": "2027-03-01",
            "ends_on": "2027-04-30",
            "enrollment_opens_on": "2027-01-15",
            "enrollment_closes_on": "2027-02-28",
            "external": False,
            "external_url": "",
            "price": "49.00",
            "currency": "EUR",
            "seats": 30,
            "seats_left": 12,
            "cohort": True,
            "time_zone": "Europe/Lisbon",
            "needs_approval": False,
        }
    ],
    "achievement": ACHIEVEMENT,
    "url": "https://cairn.example.org/courses/reading-data-honestly/",
    "updated_at": "2027-01-10T08:30:00Z",
}
HIT = {
    key: COURSE_VALUE[key]
    for key in (
        *("id", "external_id", "slug", "title", "summary", "field", "language", "provider"),
        *("eqf_level", "workload_minutes", "ects", "skills", "url", "updated_at"),
    )
}
NAMED_COURSE = {key: COURSE_VALUE[key] for key in ("id", "title", "url")}
LEAF: dict[str, Any] = {
    "n": None,
    "counts_once": False,
    "children": [],
    "course": None,
    "achievement": None,
    "skill": None,
    "level": "",
    "min_grade": None,
    "max_age_months": None,
    "issuer": None,
    "allows_prior_learning": False,
}
TRACK_VALUE: dict[str, Any] = {
    "id": "d4a3b2c1-77aa-4e1e-9c2b-3f4a5b6c7d80",
    "external_id": "data-literacy",
    "slug": "data-literacy",
    "title": "Data literacy",
    "summary": "From a single number to a decision.",
    "field": "data",
    "language": "en",
    "provider": ORGANIZATION,
    "workload_minutes": 180,
    "skills": COURSE_VALUE["skills"],
    "achievement": {**ACHIEVEMENT, "kind": "Certificate", "name": "Data literacy"},
    "rule": {
        **LEAF,
        "operator": "all",
        "children": [{**LEAF, "operator": "course", "course": NAMED_COURSE}],
    },
    "rule_text": "Complete Reading data honestly.",
    "url": "https://cairn.example.org/tracks/data-literacy/",
    "updated_at": "2027-01-10T08:30:00Z",
}
CREDENTIAL_ID = "0b9f3a6e-3f7e-4b44-9f5d-9f0c1a2b3c4d"
CREDENTIAL_URL = f"https://cairn.example.org/credentials/{CREDENTIAL_ID}"
COMPLETION_VALUE = {
    "id": "6a1f0c9b-2f0d-4b8e-8a34-1b2c3d4e5f60",
    "learner": {
        "id": "c0ffee00-1a2b-4c3d-8e4f-5a6b7c8d9e0f",
        "name": "Ada Eriksson",
        "email": "ada@example.org",
    },
    "course": {
        "id": COURSE_VALUE["id"],
        "external_id": COURSE_VALUE["external_id"],
        "title": COURSE_VALUE["title"],
        "url": COURSE_VALUE["url"],
    },
    "completed_at": "2027-03-31T14:05:00Z",
    "grade": "92.50",
    "credential": {"id": CREDENTIAL_ID, "url": CREDENTIAL_URL, "status": "issued"},
}
VERIFICATION_VALUE: dict[str, Any] = {
    "verdict": "valid",
    "checks": [
        {
            "name": "form",
            "outcome": "passed",
            "words": "It is a well-formed Open Badges 3.0 credential.",
        },
        {
            "name": "proof",
            "outcome": "passed",
            "words": "The issuer's signature fits the content: nothing was changed.",
        },
        {"name": "status", "outcome": "passed", "words": "The issuer has not revoked it."},
        {
            "name": "dates",
            "outcome": "passed",
            "words": "It is valid since 31 March 2027. It has no end date.",
        },
    ],
    "credential": {
        "id": CREDENTIAL_URL,
        "name": "Reading data honestly",
        "recipient_name": "Ada Eriksson",
        "issuer": {
            "id": "did:web:cairn.example.org:issuers:northern-institute",
            "name": "Northern Institute",
        },
        "valid_from": "2027-03-31T14:05:01Z",
        "status": "active",
    },
}


def _answer(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True)


COURSES = _answer("A page of courses", COURSE_VALUE)
SEARCH = OpenApiExample(
    "A search",
    value={
        "total": 1,
        "page": 1,
        "pages": 1,
        "searched_for": "charts",
        "facets": [
            {
                "name": "field",
                "values": [{"value": "data", "name": "Data", "count": 1, "chosen": False}],
            }
        ],
        "results": [HIT],
    },
    response_only=True,
)
COURSE = _answer(
    "A course",
    {
        **COURSE_VALUE,
        "description": "Three lessons and a quiz.",
        "prerequisites": "",
        "units": [
            {
                "id": "77e0c5f4-51a6-4a1e-b7ac-2f8b3d1c0e9f",
                "position": 0,
                "kind": "lesson",
                "title": "What an average hides",
                "minutes": 45,
                "is_required": True,
            }
        ],
    },
)
TRACKS = _answer("A page of tracks", TRACK_VALUE)
TRACK = _answer("A track", {**TRACK_VALUE, "description": "One course, one certificate."})
COMPLETIONS = _answer("A page of completions", COMPLETION_VALUE)
COMPLETION = _answer("A completion", COMPLETION_VALUE)
VERIFICATION = _answer("A credential that stands", VERIFICATION_VALUE)
VERIFICATION_OF_UNKNOWN = _answer(
    "An issuer that is not known",
    {
        "verdict": "unknown_issuer",
        "checks": [
            VERIFICATION_VALUE["checks"][0],
            {
                "name": "issuer",
                "outcome": "unknown",
                "words": "did:web:issuer.example.org vouches for the key that signed it, but is not"
                " among the issuers that are known here: whether to trust it is for you to decide.",
            },
            *VERIFICATION_VALUE["checks"][2:],
        ],
        "credential": None,
    },
)
BY_ID = OpenApiExample(
    "By address",
    value={"id": CREDENTIAL_URL},
    request_only=True,
    media_type="application/json",
)

BY_URL = OpenApiExample(
    "At another site",
    value={"url": "https://issuer.example.org/badges/42.json"},
    request_only=True,
    media_type="application/json",
)
WITH_RECIPIENT = OpenApiExample(
    "A JWT, and whose it should be",
    value={"credential": "eyJhbGciOiJFUzI1NiJ9.eyJ9.c2ln", "recipient": "ada@example.org"},
    request_only=True,
    media_type="application/json",
)

_DOCUMENT = {
    "type": "object",
    "description": "The JSON of a credential, unchanged.",
    "required": ["@context", "type", "issuer", "credentialSubject", "proof"],
    "properties": {"@context": {"type": "array"}, "proof": {}},
}
_RECIPIENT = {
    "type": "string",
    "maxLength": 500,
    "description": "The e-mail address or the DID of whom it should have been awarded to.",
}


def _by(name: str, **said: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [name],
        "additionalProperties": False,
        "properties": {name: said, "recipient": _RECIPIENT},
    }


_ID = {
    "type": "string",
    "maxLength": 500,
    "description": "A credential’s id, or its address on this site.",
}
_URL = {
    "type": "string",
    "maxLength": 2000,
    "description": "Where a credential lies, on this site or, by https, on another one.",
}
_FILE = {"type": "string", "contentMediaType": "application/octet-stream"}
_CREDENTIAL = {
    "type": ["object", "string"],
    "description": "The credential’s JSON, or its JWT as a string.",
}
VERIFY_REQUEST = {
    "application/json": {
        "oneOf": [_DOCUMENT, _by("id", **_ID), _by("url", **_URL), _by("credential", **_CREDENTIAL)]
    },
    "application/vc": _DOCUMENT,
    "application/vc+ld+json": _DOCUMENT,
    "application/ld+json": _DOCUMENT,
    "application/vc+jwt": {"type": "string"},
    "application/jwt": {"type": "string"},
    "image/png": _FILE,
    "image/svg+xml": _FILE,
    "application/pdf": _FILE,
    "multipart/form-data": {
        "type": "object",
        "properties": {"file": _FILE, "url": _URL, "recipient": _RECIPIENT},
    },
}
