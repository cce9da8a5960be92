"""Badges and cards: drawn from what was published, carrying what was signed."""

from __future__ import annotations

import json
import re

import pytest

from credentials import addresses, pictures
from credentials.models import Credential
from credentials.vc import baking
from tests.credentials.awards import issued
from tests.factories import TUESDAY, published_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential():
    return issued()[0]


@pytest.mark.parametrize(
    ("name", "read"), [("badge.png", baking.read_png), ("badge.svg", baking.read_svg)]
)
def test_a_badge_carries_the_bytes_that_were_signed(client, credential, name, read):
    response = client.get(f"{credential.get_absolute_url()}/{name}")

    assert read(response.content) == bytes(credential.document)


@pytest.mark.parametrize("name", ["badge.png", "badge.svg", "card.png"])
def test_what_the_holder_keeps_to_themselves_has_no_picture_for_others(client, credential, name):
    Credential.objects.update(visibility=Credential.Visibility.OFF)

    assert client.get(f"{credential.get_absolute_url()}/{name}").status_code == 404


@pytest.mark.parametrize("name", ["badge.png", "badge.svg", "card.png"])
def test_what_was_erased_has_no_picture_any_more(client, credential, name):
    Credential.objects.update(document=b"", recipient_name="", erased_at=TUESDAY)

    assert client.get(f"{credential.get_absolute_url()}/{name}").status_code == 410


def test_the_signed_image_is_where_it_says(client, credential):
    achievement = json.loads(bytes(credential.document))["credentialSubject"]["achievement"]

    response = client.get(achievement["image"]["id"].removeprefix(addresses.absolute("")))

    assert response["Content-Type"] == "image/png"
    assert response.content.startswith(baking.PNG_SIGNATURE)


def test_the_image_of_a_version_that_is_not_published_is_not_shown(client):
    version = published_course().achievement.versions.get()

    assert client.get(f"/achievements/{version.achievement.public_id}/2.png").status_code == 404


def test_a_shared_link_shows_the_card(client, credential):
    page = client.get(credential.get_absolute_url()).content.decode()

    assert page.count('property="og:image"') == 1
    assert f'content="{addresses.credential(credential)}/card.png"' in page


def test_a_name_cannot_write_into_the_picture():
    version = published_course(
        title='<image href="file:///etc/passwd"/>'
    ).achievement.versions.get()

    svg, _png = pictures.badge(version)

    assert "<image" not in svg


def test_places_in_the_picture_are_numbers_in_every_language():
    version = published_course(title="A long title of two lines or three", language="de")

    svg, _png = pictures.badge(version.achievement.versions.get())

    places = re.findall(r'<text x="([^"]*)" y="([^"]*)"', svg)
    assert places
    assert all(re.fullmatch(r"\d+(\.\d+)?", place) for pair in places for place in pair)


def test_a_name_that_is_too_long_is_cut_and_says_so():
    version = published_course(title="Understanding " * 14).achievement.versions.get()

    svg, _png = pictures.badge(version)

    assert svg.count("…") == 1
