from __future__ import annotations

from django import template
from django.utils import timezone

from catalog import prices
from catalog.models import Course

register = template.Library()


@register.filter
def price_today(course: Course) -> prices.Price | None:
    """Its runs are best prefetched."""
    return prices.of(course, day=timezone.localdate())
