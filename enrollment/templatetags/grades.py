from __future__ import annotations

from decimal import Decimal

from django import template

from enrollment import grades

register = template.Library()


@register.filter
def on_scale(grade: Decimal, scale: str) -> str:
    """``{{ enrollment.grade|on_scale:course.grading_scale }}``"""
    return grades.said(grade, scale)
