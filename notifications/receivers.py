"""What the apps below announce becomes a message."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from accounts.models import DataExport
from accounts.signals import export_made
from notifications.actions import notify
from notifications.models import Kind


@receiver(export_made)
def tell_that_the_data_is_ready(sender: object, *, export: DataExport, **kwargs: Any) -> None:
    made = DataExport.objects.select_related("user").get(pk=export.pk)
    if made.made_at and made.expires_at and made.user.is_active:
        notify(
            recipient=made.user,
            kind=Kind.DATA_READY,
            key=f"export:{made.public_id}",
            context={"until": made.expires_at},
            link=reverse("accounts:data"),
            at=made.made_at,
        )
