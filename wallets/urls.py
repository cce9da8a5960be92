from __future__ import annotations

from django.urls import path

from wallets.views import issuing, offering, tokens

app_name = "wallets"
urlpatterns = [
    path(
        ".well-known/openid-credential-issuer",
        issuing.credential_issuer,
        name="credential_issuer",
    ),
    path(
        ".well-known/oauth-authorization-server",
        issuing.authorization_server,
        name="authorization_server",
    ),
    path("oauth/token", tokens.token, name="token"),
    path("wallets/offers/<str:token>", issuing.offer, name="offer"),
    path("wallets/nonce", issuing.nonce, name="nonce"),
    path("wallets/credential", issuing.credential, name="credential"),
    path("wallets/deferred", issuing.deferred, name="deferred"),
    path("wallets/notification", issuing.notification, name="notification"),
    path("credentials/<uuid:public_id>/wallet", offering.offering, name="offering"),
]
