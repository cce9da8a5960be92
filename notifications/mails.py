"""Messages as mails: pure building, nothing is sent here."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from accounts.models import User
from notifications import links, wording
from notifications.models import ESSENTIAL, Message


def single(message: Message) -> EmailMultiAlternatives:
    """One message as a mail."""
    what = "" if message.kind in ESSENTIAL else message.kind
    context = {
        "text": message.text,
        "link": links.absolute(message.link) if message.link else "",
        "page": links.absolute(message.get_absolute_url()),
    }
    return _mail(
        message.recipient,
        number=message.public_id,
        subject=message.subject,
        template="mail",
        context=context,
        what=what,
    )


def digest(messages: Sequence[Message]) -> EmailMultiAlternatives:
    """What one person was told in a day, as one mail."""
    recipient = messages[0].recipient
    entries = [
        {"subject": one.subject, "page": links.absolute(one.get_absolute_url())} for one in messages
    ]
    with wording.speaking_to(recipient):
        subject = wording.render_subject("digest", {"count": len(messages)})
    return _mail(
        recipient,
        # Of what is in it: repeated it is the same mail, with another message a new one.
        number=uuid.uuid5(uuid.NAMESPACE_OID, ",".join(str(one.public_id) for one in messages)),
        subject=subject,
        template="digest",
        context={"entries": entries},
        what=links.DIGEST,
    )


def _mail(
    recipient: User,
    *,
    number: uuid.UUID,
    subject: str,
    template: str,
    context: Mapping[str, object],
    what: str,
) -> EmailMultiAlternatives:
    headers = {
        # Always the same: a mail program drops what a crash made us send again.
        "Message-ID": f"<{number}@{urlsplit(settings.BASE_URL).hostname}>",
        # RFC 3834: no out-of-office note answers it.
        "Auto-Submitted": "auto-generated",
    }
    if what:
        # RFC 8058: mail programs show a button that needs one click.
        url = links.unsubscribe_url(user=recipient, what=what)
        headers["List-Unsubscribe"] = f"<{url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    settings_page = links.absolute(reverse("notifications:settings"))
    with wording.speaking_to(recipient):
        body = wording.render(template, {**context, "settings_page": settings_page})
    return EmailMultiAlternatives(subject, f"{body}\n", to=[recipient.email], headers=headers)
