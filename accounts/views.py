from __future__ import annotations

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
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import ProfileForm
from accounts.http import AuthenticatedRequest


class SignInView(LoginView):  # type: ignore[misc]
    """allauth's, which says “too many attempts” with the status of a page that went well."""

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        if form.has_error(NON_FIELD_ERRORS, code="too_many_login_attempts"):
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        return response


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: AuthenticatedRequest) -> HttpResponse:
    form = ProfileForm(
        request.POST or None, initial={"credential_name": request.user.credential_name}
    )
    if request.method == "POST" and form.is_valid():
        request.user.credential_name = form.cleaned_data["credential_name"]
        request.user.save(update_fields=["credential_name"])
        messages.success(request, "Your name is saved. Credentials from now on will carry it.")
        return redirect(_safe_next(request) or "accounts:profile")
    return render(request, "accounts/profile.html", {"form": form, "next": _safe_next(request)})


def _safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: only to a page of this site."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_own = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_own else ""


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
    for path in files[:50]:
        mail = parser.parsebytes(path.read_bytes())
        body = mail.get_body(preferencelist=("plain",))
        mails.append(
            {
                "to": mail["To"],
                "subject": mail["Subject"],
                "date": mail["Date"],
                "text": body.get_content().rstrip("-\n ") if body else "",
            }
        )
    return render(request, "accounts/dev_mail.html", {"mails": mails})
