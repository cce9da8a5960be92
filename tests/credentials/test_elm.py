"""The export in the European Learning Model, held to what its application profile asks.

``ASKED`` says in our words what the SHACL shapes of EDC (generic, 1.1.0) require of the classes
that the export uses, and of every property that it uses. The shapes themselves are the Commission's
(CC BY 4.0) and are not copied here.
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from decimal import Decimal

import pyoxigraph
import pytest
from pyld import jsonld

from catalog import actions as catalog_actions
from credentials import elm
from credentials.elm_codes import country, language
from credentials.models import Credential
from tests.credentials.awards import issued
from tests.factories import TUESDAY, SkillFactory, complete_course, published_course

pytestmark = pytest.mark.django_db

TEXT = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
XSD = "http://www.w3.org/2001/XMLSchema#"
MANY = None
# By class: each property, at least, at most, and the datatype or the classes of its values.
ASKED = {
    "elm:EuropeanDigitalCredential": {
        "adms:identifier": (0, MANY, "elm:Identifier"),
        "elm:credentialProfiles": (1, MANY, "skos:Concept"),
        "elm:displayParameter": (1, 1, "elm:DisplayParameter"),
        "cred:issuer": (1, 1, "elm:Organisation"),
        "cred:credentialSubject": (1, 1, "elm:Person"),
        "cred:issuanceDate": (0, 1, "xsd:dateTime"),
        "cred:issued": (1, 1, "xsd:dateTime"),
        "cred:validFrom": (1, 1, "xsd:dateTime"),
        "cred:validUntil": (0, 1, "xsd:dateTime"),
        "cred:expirationDate": (0, 1, "xsd:dateTime"),
        "cred:credentialSchema": (1, MANY, "elm:ShaclValidator2017"),
    },
    "elm:DisplayParameter": {
        "dc:title": (1, MANY, "text"),
        "elm:primaryLanguage": (1, 1, "skos:Concept"),
        "dc:language": (1, MANY, "skos:Concept"),
        "elm:individualDisplay": (1, MANY, "elm:IndividualDisplay"),
    },
    "elm:IndividualDisplay": {
        "dc:language": (1, 1, "skos:Concept"),
        "elm:displayDetail": (1, MANY, "elm:DisplayDetail"),
    },
    "elm:DisplayDetail": {
        "elm:image": (1, 1, "elm:MediaObject"),
        "elm:page": (1, 1, "xsd:positiveInteger"),
    },
    "elm:MediaObject": {
        "elm:contentType": (1, 1, "skos:Concept"),
        "elm:contentEncoding": (1, 1, "skos:Concept"),
        "elm:content": (1, 1, "xsd:string"),
    },
    "elm:Organisation": {
        "rov:legalName": (1, MANY, "text"),
        "elm:location": (1, MANY, "dc:Location"),
        "elm:eidasLegalIdentifier": (1, 1, "elm:LegalIdentifier"),
        "foaf:homepage": (0, MANY, "elm:WebResource"),
    },
    "elm:LegalIdentifier": {
        "skos:notation": (1, 1, "xsd:string"),
        "elm:schemeName": (0, 1, "xsd:string"),
        "dc:spatial": (1, 1, "skos:Concept"),
    },
    "elm:Identifier": {
        "skos:notation": (1, 1, "xsd:string"),
        "elm:schemeName": (0, 1, "xsd:string"),
    },
    "dc:Location": {"elm:address": (1, MANY, "elm:Address")},
    "elm:Address": {"elm:countryCode": (1, 1, "skos:Concept")},
    "elm:WebResource": {"elm:contentUrl": (1, 1, "xsd:anyURI")},
    "elm:Person": {
        "foaf:fullName": (0, 1, "text"),
        "elm:hasClaim": (1, MANY, "elm:LearningAchievement"),
    },
    "elm:LearningAchievement": {
        "dc:title": (1, MANY, "text"),
        "dc:description": (0, MANY, "text"),
        "elm:awardedBy": (1, 1, "elm:AwardingProcess"),
        "elm:specifiedBy": (0, 1, "elm:Qualification elm:LearningAchievementSpecification"),
        "elm:creditReceived": (0, MANY, "elm:CreditPoint"),
        "elm:provenBy": (0, MANY, "elm:LearningAssessment"),
    },
    "elm:LearningAssessment": {
        "dc:title": (1, MANY, "text"),
        "elm:grade": (1, 1, "elm:Note"),
        "elm:awardedBy": (1, 1, "elm:AwardingProcess"),
    },
    "elm:AwardingProcess": {
        "elm:awardingBody": (1, MANY, "elm:Organisation"),
        "elm:awardingDate": (0, 1, "xsd:dateTime"),
    },
    "elm:LearningAchievementSpecification": (
        specification := {
            "dc:title": (1, MANY, "text"),
            "dc:description": (0, MANY, "text"),
            "foaf:homepage": (0, MANY, "elm:WebResource"),
            "dc:language": (0, MANY, "skos:Concept"),
            "elm:learningOutcomeSummary": (0, 1, "elm:Note"),
            "elm:learningOutcome": (0, MANY, "elm:LearningOutcome"),
            "elm:volumeOfLearning": (0, 1, "xsd:duration"),
            "elm:creditPoint": (0, MANY, "elm:CreditPoint"),
        }
    ),
    "elm:Qualification": {**specification, "elm:EQFLevel": (0, 1, "skos:Concept")},
    "elm:LearningOutcome": {
        "dc:title": (1, MANY, "text"),
        "elm:relatedESCOSkill": (0, MANY, "skos:Concept"),
    },
    "elm:CreditPoint": {
        "elm:framework": (1, 1, "skos:Concept"),
        "elm:point": (1, 1, "xsd:string"),
    },
    "elm:Note": {"elm:noteLiteral": (1, MANY, "text")},
    "elm:ShaclValidator2017": {},
    "skos:Concept": {"skos:inScheme": (0, MANY, "skos:ConceptScheme")},
    "skos:ConceptScheme": {},
    "cred:VerifiableCredential": {},
}


def full(name: str) -> str:
    prefix, local = name.split(":", 1)
    return elm.CONTEXT[prefix] + local


def nodes_of(document):
    """By node: its classes, and its values by property."""
    n_quads = jsonld.to_rdf(document, {"format": "application/n-quads"})
    classes, values = defaultdict(set), defaultdict(lambda: defaultdict(list))
    for quad in pyoxigraph.parse(n_quads, format=pyoxigraph.RdfFormat.N_QUADS):
        if quad.predicate.value.endswith("#type"):
            classes[quad.subject.value].add(quad.object.value)
        else:
            values[quad.subject.value][quad.predicate.value].append(quad.object)
    return classes, values


def faults(document):
    classes, values = nodes_of(document)
    for node, kinds in classes.items():
        asked = [ASKED[name] for name in ASKED if full(name) in kinds]
        yield from (
            f"{node} is of the unknown class {kind}" for kind in kinds - set(map(full, ASKED))
        )
        known = {full(name): rule for rules in asked for name, rule in rules.items()}
        yield from (f"{node} has {name}" for name in values[node].keys() - known.keys())
        for name, (least, most, kind) in known.items():
            found = values[node].get(name, [])
            if len(found) < least or (most is not None and len(found) > most):
                yield f"{node} has {len(found)} × {name}"
            yield from (f"{node} {name}: {item}" for item in found if not fits(item, kind, classes))


def fits(item, kind, classes):
    if kind == "text":
        return isinstance(item, pyoxigraph.Literal) and item.datatype.value == TEXT
    if kind.startswith("xsd:"):
        return isinstance(item, pyoxigraph.Literal) and item.datatype.value == full(kind)
    return bool(classes.get(item.value, set()) & set(map(full, kind.split())))


@pytest.fixture
def credential():
    """With everything that an export can say."""
    course = complete_course(title="Maps", ects=Decimal("2.5"))
    course.skills.add(SkillFactory(uri="http://data.europa.eu/esco/skill/1", label="read maps"))
    catalog_actions.publish_course(course=course, at=TUESDAY)
    course.refresh_from_db()
    made = issued(
        achievement=course.achievement,
        grade=Decimal("92.50"),
        expires_at=TUESDAY + datetime.timedelta(days=900),
    )
    return Credential.objects.with_page_relations().get(pk=made[0].pk)


def test_it_meets_the_application_profile(credential):
    assert list(faults(elm.export(credential))) == []


def test_so_does_one_of_which_little_is_known():
    (made,) = issued(achievement=published_course().achievement)
    credential = Credential.objects.with_page_relations().get(pk=made.pk)

    assert list(faults(elm.export(credential))) == []


@pytest.mark.parametrize("term", ["issued", "issuer", "displayParameter", "credentialSchema"])
def test_what_is_missing_would_be_noticed(credential, term):
    document = elm.export(credential)
    del document[term]

    assert list(faults(document))


def test_it_says_what_was_earned(credential):
    (claim,) = elm.export(credential)["credentialSubject"]["hasClaim"]

    assert claim["title"] == {"en": "Maps"}
    assert claim["provenBy"]["grade"]["noteLiteral"] == {"en": "92.5 %"}
    assert claim["creditReceived"]["point"] == "2.5"
    specified = claim["specifiedBy"]
    assert specified["type"] == "Qualification"
    assert specified["EQFLevel"]["id"] == "http://data.europa.eu/snb/eqf/5"
    assert specified["volumeOfLearning"] == "PT30M"
    (outcome,) = specified["learningOutcome"]
    assert outcome["relatedESCOSkill"][0]["id"] == "http://data.europa.eu/esco/skill/1"


def test_countries_and_languages_are_those_of_the_authority_tables(credential):
    document = elm.export(credential)
    (place,) = document["issuer"]["location"]

    assert place["address"][0]["countryCode"]["id"].endswith("/country/NLD")
    assert document["displayParameter"]["primaryLanguage"]["id"].endswith("/language/ENG")
    assert (country(""), language("tlh")) == ("OP_DATPRO", "UND")
    assert language("pt-BR") == "POR"


def test_it_says_where_the_signed_credential_is(credential):
    (source,) = elm.export(credential)["identifier"]

    assert source["notation"].endswith(credential.get_absolute_url())


def test_it_is_downloaded_by_whom_the_page_is_shown_to(client, credential):
    address = f"{credential.get_absolute_url()}/elm"
    answer = client.get(address)

    assert answer["Content-Type"] == "application/ld+json"
    assert answer["Content-Disposition"] == 'attachment; filename="maps.elm.jsonld"'
    assert json.loads(answer.content)["id"].endswith(address)
    assert address in client.get(credential.get_absolute_url()).text

    Credential.objects.update(visibility="off")
    assert client.get(address).status_code == 404


def test_after_erasure_it_is_gone(client, credential):
    Credential.objects.update(erased_at=TUESDAY, document=b"", recipient_name="")

    assert client.get(f"{credential.get_absolute_url()}/elm").status_code == 410
