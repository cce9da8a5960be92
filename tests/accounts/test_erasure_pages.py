"""Who asks for forgetting a person or for a copy, and confirms it."""

from __future__ import annotations

import pytest

from accounts import personal_data, tasks
from accounts.models import Erasure, User
from tests.accounts.privacy import EMAIL
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def confirm(client, **fields):
    return client.post("/profile/erase/", {"email": EMAIL, "password": PASSWORD} | fields)


def test_the_page_says_what_stays_and_why(learner, client):
    client.force_login(learner)

    page = client.get("/profile/erase/").content.decode()

    for holding in personal_data.holdings():
        assert str(holding.stays) in page


def test_confirming_erases(learner, client):
    client.force_login(learner)

    response = confirm(client)
    tasks.sweep()

    assert response.url == "/erased/"
    assert client.get(response.url).status_code == 200
    learner.refresh_from_db()
    assert learner.erased_at


@pytest.mark.parametrize("wrong", [{"email": "eve@example.org"}, {"password": "x"}, {"email": ""}])
def test_a_wrong_confirmation_erases_nothing(wrong, learner, client):
    client.force_login(learner)

    response = confirm(client, **wrong)

    assert response.status_code == 422
    assert not Erasure.objects.exists()


def test_passwords_cannot_be_tried_out(learner, client):
    client.force_login(learner)
    statuses = [confirm(client, password="x").status_code for _ in range(11)]

    assert statuses[-1] == 429
    assert confirm(client).status_code == 429


def test_an_administrator_erases_on_request(learner, admin_client):
    page = admin_client.get(f"/admin/accounts/user/{learner.pk}/erase/")
    admin_client.post(f"/admin/accounts/user/{learner.pk}/erase/")
    tasks.sweep()

    assert page.status_code == 200
    assert User.objects.filter(pk=learner.pk, erased_at__isnull=False).exists()
    assert admin_client.get(f"/admin/accounts/user/{learner.pk}/change/").status_code == 200
    assert admin_client.post(f"/admin/accounts/user/{learner.pk}/erase/").status_code == 403


def test_an_administrator_has_a_copy_made_on_request(learner, admin_client):
    admin_client.post(f"/admin/accounts/user/{learner.pk}/data/")

    assert learner.data_exports.count() == 1
