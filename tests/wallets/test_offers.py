"""A learner offers a credential to a wallet, which redeems the codes (OpenID4VCI 1.0)."""

from __future__ import annotations

import datetime
import logging

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import actions as account_actions
from accounts.models import User
from credentials import actions, tasks
from credentials.actions import reissue
from credentials.models import Credential
from tests.factories import TUESDAY, UserFactory
from tests.wallets.offering import page_of, revoke
from tests.wallets.wallet import Wallet, told
from wallets import offers
from wallets.models import Delivery, Offer

pytestmark = pytest.mark.django_db

LATER = datetime.timedelta(minutes=11)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


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


def test_a_code_of_a_revoked_credential_is_not_redeemed(wallet, credential, told_codes):
    revoke(credential)

    assert wallet.ask_for_token(told_codes[1]).json()["error"] == "invalid_grant"


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


def test_the_page_of_what_was_replaced_leads_to_its_successor(browser, credential):
    same = Credential.objects.filter(pk=credential.pk)
    reissue.replace(same, reason="Its grade was corrected.", at=timezone.now())
    assert "took its place" not in browser.get(page_of(credential)).text
    tasks.issue()
    successor = Credential.objects.get(supersedes=credential)

    assert page_of(successor) in browser.get(page_of(credential)).text
    assert "took its place" not in browser.get(page_of(successor)).text


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
