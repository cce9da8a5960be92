"""The export in the European Learning Model, held to what its application profile asks.

``elm_shapes.ttl`` has what EDC (generic, 1.1.0) requires of what the export uses; ``pyshacl`` holds
it to that.
"""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path

import pytest
from pyld import jsonld
from pyshacl import validate
from rdflib import Graph

from catalog import actions as catalog_actions
from credentials import elm
from credentials.elm_codes import country, language
from credentials.models import Credential
from tests.credentials.awards import issued
from tests.factories import TUESDAY, SkillFactory, complete_course, published_course

pytestmark = pytest.mark.django_db

SHAPES = Graph().parse(Path(__file__).parent / "elm_shapes.ttl")


def faults(document: dict) -> str:
    """In the words of the validator; empty when there are none."""
    n_quads = jsonld.to_rdf(document, {"format": "application/n-quads"})
    data = Graph().parse(data=n_quads, format="nt")
    conforms, _, words = validate(data, shacl_graph=SHAPES)
    return "" if conforms else words


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
    assert faults(elm.export(credential)) == ""


def test_so_does_one_of_which_little_is_known():
    (made,) = issued(achievement=published_course().achievement)
    credential = Credential.objects.with_page_relations().get(pk=made.pk)

    assert faults(elm.export(credential)) == ""


@pytest.mark.parametrize("term", ["issued", "issuer", "displayParameter", "credentialSchema"])
def test_what_is_missing_would_be_noticed(credential, term):
    document = elm.export(credential)
    del document[term]

    assert faults(document)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("displayParameter", "primaryLanguage", "inScheme"), {"id": "https://example.org/"}),
        (("displayParameter", "title"), "without a language"),
        (("validFrom",), "last week"),
        (("issuer", "eidasLegalIdentifier"), None),
        (("issuer", "mood"), {"en": "good"}),
        (("credentialSubject", "hasClaim", 0, "awardedBy"), {"type": "Note"}),
    ],
)
def test_what_is_wrong_would_be_noticed(credential, place, value):
    document = json.loads(json.dumps(elm.export(credential)))
    *way, last = place
    part = document
    for step in way:
        part = part[step]
    part[last] = value

    assert faults(document)


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
