"""Wallets that come for a credential, and apps that have registered."""

from __future__ import annotations

import pytest
from django.test import Client

from credentials.models import Credential
from tests.credentials.awards import issued
from tests.factories import UserFactory
from tests.wallets.host import Host
from tests.wallets.offering import page_of
from tests.wallets.wallet import Wallet, told
from tests.worlds import made_once

issued_once = made_once(issued)


@pytest.fixture
def credential(issued_once):
    (made,) = issued_once
    return Credential.objects.select_related("award__learner").get(pk=made.pk)


@pytest.fixture
def browser(credential) -> Client:
    client = Client()
    client.force_login(credential.award.learner)
    return client


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


@pytest.fixture
def host() -> Host:
    """An app that has registered itself."""
    host = Host()
    assert host.register().status_code == 201
    return host


@pytest.fixture
def person():
    return UserFactory(credential_name="Ada Lovelace")


@pytest.fixture
def mine(credential):
    return credential
