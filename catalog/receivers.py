"""What the search index has to learn when single rows are saved, whoever saves them.

Imports and publishing write many rows and say so themselves, once for each course.
"""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import Organization
from catalog.models import Skill
from catalog.search import everything_changed


@receiver(post_save, sender=Organization)
@receiver(post_save, sender=Skill)
def name_may_have_changed(sender: Any, created: bool, **kwargs: Any) -> None:
    """Courses carry the names of their provider and of their skills into the index."""
    if not created:
        everything_changed()
