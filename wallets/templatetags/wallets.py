"""What a page of another app may show of what wallets have brought."""

from __future__ import annotations

from django import template
from django.db.models import QuerySet
from django.template.context import RequestContext

from wallets.models import BroughtBadge

register = template.Library()


@register.simple_tag(takes_context=True)
def badges_of_others(context: RequestContext) -> QuerySet[BroughtBadge]:
    """The reader's own, newest first."""
    badges = BroughtBadge.objects.filter(learner=context["user"])
    return badges.order_by("-issued_at", "-pk").defer("source")
