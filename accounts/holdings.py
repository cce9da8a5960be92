"""What accounts, and the libraries it signs people in with, hold about a person."""

from __future__ import annotations

from allauth.account.models import EmailAddress, EmailConfirmation
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext_lazy as _

from accounts import personal_data
from accounts.models import ApiClient, DataExport, Erasure, Membership, User
from accounts.personal_data import Holding, keep

SECRETS = frozenset(
    {"token", "token_checksum", "code", "jti", "device_code", "user_code", "claims"}
)


def register() -> None:
    personal_data.register(
        Holding(
            model=Membership,
            whose="user",
            about="the organizations that you belong to",
            also={"organization": "organization__name"},
        ),
        Holding(
            model=EmailConfirmation,
            whose="email_address__user",
            about="when your addresses were to be confirmed",
            hidden=frozenset({"key"}),
        ),
        Holding(model=EmailAddress, whose="user", about="your e-mail addresses"),
        Holding(
            model=DataExport,
            whose="user",
            about="when you asked for your data",
            hidden=frozenset({"file", "due_at", "failures"}),
        ),
        Holding(
            model=Erasure,
            whose="user",
            about="whether you asked to be erased",
            hidden=frozenset({"files", "due_at", "failures"}),
            erase=keep,
            stays=_("That somebody was erased, and when: so that it is not asked for in vain."),
        ),
        # Of apps that people connect; other clients act for organizations.
        *(
            Holding(
                model=model,
                whose="user",
                about="the apps that you let in, and what they may do until when",
                hidden=SECRETS,
            )
            for model in apps.get_app_config("oauth2_provider").get_models()
        ),
        Holding(
            model=User,
            whose="pk",
            about="your account",
            hidden=frozenset({"password"}),
            erase=keep,
            stays=_(
                "A row without a name, an address or a password: what others did with you, and"
                " what organizations must account for, refers to it."
            ),
        ),
    )
    personal_data.register_actor(
        LogEntry, "user", why="who changed something in the admin, and when"
    )
    personal_data.register_actor(Erasure, "requested_by", why="who asked for an erasure")
    personal_data.register_actor(ApiClient, "user", why="never set: nobody owns a client")
