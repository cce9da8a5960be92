"""A wallet with a token fetches a credential, and has the last word: the rest of OpenID4VCI 1.0."""

from __future__ import annotations

import datetime
import json

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from credentials import tasks, verifying
from credentials.models import CredentialJwt
from credentials.vc import multikey
from credentials.vc.verify import Verdict
from tests.credentials.awards import issued
from tests.factories import TUESDAY
from tests.wallets.offering import page_of, revoke
from tests.wallets.wallet import (
    ED25519,
    EMBEDDED,
    JWT,
    P256,
    Wallet,
    encoded,
    jwk_of,
    key_proof,
)
from wallets import offers
from wallets.models import Delivery, Offer, UsedNonce

pytestmark = pytest.mark.django_db


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


def test_a_credential_that_was_revoked_meanwhile_is_not_delivered(admitted, credential):
    revoke(credential)

    answer = admitted.ask_for()

    assert (answer.status_code, answer.json()["error"]) == (400, "credential_request_denied")


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


# --- Rows ---------------------------------------------------------------------------------------


def test_a_wallet_says_nothing_of_what_it_was_not_given(admitted):
    delivery = Delivery(offer=Offer.objects.get(), configuration=EMBEDDED, asked_at=TUESDAY)
    delivery.event, delivery.event_at = "credential_accepted", TUESDAY

    with pytest.raises(IntegrityError), transaction.atomic():
        delivery.save()


def test_one_delivery_a_configuration(admitted):
    admitted.ask_for()

    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(offer=Offer.objects.get(), configuration=EMBEDDED, asked_at=TUESDAY)
