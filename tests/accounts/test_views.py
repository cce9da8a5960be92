from __future__ import annotations

import os
import re

import pytest
from django.core import mail

from accounts.models import User
from accounts.views import MAIL_RULE
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

SIGN_UP = {
    "email": "grace@example.org",
    "password1": "granite and lichen 7",
    "credential_name": "Grace Hopper",
}


@pytest.fixture
def signed_in(client, learner):
    client.force_login(learner)
    return client


def rename(client, name, **fields):
    return client.post("/profile/", {"credential_name": name, **fields})


def test_a_name_is_saved(signed_in, learner):
    response = rename(signed_in, "Augusta Ada King")

    learner.refresh_from_db()
    assert (response.status_code, response.url) == (302, "/profile/")
    assert learner.credential_name == "Augusta Ada King"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  Ada \t Lovelace ", "Ada Lovelace"),
        ("Zoe\u0308 Quinn", "Zo\u00eb Quinn"),
        ("王小明", "王小明"),
        ("محمد علي", "محمد علي"),
        ("<b>Ada</b>", "<b>Ada</b>"),
    ],
    ids=["spaces", "decomposed", "Chinese", "Arabic", "markup"],
)
def test_a_name_is_kept_in_one_form(sent, kept, signed_in, learner):
    rename(signed_in, sent)

    learner.refresh_from_db()
    assert learner.credential_name == kept


@pytest.mark.parametrize(
    "name",
    ["", "   ", "...", "Ada\u202eecalevoL", "Ada\ufffe", "Ada\x1b[31m", "x" * 201],
    ids=["empty", "blank", "no letter", "override", "noncharacter", "escape", "too long"],
)
def test_a_name_that_cannot_be_printed_is_refused(name, signed_in, learner):
    response = rename(signed_in, name)

    learner.refresh_from_db()
    assert response.context["form"].errors["credential_name"]
    assert learner.credential_name == "Ada Lovelace"


def test_the_language_of_messages_is_saved(signed_in, learner):
    rename(signed_in, "Ada", language="de")

    learner.refresh_from_db()
    assert learner.language == "de"


def test_a_language_that_the_site_does_not_speak_is_refused(signed_in, learner):
    response = rename(signed_in, "Ada", language="tlh")

    assert response.context["form"].errors["language"]


def test_whoever_signs_up_in_german_gets_german_messages(client):
    client.post("/account/signup/", SIGN_UP, headers={"accept-language": "de"})

    assert User.objects.get().language == "de"


def test_a_name_with_markup_is_shown_as_text(signed_in):
    rename(signed_in, '"><script>alert(1)</script>')

    assert "<script>alert" not in signed_in.get("/profile/").text


def test_saving_leads_on_to_where_one_came_from(signed_in):
    assert rename(signed_in, "Ada", next="/courses/").url == "/courses/"


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "http:///evil.example",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_saving_never_leads_to_another_site(address, signed_in):
    assert rename(signed_in, "Ada", next=address).url == "/profile/"


@pytest.mark.parametrize("address", ELSEWHERE)
def test_signing_in_never_leads_to_another_site(address, client, learner):
    sent = {"login": learner.email, "password": PASSWORD, "next": address}

    response = client.post("/account/login/", sent)

    assert response.status_code == 302
    assert response.url.startswith("/")
    assert "evil.example" not in response.url


def test_signing_up_asks_for_the_name_on_credentials(client):
    client.post("/account/signup/", SIGN_UP)

    assert User.objects.get().credential_name == "Grace Hopper"


def test_signing_up_without_a_name_makes_no_account(client):
    response = client.post("/account/signup/", SIGN_UP | {"credential_name": "..."})

    assert response.context["form"].errors["credential_name"]
    assert not User.objects.exists()


def test_an_account_opens_with_the_link_in_the_mail(client):
    client.post("/account/signup/", SIGN_UP)
    link = re.search(r"/account/confirm-email/\S+", mail.outbox[0].body)

    client.post(link[0])

    assert client.get("/learning/").status_code == 200


def test_an_address_that_is_not_confirmed_opens_nothing(client):
    client.post("/account/signup/", SIGN_UP)

    client.post("/account/login/", {"login": SIGN_UP["email"], "password": SIGN_UP["password1"]})

    assert client.get("/learning/").status_code == 302


def test_signing_up_does_not_tell_who_has_an_account(client):
    UserFactory(email=SIGN_UP["email"])

    known = client.post("/account/signup/", SIGN_UP)
    unknown = client.post("/account/signup/", SIGN_UP | {"email": "new@example.org"})

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


@pytest.fixture
def mail_dir(settings, tmp_path):
    settings.MAIL_DIR = settings.EMAIL_FILE_PATH = tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    return tmp_path


def test_development_mail_is_shown_with_its_links(client, mail_dir):
    mail.send_mail("Confirm <it>", "See http://localhost:8000/yes", None, ["ada@example.org"])

    text = client.get("/dev/mail/").text

    assert "Confirm &lt;it&gt;" in text
    assert 'href="http://localhost:8000/yes"' in text


def test_development_mail_is_shown_newest_first(client, mail_dir):
    for name, modified in {"newer": 1000, "older": 999}.items():
        (mail_dir / f"{name}.log").write_bytes(
            mail.EmailMessage(name, "").message().as_bytes() + b"\n" + MAIL_RULE
        )
        os.utime(mail_dir / f"{name}.log", (modified, modified))

    shown = [one["subject"] for one in client.get("/dev/mail/").context["mails"]]

    assert shown == ["newer", "older"]


def test_all_mails_that_one_connection_sent_are_shown(client, mail_dir):
    with mail.get_connection() as connection:
        for subject in ("first", "second"):
            mail.EmailMessage(subject, "Hello", to=["a@example.org"], connection=connection).send()
    assert len(list(mail_dir.iterdir())) == 1

    mails = client.get("/dev/mail/").context["mails"]

    assert [(one["subject"], one["text"]) for one in mails] == [
        ("second", "Hello"),
        ("first", "Hello"),
    ]


def test_mail_is_not_shown_where_it_is_sent(client, settings):
    settings.DEV_MAIL_ENABLED = False

    assert client.get("/dev/mail/").status_code == 404
