"""An app reads credentials: Open Badges 3.0 §6, and CLR 2.0 over transcripts."""

from __future__ import annotations

import datetime
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from credentials import actions, tasks, verifying
from credentials.models import Award, Credential, CredentialJwt, Transcript
from credentials.vc.verify import Verdict
from tests.credentials.awards import issue_all, issued
from tests.factories import TUESDAY, UserFactory, published_course
from tests.wallets.host import (
    ALL,
    READ,
    READ_PROFILE,
    WRITE,
    WRITE_PROFILE,
    Host,
    brought,
    code_of,
)

pytestmark = pytest.mark.django_db

CLR = "https://purl.imsglobal.org/spec/clr/v2p0/scope/"


def held(count: int) -> list[Credential]:
    """Credentials of one person, one a day from Tuesday on."""
    learner = UserFactory()
    for day in range(count):
        at = TUESDAY + datetime.timedelta(days=day)
        version = published_course().achievement.versions.get()
        Award.objects.create(
            learner=learner,
            achievement=version.achievement,
            version=version,
            decided_at=at,
            due_at=at,
        )
        issue_all(at=at)
    return list(Credential.objects.filter(award__learner=learner).order_by("issued_at", "pk"))


@pytest.fixture
def person(mine):
    return mine.award.learner


@pytest.fixture
def host(person) -> Host:
    """One that was allowed everything."""
    return Host().connect(person, scope=ALL)


def ids(answer) -> list[str]:
    return [one["id"] for one in answer.json()["credential"]]


# --- Discovery ----------------------------------------------------------------------------------


@pytest.mark.parametrize("service", ["ob/v3p0", "clr/v2p0"])
def test_the_service_describes_itself_to_everybody(service, settings):
    said = Client().get(f"/ims/{service}/discovery").json()

    assert said["openapi"].startswith("3.0")
    assert said["servers"] == [{"url": f"{settings.BASE_URL}/ims/{service}"}]
    scheme = said["components"]["securitySchemes"]["OAuth2ACG"]
    assert scheme["type"] == "oauth2"
    for name in ("name", "privacyPolicyUrl", "registrationUrl", "termsOfServiceUrl"):
        assert scheme[f"x-imssf-{name}"]
    flow = scheme["flows"]["authorizationCode"]
    assert {"authorizationUrl", "tokenUrl", "refreshUrl", "scopes"} <= flow.keys()
    # Every operation asks for a scope that the flow lists; only discovery asks for none.
    for path, operations in said["paths"].items():
        for operation in operations.values():
            asked = [scope for one in operation["security"] for scope in one["OAuth2ACG"]]
            assert (asked == []) == (path == "/discovery")
            assert set(asked) <= flow["scopes"].keys()


# --- Reading ------------------------------------------------------------------------------------


def test_an_app_gets_what_was_signed(host, mine):
    answer = host.call("GET", "credentials")

    assert answer.status_code == 200
    assert bytes(mine.document) in answer.content
    assert answer["X-Total-Count"] == "1"
    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["compactJwsString"] == []


def test_the_jwt_is_beside_it_once_it_is_signed(host, mine):
    actions.request_jwt(credential=mine, at=TUESDAY)
    tasks.sign_jwts()

    answer = host.call("GET", "credentials")

    token = bytes(CredentialJwt.objects.get().token).decode()
    assert answer.json()["compactJwsString"] == [token]
    assert answer["X-Total-Count"] == "1"


def test_pages_have_all_and_none_twice():
    credentials = held(5)
    brought(credentials[0].award.learner, source=json.dumps({"id": "urn:other"}))
    host = Host().connect(credentials[0].award.learner)
    found, address, pages = [], "credentials?limit=2", 0
    while address:
        answer = host.call("GET", address)
        assert answer["X-Total-Count"] == "6"
        found += ids(answer)
        links = dict(_links(answer))
        assert {"first", "last"} <= links.keys()
        assert ("prev" in links) == (pages > 0)
        following = links.get("next")
        address = following and f"credentials?{urlsplit(following).query}"
        pages += 1

    assert pages == 3
    assert found == [json.loads(bytes(one.document))["id"] for one in credentials] + ["urn:other"]
    assert parse_qs(urlsplit(links["last"]).query)["offset"] == ["4"]


def _links(answer):
    for link in answer["Link"].split(", "):
        address, _, relation = link.partition("; rel=")
        yield relation.strip('"'), address.strip("<>")


def test_a_page_costs_as_much_however_long_it_is(django_assert_num_queries):
    one, many = held(1), held(4)
    counts = []
    for credentials in (one, many):
        host = Host().connect(credentials[0].award.learner)
        with django_assert_num_queries(6):
            counts.append(len(ids(host.call("GET", "credentials"))))

    assert counts == [1, 4]


def test_since_leaves_out_what_was_issued_before():
    credentials = held(3)
    host = Host().connect(credentials[0].award.learner)
    since = credentials[0].issued_at.isoformat().replace("+00:00", "Z")

    answer = host.call("GET", f"credentials?since={since}&limit=1")

    assert answer["X-Total-Count"] == "2"
    assert f"since={since.replace(':', '%3A')}" in answer["Link"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=99999999999999999999",
        "limit=%C2%B2",
        "offset=-1",
        "offset=1.5",
        "since=yesterday",
        "since=2030-02-31T09:00:00Z",
    ],
)
def test_a_query_that_means_nothing_is_named(host, query):
    answer = host.call("GET", f"credentials?{query}")

    assert (answer.status_code, code_of(answer)) == (400, "invalid_query_parameter")


def test_a_page_beyond_the_end_is_empty(host):
    answer = host.call("GET", "credentials?offset=50")

    assert (ids(answer), answer["X-Total-Count"]) == ([], "1")


def test_nobody_elses_credentials_are_there(host, mine):
    other = issued()[0]

    assert ids(host.call("GET", "credentials")) == [json.loads(bytes(mine.document))["id"]]
    assert ids(Host().connect(other.award.learner).call("GET", "credentials")) == [
        json.loads(bytes(other.document))["id"]
    ]


@pytest.mark.parametrize("taken_back", [actions.revoke, actions.suspend])
def test_what_was_taken_back_is_not_there(host, mine, taken_back):
    taken_back(award=mine.award, by=UserFactory(), reason="A mistake.", at=timezone.now())

    assert ids(host.call("GET", "credentials")) == []


# --- Who may what -------------------------------------------------------------------------------

OPERATIONS = {
    ("GET", "credentials"): READ,
    ("POST", "credentials"): WRITE,
    ("GET", "profile"): READ_PROFILE,
    ("PUT", "profile"): WRITE_PROFILE,
}


@pytest.mark.parametrize(("method", "what"), OPERATIONS)
def test_each_operation_asks_for_its_own_scope(method, what, person):
    needed = OPERATIONS[method, what]
    others = " ".join(set(OPERATIONS.values()) - {needed})
    body = {"type": ["Profile"], "name": "Ada"}

    without = Host().connect(person, scope=others).call(method, what, body)
    having = Host().connect(person, scope=needed).call(method, what, body)

    assert (without.status_code, code_of(without)) == (403, "forbidden")
    assert needed in without["WWW-Authenticate"]
    assert having.status_code not in {401, 403}


@pytest.mark.parametrize(("method", "what"), OPERATIONS)
@pytest.mark.parametrize("token", ["", "guessed"])
def test_without_a_good_token_nothing_is_answered(method, what, token):
    answer = Host(tokens={"access_token": token}).call(method, what, {})

    assert (answer.status_code, code_of(answer)) == (401, "unauthorizedrequest")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_token(person):
    browser = Client()
    browser.force_login(person)

    assert browser.get("/ims/ob/v3p0/credentials").status_code == 401


def test_a_token_of_an_app_opens_nothing_of_the_hr_api(host):
    answer = host.http.get(
        "/api/v1/courses", headers={"authorization": f"Bearer {host.tokens['access_token']}"}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("method", "what"), [("DELETE", "credentials"), ("POST", "profile"), ("POST", "discovery")]
)
def test_another_method_is_refused_in_the_words_of_the_standard(host, method, what):
    answer = host.call(method, what, {})

    assert (answer.status_code, code_of(answer)) == (405, "not_allowed")
    assert answer["Allow"]


def test_pages_of_other_sites_may_ask(host):
    answer = host.http.options("/ims/ob/v3p0/credentials")

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer["Access-Control-Allow-Methods"]


# --- Transcripts --------------------------------------------------------------------------------


def test_transcripts_come_as_documents_and_as_jwts(person, mine):
    actions.request_transcript(learner=person, credentials=[mine], name="All of it", at=TUESDAY)
    while actions.sign_due_transcripts(at=TUESDAY):
        pass
    made = Transcript.objects.get()
    host = Host(service="/ims/clr/v2p0")
    host.register(scope=f"{CLR}credential.readonly {CLR}profile.readonly")
    host.connect(person, scope=f"{CLR}credential.readonly")

    answer = host.call("GET", "credentials")

    assert bytes(made.document) in answer.content
    assert answer.json()["compactJwsString"] == [bytes(made.token).decode()]
    assert answer["X-Total-Count"] == "1"
    document = json.dumps(answer.json()["credential"][0]).encode()
    assert verifying.verify_document(document).verdict == Verdict.VALID
    assert "/ims/clr/v2p0/credentials?" in answer["Link"]


def test_the_scopes_of_one_service_do_not_open_the_other(host):
    host.service = "/ims/clr/v2p0"

    assert host.call("GET", "credentials").status_code == 403


def test_no_transcript_of_others_is_taken(host):
    host.service = "/ims/clr/v2p0"

    answer = host.call("POST", "credentials", {})

    assert (answer.status_code, code_of(answer)) == (405, "not_allowed")
