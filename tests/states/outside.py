"""What wallets, apps and clients have fetched and brought, and what people were told."""

from __future__ import annotations

import datetime

from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken

from accounts import actions as accounts_actions
from accounts.models import ApiClient
from credentials import actions
from credentials import tasks as credentials_tasks
from credentials.models import Credential
from enrollment import tasks as enrollment_tasks
from notifications.actions.choosing import choose
from notifications.models import Kind, Message
from tests.credentials.test_learner_dids import proof
from tests.states.people import DAY, NOW, People
from tests.wallets.host import READ, Host, brought
from tests.wallets.offering import page_of
from tests.wallets.wallet import EMBEDDED, JWT, Wallet, told
from wallets.models import Delivery, Offer


def build(p: People) -> None:
    offers(p)
    proved(p)
    apps(p)
    programs(p)
    told_of_everything(p)


def offers(p: People) -> None:
    browser = Client()
    browser.force_login(p.ada)
    mine = Credential.objects.filter(
        award__learner=p.ada, revoked_at=None, suspended_at=None, award__expires_at=None
    ).order_by("pk")
    for credential, event in zip(
        mine, ("", "waiting", "delivered", *Delivery.Event.values), strict=False
    ):
        link, code = told(browser.post(page_of(credential)))
        if not event:
            continue
        wallet = Wallet()
        wallet.scan(link)
        wallet.ask_for_token(code)
        if event == "waiting":
            wallet.ask_for(JWT)
            continue
        number = wallet.ask_for(EMBEDDED).json()["notification_id"]
        if event != "delivered":
            more = {"event_description": "It was full."} if "failure" in event else {}
            wallet.tell(number, event, **more)
    over = mine[7]
    told(browser.post(page_of(over)))
    Offer.objects.filter(credential=over).update(expires_at=NOW - DAY, made_at=NOW - DAY)


def proved(p: People) -> None:
    actions.prove_did(learner=p.ada, token=proof(p.ada), at=NOW)


def apps(p: People) -> None:
    Host().register(client_name="Never let in")
    Host().connect(p.ada, scope=f"{READ} offline_access")
    for n, verdict in enumerate(("valid", "unknown_issuer")):
        brought(
            p.ada,
            key=f"{n}" * 64,
            verdict=verdict,
            issuer_name="Elsewhere" if n else "",
            name=f"Badge {n}",
        )


def programs(p: People) -> None:
    for name, organization in ("HR", p.employer), ("Of nobody", None):
        ApiClient.objects.create(
            name=name,
            client_type="confidential",
            authorization_grant_type="client-credentials",
            organization=organization,
        )


def token_of(p: People) -> str:
    return AccessToken.objects.create(
        application=ApiClient.objects.get(name="HR"),
        token="a-token",
        scope="catalog:read completions:read credentials:verify",
        expires=timezone.now() + datetime.timedelta(days=1),
    ).token


def told_of_everything(p: People) -> None:
    choose(user=p.ada, deliveries={Kind.COMPLETED: "digest", Kind.CREDENTIAL_ISSUED: "none"})
    enrollment_tasks.sweep()
    enrollment_tasks.remind()
    credentials_tasks.remind()
    accounts_actions.request_export(user=p.other, at=NOW)
    accounts_actions.make_due(at=NOW)
    accounts_actions.request_export(user=p.ada, at=NOW)
    some = Message.objects.filter(due_at__isnull=False).order_by("pk")[:2]
    failed, sent = some
    Message.objects.filter(pk=failed.pk).update(failures=3, last_failure="No such mailbox.")
    Message.objects.filter(pk=sent.pk).update(sent_at=NOW, read_at=NOW)
