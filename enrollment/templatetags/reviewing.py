"""Whether somebody marks what learners hand in, and how its parts are shown."""

from __future__ import annotations

from django import template

from accounts.models import User
from enrollment.models.assignments import REVIEWING_ROLES

register = template.Library()


@register.filter
def may_review(user: object) -> bool:
    """Whether the person reviews, teaches or curates for an organization."""
    return isinstance(user, User) and user.memberships.filter(role__in=REVIEWING_ROLES).exists()
