"""An app reads and brings credentials: Open Badges 3.0 §6, and CLR 2.0 over transcripts."""

from __future__ import annotations

import datetime
import json
from email.utils import parseaddr
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import actions as account_actions
from accounts import archive
from credentials import actions, tasks, verifying
from credentials.models import Award, Credential, CredentialJwt, Transcript
from credentials.vc.verify import Verdict
from tests.credentials.awards import issue_all, issued
from tests.credentials.claims import badge_from_abroad, badge_from_here, confirmed
from tests.factories import TUESDAY, UserFactory, published_course
from tests.wallets.host import (
    READ,
    READ_PROFILE,
    WRITE,
    WRITE_PROFILE,
    Host,
    brought,
)
from wallets import badges
from wallets.models import BroughtBadge

pytestmark = pytest.mark.django_db

ALL = f"{READ} {WRITE} {READ_PROFILE} {WRITE_PROFILE}"
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
def mine():
    (credential,) = issued()
    return credential


@pytest.fixture
def person(mine):
    return mine.award.learner


@pytest.fixture
def host(person) -> Host:
    """One that was allowed everything."""
    return Host().connect(person, scope=ALL)


def ids(answer) -> list[str]:
    return [one["id"] for one in answer.json()["credential"]]


def code_of(answer) -> str:
    """The minor code of an error, whose shape is looked at on the way."""
    said = answer.json()
    assert said["imsx_codeMajor"] == "failure"
    assert said["imsx_severity"] == "error"
    assert said["imsx_description"]
    (field,) = said["imsx_codeMinor"]["imsx_codeMinorField"]
    return field["imsx_codeMinorFieldValue"]


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


# --- Bringing -----------------------------------------------------------------------------------


@pytest.fixture
def mai(person):
    """The person whom the sample badges are for."""
    return confirmed(user=person)


def test_a_badge_of_others_is_kept_and_listed(host, mai):
    badge = badge_from_abroad()

    answer = host.call("POST", "credentials", badge)

    assert (answer.status_code, answer.text) == (201, badge)
    assert answer["Content-Type"] == "application/json"
    kept = BroughtBadge.objects.get()
    assert (kept.learner, kept.source, kept.verdict) == (mai, badge, "unknown_issuer")
    assert kept.brought_by == "Backpack"
    assert json.loads(badge) in host.call("GET", "credentials").json()["credential"]


def test_the_same_badge_replaces_itself(host, mai):
    host.call("POST", "credentials", badge_from_abroad())
    changed = badge_from_abroad(name="Another name")

    answer = host.call("POST", "credentials", changed)

    assert answer.status_code == 200
    assert BroughtBadge.objects.get().source == changed


def test_a_badge_that_is_a_jwt_comes_and_goes_as_one(host, person):
    other = UserFactory()
    EmailAddress.objects.create(user=other, email=other.email, verified=True)
    credential = Credential.objects.get(public_id=_issued_to(other))
    actions.request_jwt(credential=credential, at=TUESDAY)
    tasks.sign_jwts()
    token = bytes(CredentialJwt.objects.get().token).decode()
    # It was awarded to an address that is now this person's.
    EmailAddress.objects.filter(user=other).update(user=person)

    answer = host.call("POST", "credentials", token, content_type="text/plain")

    assert (answer.status_code, answer.text) == (201, token)
    assert host.call("GET", "credentials").json()["compactJwsString"] == [token]


def _issued_to(learner):
    document = json.loads(badge_from_here(learner))
    return document["id"].rsplit("/", 1)[-1]


def test_ones_own_comes_back_and_is_not_kept_twice(host, person, mine):
    EmailAddress.objects.create(user=person, email=person.email, verified=True)

    answer = host.call("POST", "credentials", bytes(mine.document))

    assert answer.status_code == 200
    assert not BroughtBadge.objects.exists()


def test_a_badge_of_somebody_else_is_refused(host):
    answer = host.call("POST", "credentials", badge_from_abroad())

    assert (answer.status_code, code_of(answer)) == (400, "invalid_data")
    assert "not awarded to any of your" in answer.json()["imsx_description"]


def test_a_badge_that_was_changed_is_refused(host, person):
    EmailAddress.objects.create(user=person, email=person.email, verified=True)
    document = json.loads(badge_from_here(person))
    document["credentialSubject"]["achievement"]["name"] = "Emperor"

    answer = host.call("POST", "credentials", document)

    assert answer.status_code == 400
    assert not BroughtBadge.objects.exists()


@pytest.mark.parametrize("body", [b" ", b"{}", b"[]", b"nonsense", b"\xff\xfe\x00", b"[" * 10_000])
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_what_is_no_badge_is_refused(host, body, kind):
    answer = host.call("POST", "credentials", body, content_type=kind)

    assert (answer.status_code, code_of(answer)) == (400, "invalid_data")


def test_another_kind_of_body_is_refused(host):
    answer = host.call("POST", "credentials", "<badge/>", content_type="application/xml")

    assert (answer.status_code, code_of(answer)) == (415, "invalid_data")


def test_a_badge_that_is_too_large_is_refused(host):
    answer = host.call("POST", "credentials", "x" * (256 * 1024 + 1))

    assert answer.status_code == 413


def test_nobody_keeps_more_than_so_many(host, mai, monkeypatch):
    monkeypatch.setattr(badges, "MOST", 1)
    brought(mai)

    answer = host.call("POST", "credentials", badge_from_abroad())

    assert (answer.status_code, code_of(answer)) == (403, "forbidden")


def test_its_holder_sees_verifies_downloads_and_removes_it(host, mai):
    host.call("POST", "credentials", badge_from_abroad())
    kept = BroughtBadge.objects.get()
    browser = Client()
    browser.force_login(mai)

    shown = browser.get(kept.get_absolute_url())
    file = browser.get(f"{kept.get_absolute_url()}download")
    listed = browser.get("/credentials/").text
    browser.post(f"{kept.get_absolute_url()}remove")

    assert "Issuer unknown" in shown.text
    assert (file.text, file["Content-Type"]) == (kept.source, "application/vc")
    assert kept.get_absolute_url() in listed
    assert not BroughtBadge.objects.exists()


def test_it_goes_with_the_account_and_into_the_copy(host, mai, tmp_path):
    host.call("POST", "credentials", badge_from_abroad())
    with (tmp_path / "copy.zip").open("w+b") as file:
        archive.write(mai, file)
        copied = file.seek(0) or file.read()
    account_actions.request_erasure(user=mai, by=mai, at=timezone.now())
    account_actions.erase_due(at=timezone.now())

    assert b"badges_of_others/" in copied
    assert not BroughtBadge.objects.exists()


@pytest.mark.parametrize("values", [{"key": "0" * 64}, {"key": "1" * 64, "source": ""}])
def test_one_row_for_each_badge_and_none_for_nothing(person, values):
    brought(person)

    with pytest.raises(IntegrityError), transaction.atomic():
        brought(person, **values)


# --- Profile ------------------------------------------------------------------------------------


def test_the_profile_names_the_person_and_nothing_else(host, person):
    said = host.call("GET", "profile").json()

    assert said.keys() == {"@context", "id", "type", "name", "email"}
    assert (said["name"], said["email"]) == (person.credential_name, person.email)
    assert parseaddr(said["email"])[1]


def test_an_app_changes_the_name(host, person):
    said = host.call("GET", "profile").json()

    answer = host.call("PUT", "profile", said | {"name": " Ada  King "})

    person.refresh_from_db()
    assert answer.status_code == 200
    assert answer.json()["name"] == person.credential_name
    assert person.credential_name.split() == ["Ada", "King"]


@pytest.mark.parametrize(
    "changed",
    [
        {"email": "mine@evil.example"},
        {"id": "urn:uuid:another"},
        {"phone": "111-222-3333"},
        {"name": ""},
        {"name": "x" * 201},
        {"name": ["Ada"]},
        {"name": "A\0da"},
        {"type": "Achievement"},
    ],
)
def test_what_an_app_cannot_change_is_refused_and_named(host, person, changed):
    said = host.call("GET", "profile").json()

    answer = host.call("PUT", "profile", said | changed)

    before = person.credential_name, person.email
    person.refresh_from_db()
    assert (answer.status_code, code_of(answer)) == (400, "invalid_data")
    assert (person.credential_name, person.email) == before


@pytest.mark.parametrize("body", ["", "[]", "{", "nonsense"])
def test_what_is_no_profile_is_refused(host, body):
    assert host.call("PUT", "profile", body).status_code == 400


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
