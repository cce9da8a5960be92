"""What the frame of every page shows of the reader's messages."""

from __future__ import annotations

from django import template
from django.template.context import RequestContext

from accounts.models import User

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_messages(context: RequestContext) -> int:
    """How many messages the reader has not opened; 0 for visitors."""
    user = context.get("user")
    return user.messages.unread().count() if isinstance(user, User) else 0
