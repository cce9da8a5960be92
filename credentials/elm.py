"""A credential in the European Learning Model 3, application profile EDC, unsigned.

For systems that read European Digital Credentials for Learning: what was earned, by whom, awarded
by whom, at which level, with which outcomes, credits and grade. Written to the shapes of
http://data.europa.eu/snb/model/ap/edc-generic-full. The issuer's e-seal is not ours to make, so
what verifies is the Open Badge, which this names as its source.

The context stands in the document: whoever reads it needs no network.
"""

from __future__ import annotations

import base64
import datetime
from typing import Any

from accounts.models import Organization
from catalog.models import AchievementVersion, Skill
from catalog.structured import duration
from credentials import addresses, pictures
from credentials.documents import EQF_PREFIX, ESCO_PREFIX
from credentials.elm_codes import country, language
from credentials.models import Credential
from lib.text import clean_block

ELM = "http://data.europa.eu/snb/model/elm/"
PROFILE = "http://data.europa.eu/snb/model/ap/edc-generic-full"
SNB = "http://data.europa.eu/snb/"
AUTHORITY = "http://publications.europa.eu/resource/authority/"

_IN_LANGUAGES = {
    **{name: f"dc:{name}" for name in ("title", "description")},
    **{name: f"skos:{name}" for name in ("prefLabel",)},
    **{name: f"elm:{name}" for name in ("noteLiteral",)},
    "fullName": "foaf:fullName",
    "legalName": "rov:legalName",
}
_MOMENTS = {
    **{name: f"cred:{name}" for name in ("issued", "issuanceDate", "validFrom", "validUntil")},
    "expirationDate": "cred:expirationDate",
    "awardingDate": "elm:awardingDate",
}
_PLAIN = {
    "credentialSubject": "cred:credentialSubject",
    "credentialSchema": "cred:credentialSchema",
    "issuer": "cred:issuer",
    "identifier": "adms:identifier",
    "homepage": "foaf:homepage",
    "spatial": "dc:spatial",
    "language": "dc:language",
    "notation": "skos:notation",
    "inScheme": "skos:inScheme",
    "Location": "dc:Location",
    "Concept": "skos:Concept",
    "ConceptScheme": "skos:ConceptScheme",
    "VerifiableCredential": "cred:VerifiableCredential",
}
CONTEXT: dict[str, Any] = {
    "id": "@id",
    "type": "@type",
    "elm": ELM,
    "adms": "http://www.w3.org/ns/adms#",
    "cred": "https://www.w3.org/2018/credentials#",
    "dc": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rov": "http://www.w3.org/ns/regorg#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **_PLAIN,
    **{name: {"@id": at, "@container": "@language"} for name, at in _IN_LANGUAGES.items()},
    **{name: {"@id": at, "@type": "xsd:dateTime"} for name, at in _MOMENTS.items()},
    "contentUrl": {"@id": "elm:contentUrl", "@type": "xsd:anyURI"},
    "page": {"@id": "elm:page", "@type": "xsd:positiveInteger"},
    "volumeOfLearning": {"@id": "elm:volumeOfLearning", "@type": "xsd:duration"},
    # Every other term is of the model itself.
    "@vocab": ELM,
}


def export(credential: Credential) -> dict[str, Any]:
    """The document. ``credential`` needs its page's relations, and the version's skills."""
    award, version = credential.award, credential.award.version
    body = award.achievement.awarding_body
    address = addresses.credential(credential)
    title = clean_block(version.name)
    issued = _moment(credential.issued_at)
    claim: dict[str, Any] = {
        "id": f"{address}#achievement",
        "type": "LearningAchievement",
        "title": {version.language: title},
        "description": {version.language: clean_block(version.description)},
        "awardedBy": _awarding(f"{address}#awarding", body, award.decided_at),
        "specifiedBy": _specification(version),
    }
    if version.ects:
        claim["creditReceived"] = _credits(f"{address}#credits", version)
    grade = credential.signed_grade
    if grade is not None:
        claim["provenBy"] = {
            "id": f"{address}#assessment",
            "type": "LearningAssessment",
            "title": {"en": "Assessment"},
            "grade": _note(f"{address}#grade", "en", f"{grade.normalize():f} %"),
            "awardedBy": _awarding(f"{address}#grading", body, award.decided_at),
        }
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "id": f"{address}/elm",
        "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
        "credentialSchema": [{"id": PROFILE, "type": "ShaclValidator2017"}],
        "credentialProfiles": [_concept(f"{SNB}credential/e34929035b", f"{SNB}credential/25831c2")],
        "identifier": [
            {"id": f"{address}#source", "type": "Identifier", "notation": address}
            | {"schemeName": "Open Badges 3.0"}
        ],
        "issuer": _organization(body),
        "issued": issued,
        "issuanceDate": issued,
        "validFrom": issued,
        "displayParameter": _display(credential, version, title),
        "credentialSubject": {
            "id": f"{address}#holder",
            "type": "Person",
            "fullName": {version.language: clean_block(credential.recipient_name)},
            "hasClaim": [claim],
        },
    }
    if award.expires_at:
        document["validUntil"] = document["expirationDate"] = _moment(award.expires_at)
    return document


def _specification(version: AchievementVersion) -> dict[str, Any]:
    """What is the same for everyone who earns it; a ``Qualification`` when it has an EQF level."""
    address = addresses.achievement(version.achievement)
    said: dict[str, Any] = {
        "id": address,
        "type": "Qualification" if version.eqf_level else "LearningAchievementSpecification",
        "title": {version.language: clean_block(version.name)},
        "description": {version.language: clean_block(version.description)},
        "homepage": {"id": f"{address}#page", "type": "WebResource", "contentUrl": address},
        "language": [_language(version.language)],
        "learningOutcomeSummary": _note(
            f"{address}#criteria", version.language, clean_block(version.criteria)
        ),
        "learningOutcome": [_outcome(address, skill) for skill in version.skills.all()],
    }
    if version.eqf_level:
        said["EQFLevel"] = _concept(f"{EQF_PREFIX}{version.eqf_level}", f"{SNB}eqf/25831c2")
    if version.workload_minutes:
        said["volumeOfLearning"] = duration(version.workload_minutes)
    if version.ects:
        said["creditPoint"] = [_credits(f"{address}#credits", version)]
    return said


def _outcome(address: str, skill: Skill) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": f"{address}#outcome-{skill.public_id}",
        "type": "LearningOutcome",
        "title": {"en": clean_block(skill.label)},
    }
    if skill.uri.startswith(ESCO_PREFIX):
        said["relatedESCOSkill"] = [_concept(skill.uri, f"{ESCO_PREFIX}concept-scheme/skills")]
    return said


def _credits(address: str, version: AchievementVersion) -> dict[str, Any]:
    assert version.ects is not None
    return {
        "id": address,
        "type": "CreditPoint",
        "framework": _concept(
            f"{SNB}education-credit/6fcec5c5af", f"{SNB}education-credit/25831c2"
        ),
        "point": f"{version.ects.normalize():f}",
    }


def _awarding(address: str, body: Organization, at: datetime.datetime) -> dict[str, Any]:
    return {
        "id": address,
        "type": "AwardingProcess",
        "awardingBody": [{"id": addresses.issuer_did(body), "type": "Organisation"}],
        "awardingDate": _moment(at),
    }


def _organization(body: Organization) -> dict[str, Any]:
    """Its legal identifier is its DID: Cairn knows of none that a register has given it."""
    did, profile = addresses.issuer_did(body), addresses.issuer_profile(body)
    where = _concept(f"{AUTHORITY}country/{country(body.country)}", f"{AUTHORITY}country")
    return {
        "id": did,
        "type": "Organisation",
        "legalName": {"en": clean_block(body.name)},
        "eidasLegalIdentifier": {
            "id": f"{profile}#identifier",
            "type": "LegalIdentifier",
            "notation": did,
            "schemeName": "DID",
            "spatial": where,
        },
        "homepage": {
            "id": f"{profile}#page",
            "type": "WebResource",
            "contentUrl": body.url or profile,
        },
        "location": [
            {
                "id": f"{profile}#location",
                "type": "Location",
                "address": [{"id": f"{profile}#address", "type": "Address", "countryCode": where}],
            }
        ],
    }


def _display(credential: Credential, version: AchievementVersion, title: str) -> dict[str, Any]:
    address = addresses.credential(credential)
    # The version's own achievement is this one, with what is around it loaded.
    version.achievement = credential.award.achievement
    _svg, png = pictures.badge(version)
    spoken = _language(version.language)
    return {
        "id": f"{address}#display",
        "type": "DisplayParameter",
        "title": {version.language: title},
        "primaryLanguage": spoken,
        "language": [spoken],
        "individualDisplay": [
            {
                "id": f"{address}#display-1",
                "type": "IndividualDisplay",
                "language": spoken,
                "displayDetail": [
                    {
                        "id": f"{address}#page-1",
                        "type": "DisplayDetail",
                        "page": "1",
                        "image": {
                            "id": f"{address}#image",
                            "type": "MediaObject",
                            "content": base64.b64encode(png).decode(),
                            "contentEncoding": _concept(
                                f"{SNB}encoding/6146cde7dd", f"{SNB}encoding/25831c2"
                            ),
                            "contentType": _concept(
                                f"{AUTHORITY}file-type/PNG", f"{AUTHORITY}file-type"
                            ),
                        },
                    }
                ],
            }
        ],
    }


def _note(address: str, spoken: str, text: str) -> dict[str, Any]:
    return {"id": address, "type": "Note", "noteLiteral": {spoken: text}}


def _language(code: str) -> dict[str, Any]:
    return _concept(f"{AUTHORITY}language/{language(code)}", f"{AUTHORITY}language")


def _concept(uri: str, scheme: str) -> dict[str, Any]:
    return {"id": uri, "type": "Concept", "inScheme": {"id": scheme, "type": "ConceptScheme"}}


def _moment(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
