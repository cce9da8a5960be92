from __future__ import annotations

from django.urls import path

from wallets.views import apps, brought, exchange, issuing, offering, tokens

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
    path("oauth/register", apps.register, name="register"),
    path("oauth/authorize", apps.authorize, name="authorize"),
    path("oauth/token", tokens.token, name="token"),
    path("oauth/revoke", tokens.revoke, name="revoke"),
    path("profile/apps/", apps.apps, name="apps"),
    path("profile/apps/<uuid:public_id>/disconnect", apps.disconnect, name="disconnect"),
    *(
        path(f"ims/{address}/{what}", getattr(exchange, f"{name}_{what}"), name=f"{name}_{what}")
        for name, address in (("ob", "ob/v3p0"), ("clr", "clr/v2p0"))
        for what in ("discovery", "credentials", "profile")
    ),
    path("wallets/offers/<str:token>", issuing.offer, name="offer"),
    path("wallets/nonce", issuing.nonce, name="nonce"),
    path("wallets/credential", issuing.credential, name="credential"),
    path("wallets/deferred", issuing.deferred, name="deferred"),
    path("wallets/notification", issuing.notification, name="notification"),
    path("credentials/<uuid:public_id>/wallet", offering.offering, name="offering"),
    path("badges/<uuid:public_id>/", brought.badge, name="badge"),
    path("badges/<uuid:public_id>/download", brought.download, name="download_badge"),
    path("badges/<uuid:public_id>/remove", brought.remove, name="remove_badge"),
]
