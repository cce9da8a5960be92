from __future__ import annotations

import datetime
import email.policy
from email.parser import BytesParser
from http import HTTPStatus

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import ProfileForm
from accounts.http import AuthenticatedRequest

MAIL_RULE = b"-" * 79 + b"\n"  # what Django's file backend writes below each message


class SignInView(LoginView):  # type: ignore[misc]
    """allauth's, which says “too many attempts” with the status of a page that went well."""

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        if form.has_error(NON_FIELD_ERRORS, code="too_many_login_attempts"):
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        return response


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: AuthenticatedRequest) -> HttpResponse:
    user = request.user
    form = ProfileForm(
        request.POST or None,
        initial={"credential_name": user.credential_name, "language": user.language},
    )
    if request.method == "POST" and form.is_valid():
        user.credential_name = form.cleaned_data["credential_name"]
        user.language = form.cleaned_data["language"]
        user.save(update_fields=["credential_name", "language"])
        messages.success(
            request, _("Your profile is saved. Credentials from now on will carry this name.")
        )
        return redirect(_safe_next(request) or "accounts:profile")
    return render(request, "accounts/profile.html", {"form": form, "next": _safe_next(request)})


def _safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: only to a page of this site."""
    return _if_own(request, request.POST.get("next") or request.GET.get("next", ""))


def _if_own(request: HttpRequest, address: str) -> str:
    is_own = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_own else ""


@login_not_required
@require_safe
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Show the site in this language from now on, in this browser.

    By a link and not a form: a form on every page would set a cookie for every visitor. The link
    is the same on all pages; browsers say from which one it was followed.
    """
    if code not in dict(settings.LANGUAGES):
        raise Http404
    response = redirect(_if_own(request, request.headers.get("Referer", "")) or "catalog:home")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=datetime.timedelta(days=365),
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@login_not_required
@require_safe
def dev_mail(request: HttpRequest) -> HttpResponse:
    """The mail that a development installation has written to files, newest first."""
    if not settings.DEV_MAIL_ENABLED:
        raise Http404
    files = sorted(
        settings.MAIL_DIR.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True
    )
    parser = BytesParser(policy=email.policy.default)
    mails = []
    # Django appends to one file what one connection sends, and now and then what two send.
    texts = (text for path in files[:50] for text in reversed(path.read_bytes().split(MAIL_RULE)))
    for text in filter(bytes.strip, texts):
        mail = parser.parsebytes(text.lstrip())
        body = mail.get_body(preferencelist=("plain",))
        mails.append(
            {
                "to": mail["To"],
                "subject": mail["Subject"],
                "date": mail["Date"],
                "text": body.get_content().rstrip() if body else "",
            }
        )
    return render(request, "accounts/dev_mail.html", {"mails": mails})
