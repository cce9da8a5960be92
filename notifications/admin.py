from __future__ import annotations

from django.contrib import admin

from accounts.admin_access import SuperuserAdmin
from notifications.models import Message


@admin.register(Message)
class MessageAdmin(SuperuserAdmin[Message]):
    """Who was told what kind of thing, and whether the mail has left; never the words."""

    is_read_only = True
    date_hierarchy = "created_at"
    list_display = ("recipient", "kind", "state", "created_at", "sent_at", "failures")
    list_filter = ("kind", "delivery")
    list_select_related = ("recipient",)
    search_fields = ("recipient__email", "key")
    fields = (
        *("recipient", "kind", "key", "delivery", "created_at", "due_at", "sent_at"),
        *("failures", "last_failure", "read_at", "public_id"),
    )
    readonly_fields = fields

    @admin.display(description="mail")
    def state(self, message: Message) -> str:
        if message.sent_at:
            return "sent"
        if message.due_at is None:
            return "inbox only"
        return "failed, to be tried again" if message.last_failure else "waiting"
