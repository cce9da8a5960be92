"""Identifiers that learners have shown to be theirs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User

METHODS = ("did:key:", "did:web:")


class LearnerDid(models.Model):
    """New credentials name their holder by it (``credentialSubject.id``)."""

    learner = models.OneToOneField(User, models.CASCADE, related_name="did")
    did = models.CharField("DID", max_length=500, unique=True)
    proved_at = models.DateTimeField()

    class Meta:
        verbose_name = "decentralized identifier"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(did__startswith=METHODS[0]) | Q(did__startswith=METHODS[1]),
                name="learner_did_of_a_known_method",
            ),
        ]

    def __str__(self) -> str:
        return self.did
