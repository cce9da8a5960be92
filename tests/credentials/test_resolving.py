"""What is asked of others while a credential is verified, and how much of it."""

from __future__ import annotations

import json
import threading

import pytest

from credentials import resolving
from credentials.fetching import Fetched, NotFetched
from credentials.resolving import NoWeb, Web, WebResolver
from credentials.vc.reports import Unreachable
from credentials.vc.said import Said
from tests.credentials.vc import others


class Internet:
    """Answers from a table, and remembers what it was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, object] = {}
        self.asked: list[str] = []

    def __call__(self, url, *, accept, seconds):
        assert 0 < seconds <= resolving.SECONDS
        self.asked.append(url)
        if url not in self.pages:
            raise NotFetched(Said("There is no host {host}.", host="issuer.example"))
        page = self.pages[url]
        content = page if isinstance(page, bytes) else json.dumps(page).encode()
        return Fetched(content, "application/json")


@pytest.fixture
def internet() -> Internet:
    return Internet()


@pytest.fixture
def resolver(internet) -> WebResolver:
    return WebResolver(Web(internet))


@pytest.mark.parametrize(
    ("issuer", "url"),
    [
        ("did:web:issuer.example", "https://issuer.example/.well-known/did.json"),
        ("did:web:issuer.example:a:b", "https://issuer.example/a/b/did.json"),
        ("https://issuer.example/profile", "https://issuer.example/profile"),
    ],
)
def test_issuers_are_asked_where_they_publish(internet, resolver, issuer, url):
    internet.pages[url] = {"id": issuer}

    assert resolver.did_document(issuer) == {"id": issuer}
    assert internet.asked == [url]


@pytest.mark.parametrize(
    "issuer", [others.did_jwk(others.P256), "did:example:x", "urn:x", "http://issuer.example/"]
)
def test_nobody_is_asked_for_what_no_address_belongs_to(internet, resolver, issuer):
    resolver.did_document(issuer)

    assert internet.asked == []


def test_what_was_had_is_not_asked_again(internet, resolver):
    for _ in range(3):
        with pytest.raises(Unreachable, match="no host"):
            resolver.did_document(others.DID)

    assert len(internet.asked) == 1


def test_one_credential_asks_for_so_much_and_no_more(internet, resolver):
    for number in range(resolving.MAX_FETCHES + 3):
        with pytest.raises(Unreachable):
            resolver.status_list(f"https://issuer.example/{number}")

    assert len(internet.asked) == resolving.MAX_FETCHES


def test_one_credential_takes_so_long_and_no_longer(internet, monkeypatch):
    monkeypatch.setattr(resolving, "SECONDS", 0)

    with pytest.raises(Unreachable, match="more of others"):
        WebResolver(Web(internet)).status_list("https://issuer.example/1")

    assert internet.asked == []


def test_only_so_many_are_asked_at_once(internet, monkeypatch):
    monkeypatch.setattr(resolving, "_slots", threading.BoundedSemaphore(1))
    monkeypatch.setattr(resolving, "SECONDS", 0.05)
    resolving._slots.acquire()

    with pytest.raises(Unreachable, match="Try again"):
        Web(internet).get("https://issuer.example/1")


def test_where_others_are_not_asked_that_is_said():
    with pytest.raises(Unreachable, match="not asked"):
        NoWeb().get("https://issuer.example/1")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff", b'{"a": 1, "a": 2}', b'{"a":' * 500]
)
def test_what_is_no_document_is_none(internet, resolver, content):
    internet.pages["https://issuer.example/x"] = content

    with pytest.raises(Unreachable):
        resolver.did_document("https://issuer.example/x")
    with pytest.raises(Unreachable):
        resolver.status_list("https://issuer.example/x")


def test_a_list_is_had_as_json_or_as_a_jwt(internet, resolver):
    token = others.token(algorithm="EdDSA")
    internet.pages["https://issuer.example/1"] = {"id": 1}
    internet.pages["https://issuer.example/2"] = token.encode()

    assert resolver.status_list("https://issuer.example/1") == {"id": 1}
    assert resolver.status_list("https://issuer.example/2") == token


JWK = others.jwk_of(others.P256)
NAMED = JWK | {"kid": "https://issuer.example/k#1"}


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (JWK, JWK),
        ({"keys": [{"kid": "2"}, JWK | {"kid": "1"}]}, JWK | {"kid": "1"}),
        ({"keys": [NAMED]}, NAMED),
        ({"keys": [{"kid": "2"}]}, None),
        ({"keys": "none"}, None),
        ({"id": "x"}, None),
    ],
)
def test_a_key_is_had_alone_or_of_a_set(internet, resolver, page, found):
    internet.pages["https://issuer.example/k"] = page

    assert resolver.key("https://issuer.example/k#1") == found
