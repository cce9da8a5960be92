"""A credential goes into a wallet by OpenID4VCI 1.0, from the learner's page to the last word."""

from __future__ import annotations

import datetime
import json
import logging

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import actions as account_actions
from accounts.models import User
from credentials import actions, tasks, verifying
from credentials.models import CredentialJwt
from credentials.vc import multikey
from credentials.vc.verify import Verdict
from tests.credentials.awards import issued
from tests.factories import TUESDAY, UserFactory
from tests.wallets.wallet import (
    ED25519,
    EMBEDDED,
    JWT,
    P256,
    Wallet,
    encoded,
    jwk_of,
    key_proof,
    told,
)
from wallets import offers
from wallets.models import Delivery, Offer, UsedNonce

pytestmark = pytest.mark.django_db

LATER = datetime.timedelta(minutes=11)


@pytest.fixture
def credential():
    (made,) = issued()
    return made


@pytest.fixture
def browser(credential) -> Client:
    client = Client()
    client.force_login(credential.award.learner)
    return client


def page_of(credential) -> str:
    return f"{credential.get_absolute_url()}/wallet"


@pytest.fixture
def told_codes(browser, credential) -> tuple[str, str]:
    return told(browser.post(page_of(credential)))


@pytest.fixture
def wallet(told_codes) -> Wallet:
    """One that has scanned the offer."""
    wallet = Wallet()
    assert wallet.scan(told_codes[0]).status_code == 200
    return wallet


@pytest.fixture
def admitted(wallet, told_codes) -> Wallet:
    """One that has redeemed the codes."""
    assert wallet.ask_for_token(told_codes[1]).status_code == 200
    return wallet


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_wallet_gets_the_bytes_that_were_signed(admitted, credential):
    answer = admitted.ask_for()

    assert answer.status_code == 200
    assert bytes(credential.document) in answer.content
    (given,) = answer.json()["credentials"]
    verdict = verifying.verify_document(json.dumps(given["credential"]).encode()).verdict
    assert verdict == Verdict.VALID


def test_a_wallet_gets_the_jwt_once_a_worker_has_signed_it(admitted, credential):
    waiting = admitted.ask_for(JWT)
    tasks.sign_jwts()
    later = {"transaction_id": waiting.json()["transaction_id"]}

    answer = admitted.post("deferred_credential_endpoint", later)

    assert (waiting.status_code, waiting.json()["interval"]) == (202, 5)
    (given,) = answer.json()["credentials"]
    assert given["credential"].encode() == bytes(CredentialJwt.objects.get().token)
    assert verifying.verify_document(given["credential"].encode()).verdict == Verdict.VALID
    again = admitted.post("deferred_credential_endpoint", later)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_transaction_id")


def test_until_it_is_signed_the_wallet_is_told_to_come_again(admitted):
    number = admitted.ask_for(JWT).json()["transaction_id"]

    answer = admitted.post("deferred_credential_endpoint", {"transaction_id": number})

    assert (answer.status_code, answer.json()["transaction_id"]) == (202, number)


def test_a_signed_jwt_comes_at_once(admitted):
    tasks.sign_jwts()

    assert admitted.ask_for(JWT).status_code == 200


def test_the_offer_lists_what_the_metadata_describes(wallet):
    described = wallet.metadata["credential_configurations_supported"]

    assert set(wallet.offer["credential_configuration_ids"]) == set(described)
    assert {one["format"] for one in described.values()} == {"ldp_vc", "jwt_vc_json"}
    # Neither asks for a proof, as nothing is bound to a key.
    assert not any("proof_types_supported" in one for one in described.values())
    assert wallet.offer["credential_issuer"] == settings.BASE_URL


def test_asking_again_is_harmless(admitted):
    first, second = admitted.ask_for(), admitted.ask_for()

    assert first.content == second.content
    assert Delivery.objects.count() == 1


def test_nothing_on_the_way_is_kept_by_caches_or_bound_to_a_site(wallet, told_codes):
    answers = [wallet.ask_for_token(told_codes[1]), wallet.ask_for()]

    assert {answer["Cache-Control"] for answer in answers} == {"no-store"}
    assert {answer["Access-Control-Allow-Origin"] for answer in answers} == {"*"}


def test_a_page_may_ask_what_it_may_send(wallet):
    answer = wallet.http.options("/wallets/credential")

    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Headers"] == "Authorization, Content-Type"


# --- Codes --------------------------------------------------------------------------------------


def test_a_wrong_transaction_code_is_refused(wallet, told_codes):
    answer = wallet.ask_for_token(wrong(told_codes[1]))

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_five_wrong_codes_end_the_offer(wallet, told_codes):
    link, code = told_codes
    for _ in range(5):
        wallet.ask_for_token(wrong(code))

    answer = wallet.ask_for_token(code)

    assert answer.json()["error"] == "invalid_grant"
    assert wallet.scan(link).status_code == 404


def test_four_wrong_codes_are_forgiven(wallet, told_codes):
    for _ in range(4):
        wallet.ask_for_token(wrong(told_codes[1]))

    assert wallet.ask_for_token(told_codes[1]).status_code == 200


def test_the_transaction_code_must_be_sent(wallet):
    answer = wallet.ask_for_token(None)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert Offer.objects.get().tries == 0


def test_a_code_is_good_once(admitted, told_codes):
    answer = admitted.ask_for_token(told_codes[1])

    assert answer.json()["error"] == "invalid_grant"
    assert admitted.scan(told_codes[0]).status_code == 404


def test_an_offer_ends_after_ten_minutes(wallet, told_codes):
    with time_machine.travel(timezone.now() + LATER):
        answer = wallet.ask_for_token(told_codes[1])
        scanned = wallet.scan(told_codes[0])

    assert (answer.json()["error"], scanned.status_code) == ("invalid_grant", 404)


def test_another_code_is_refused(wallet, told_codes):
    answer = wallet.ask_for_token(told_codes[1], **{"pre-authorized_code": "guessed"})

    assert answer.json()["error"] == "invalid_grant"


def test_another_grant_is_refused(wallet, told_codes):
    answer = wallet.ask_for_token(told_codes[1], grant_type="password")

    assert answer.json()["error"] == "unsupported_grant_type"


def test_many_wrong_codes_from_one_address_are_slowed_down(wallet, told_codes):
    for _ in range(20):
        wallet.ask_for_token(told_codes[1], **{"pre-authorized_code": "guessed"})

    answer = wallet.ask_for_token(told_codes[1])

    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


def test_another_offer_ends_the_one_before(browser, credential, wallet, told_codes):
    browser.post(page_of(credential))

    assert wallet.ask_for_token(told_codes[1]).json()["error"] == "invalid_grant"


def test_no_secret_is_kept_and_none_is_logged(browser, credential, caplog):
    caplog.set_level(logging.DEBUG)
    link, code = told(browser.post(page_of(credential)))
    wallet = Wallet()
    wallet.scan(link)
    wallet.ask_for_token(wrong(code))
    wallet.ask_for_token(code)
    wallet.ask_for()
    secrets = {code, wallet.token, link.rpartition("%2F")[2], *wallet.offer["grants"].popitem()[1]}
    secrets -= {"tx_code", "pre-authorized_code"}

    rows = str(list(Offer.objects.values()) + list(Delivery.objects.values()))

    assert len(secrets) == 3
    assert not [secret for secret in secrets if secret in rows]
    assert not [secret for secret in secrets if secret in caplog.text]


# --- What may be asked for ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "invalid_credential_request"),
        ({"credential_configuration_id": 1}, "invalid_credential_request"),
        ({"credential_configuration_id": "PID"}, "unknown_credential_configuration"),
        ({"credential_identifier": "one"}, "unknown_credential_identifier"),
        ([], "invalid_credential_request"),
        (
            {
                "credential_configuration_id": EMBEDDED,
                "credential_response_encryption": {"enc": "A256GCM"},
            },
            "invalid_encryption_parameters",
        ),
    ],
)
def test_a_request_that_cannot_be_granted_is_named(admitted, body, error):
    answer = admitted.post("credential_endpoint", body)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize("endpoint", ["credential", "deferred_credential", "notification"])
@pytest.mark.parametrize("token", ["", "guessed"])
def test_nothing_is_answered_without_a_good_token(wallet, endpoint, token):
    answer = wallet.post(f"{endpoint}_endpoint", token=token)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_ends_after_half_an_hour(admitted):
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=31)):
        assert admitted.ask_for().status_code == 401


def test_a_body_that_is_too_large_is_refused(admitted):
    answer = admitted.ask_for(junk="x" * 70_000)

    assert answer.status_code == 413


@pytest.mark.parametrize("body", ["", "{", "\ud800".encode("utf-8", "surrogatepass"), "[" * 9999])
def test_a_body_that_is_no_json_is_refused(admitted, body):
    answer = admitted.http.post(
        "/wallets/credential",
        body,
        content_type="application/json",
        headers={"authorization": f"Bearer {admitted.token}"},
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_credential_request")


def revoke(credential) -> None:
    actions.revoke(award=credential.award, reason="A mistake.", by=UserFactory(), at=timezone.now())


def test_a_credential_that_was_revoked_meanwhile_is_not_delivered(admitted, credential):
    revoke(credential)

    answer = admitted.ask_for()

    assert (answer.status_code, answer.json()["error"]) == (400, "credential_request_denied")


def test_a_code_of_a_revoked_credential_is_not_redeemed(wallet, credential, told_codes):
    revoke(credential)

    assert wallet.ask_for_token(told_codes[1]).json()["error"] == "invalid_grant"


# --- Key proofs ---------------------------------------------------------------------------------


def proved(wallet: Wallet, **changed):
    claims = {
        "aud": settings.BASE_URL,
        "iat": int(timezone.now().timestamp()),
        "nonce": changed.pop("nonce", None) or wallet.nonce(),
    }
    key, header = changed.pop("key", P256), changed.pop("header", None)
    claims = {name: value for name, value in (claims | changed).items() if value is not None}
    return wallet.ask_for(proofs={"jwt": [key_proof(claims, key=key, header=header)]})


def by_did_jwk(key):
    name = f"did:jwk:{encoded(json.dumps(jwk_of(key)).encode())}"
    return {"typ": "openid4vci-proof+jwt", "kid": f"{name}#0"}


def by_did_key(key):
    encode = multikey.encode_ed25519 if key is ED25519 else multikey.encode_p256
    name = encode(key.public_key())
    return {"typ": "openid4vci-proof+jwt", "kid": f"did:key:{name}#{name}"}


@pytest.mark.parametrize("key", [P256, ED25519], ids=["P-256", "Ed25519"])
@pytest.mark.parametrize("name", [lambda key: None, by_did_jwk, by_did_key])
def test_a_proof_that_nobody_asked_for_is_taken(admitted, key, name):
    assert proved(admitted, key=key, header=name(key)).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://another.example"},
        {"aud": None},
        {"iat": None},
        {"iat": True},
        {"iat": 1},
        {"iat": 99999999999},
        {"header": {"typ": "JWT", "jwk": jwk_of(P256)}},
        {"header": {"typ": "openid4vci-proof+jwt"}},
        {"header": {"typ": "openid4vci-proof+jwt", "jwk": jwk_of(ED25519)}},
        {"header": {"typ": "openid4vci-proof+jwt", "jwk": {**jwk_of(P256), "d": "AA"}}},
        {"header": {"typ": "openid4vci-proof+jwt", "jwk": {"kty": "EC"}}},
        {"header": {"typ": "openid4vci-proof+jwt", "kid": "did:web:example.org#0"}},
        {"header": {"typ": "openid4vci-proof+jwt", "kid": "did:jwk:AA#0"}},
        {"header": {"typ": "openid4vci-proof+jwt", "x5c": ["AA"]}},
        {"header": {**by_did_jwk(P256), "jwk": jwk_of(P256)}},
    ],
)
def test_a_proof_that_proves_nothing_is_refused(admitted, changed):
    answer = proved(admitted, **changed)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_proof")


def test_what_other_versions_of_the_standard_have_is_ignored(admitted):
    assert admitted.ask_for(proof={"proof_type": "jwt", "jwt": "x"}, format="x").status_code == 200


def test_a_proof_without_a_challenge_is_refused(admitted):
    claims = {"aud": settings.BASE_URL, "iat": int(timezone.now().timestamp())}

    answer = admitted.ask_for(proofs={"jwt": [key_proof(claims)]})

    assert answer.json()["error"] == "invalid_proof"


@pytest.mark.parametrize(
    "proofs", [{}, [], {"jwt": []}, {"jwt": ["a", "b"]}, {"jwt": [1]}, {"ldp_vp": [{}]}]
)
def test_proofs_of_another_shape_are_refused(admitted, proofs):
    assert admitted.ask_for(proofs=proofs).json()["error"] == "invalid_proof"


def test_a_challenge_is_answered_once(admitted):
    nonce = admitted.nonce()
    proved(admitted, nonce=nonce)

    answer = proved(admitted, nonce=nonce)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_nonce")


def test_a_challenge_of_another_is_refused(admitted):
    assert proved(admitted, nonce="made-up").json()["error"] == "invalid_nonce"


def test_an_old_challenge_is_refused(admitted):
    nonce = admitted.nonce()

    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=6)):
        answer = proved(admitted, nonce=nonce)

    assert answer.json()["error"] == "invalid_nonce"


def test_challenges_that_are_too_old_to_be_answered_are_forgotten(admitted):
    UsedNonce.objects.create(digest="0" * 64, used_at=TUESDAY)

    proved(admitted)

    assert UsedNonce.objects.count() == 1


# --- What the wallet did with it ----------------------------------------------------------------


def test_the_last_word_of_the_wallet_is_noted_and_shown(admitted, browser, credential):
    number = admitted.ask_for().json()["notification_id"]

    answers = [admitted.tell(number, "credential_accepted") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert Delivery.objects.get().event == "credential_accepted"
    assert "the wallet keeps it" in browser.get(page_of(credential)).text


def test_a_failure_is_shown_in_the_words_of_the_wallet(admitted, browser, credential):
    number = admitted.ask_for().json()["notification_id"]
    admitted.tell(number, "credential_failure", event_description="Out of <storage>.")

    assert "(Out of &lt;storage&gt;.)" in browser.get(page_of(credential)).text


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"event": "credential_lost"}, "invalid_notification_request"),
        ({"event": ["credential_accepted"]}, "invalid_notification_request"),
        ({"event_description": 'say "no"'}, "invalid_notification_request"),
        ({"event_description": "x" * 501}, "invalid_notification_request"),
        ({"notification_id": "1"}, "invalid_notification_id"),
        ({"notification_id": [1]}, "invalid_notification_id"),
        ({"notification_id": "00000000-0000-0000-0000-000000000000"}, "invalid_notification_id"),
    ],
)
def test_a_word_that_cannot_be_understood_is_refused(admitted, said, error):
    number = admitted.ask_for().json()["notification_id"]
    said = {"notification_id": number, "event": "credential_accepted"} | said

    answer = admitted.post("notification_endpoint", said)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_no_word_is_taken_of_anothers_delivery(admitted, wallet):
    theirs = issued()[0]
    made = offers.make_offer(credential=theirs, at=timezone.now())
    delivery = Delivery.objects.create(
        offer=made.offer, configuration=EMBEDDED, asked_at=TUESDAY, delivered_at=TUESDAY
    )

    answer = admitted.tell(str(delivery.public_id), "credential_accepted")

    assert answer.json()["error"] == "invalid_notification_id"


# --- The page -----------------------------------------------------------------------------------


def test_the_holder_finds_the_page_from_the_credential(browser, credential):
    assert page_of(credential) in browser.get(credential.get_absolute_url()).text


def test_the_page_shows_codes_only_in_the_answer_to_a_post(browser, credential):
    made = browser.post(page_of(credential))

    assert "no-store" in made["Cache-Control"]
    assert "openid-credential-offer" not in browser.get(page_of(credential)).text


def test_nobody_else_makes_an_offer(credential):
    other = Client()
    other.force_login(UserFactory())

    assert other.post(page_of(credential)).status_code == 404
    assert Client().post(page_of(credential)).status_code == 302
    assert not Offer.objects.exists()


@pytest.mark.parametrize("taken_back", ["revoke", "suspend"])
def test_what_was_taken_back_is_not_offered(browser, credential, taken_back):
    if taken_back == "revoke":
        revoke(credential)
    else:
        actions.suspend(
            award=credential.award, reason="In doubt.", by=UserFactory(), at=timezone.now()
        )

    answer = browser.post(page_of(credential))

    assert answer.status_code == 422
    assert "no wallet can fetch it" in answer.text
    assert not Offer.objects.exists()


def test_offers_are_limited(browser, credential):
    answers = [browser.post(page_of(credential)).status_code for _ in range(21)]

    assert answers == [200] * 20 + [429]


def test_an_erased_learner_leaves_no_offer(admitted, credential):
    learner = User.objects.get(pk=credential.award.learner_id)
    admitted.ask_for()
    account_actions.request_erasure(user=learner, by=learner, at=timezone.now())
    account_actions.erase_due(at=timezone.now())

    assert not Offer.objects.exists()
    assert not Delivery.objects.exists()
    assert admitted.ask_for().status_code == 401


# --- Rows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken", [{"tries": 6}, {"redeemed_at": TUESDAY}, {"token_digest": "0" * 64}]
)
def test_an_offer_is_redeemed_as_a_whole(wallet, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.update(**broken)


def test_a_wallet_says_nothing_of_what_it_was_not_given(admitted):
    delivery = Delivery(offer=Offer.objects.get(), configuration=EMBEDDED, asked_at=TUESDAY)
    delivery.event, delivery.event_at = "credential_accepted", TUESDAY

    with pytest.raises(IntegrityError), transaction.atomic():
        delivery.save()


def test_one_delivery_a_configuration(admitted):
    admitted.ask_for()

    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(offer=Offer.objects.get(), configuration=EMBEDDED, asked_at=TUESDAY)


def test_two_who_know_the_codes_get_one_token(wallet, told_codes, monkeypatch):
    code = wallet.offer["grants"].popitem()[1]["pre-authorized_code"]
    draw = offers.codes.draw

    def draw_late() -> str:
        """Another wallet comes between the comparison and the token."""
        monkeypatch.setattr(offers.codes, "draw", draw)
        offers.redeem(code=code, transaction_code=told_codes[1], at=timezone.now())
        return draw()

    monkeypatch.setattr(offers.codes, "draw", draw_late)

    with pytest.raises(offers.WrongCode):
        offers.redeem(code=code, transaction_code=told_codes[1], at=timezone.now())
