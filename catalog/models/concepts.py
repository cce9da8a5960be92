"""What nodes of a published framework have in common: their URI, their names, being found."""

from __future__ import annotations

import re
import uuid
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When

from lib.folding import fold

ESCO_PREFIX = "http://data.europa.eu/esco/"
MAX_SEARCH = 200
MAX_WORDS = 8

_ESCO_CONCEPT = re.compile(
    re.escape(ESCO_PREFIX) + r"(?:skill|occupation)/"
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
)

# fmt: off
_TOO_COMMON = frozenset([
    "a", "an", "and", "as", "at", "be", "become", "for", "i", "in", "of", "on", "or", "the", "to",
    "want", "with",
])
# fmt: on

M = TypeVar("M", bound="Concept")


def concept_id(uri: str) -> uuid.UUID:
    """The id in addresses: ESCO's own, or for another framework one made from its URI.

    So it is the same on every installation, whichever import came first.
    """
    esco = _ESCO_CONCEPT.fullmatch(uri)
    return uuid.UUID(esco[1]) if esco else uuid.uuid5(uuid.NAMESPACE_URL, uri)


def search_text(label: str, alt_labels: str) -> str:
    """What a search reads: every name folded, on a line of its own, between spaces.

    So a line feed and a space stand before each name, and a space before each word.
    """
    names = [fold(name) for name in (label, *alt_labels.splitlines())]
    return "".join(f"\n {name} " for name in names if name) + "\n"


class ConceptIdField(models.UUIDField[uuid.UUID, uuid.UUID]):
    # Here, and not in save(), so that bulk_create does it, too.
    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        concept: Any = model_instance
        if concept.public_id is None:
            concept.public_id = concept_id(concept.uri)
        return concept.public_id


class SearchTextField(models.TextField[str, str]):
    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        concept: Any = model_instance
        concept.search_text = search_text(concept.label, concept.alt_labels)
        return concept.search_text


class ConceptQuerySet(models.QuerySet[M]):
    def in_use(self) -> Self:
        """Without what the framework's newest release no longer has."""
        return self.filter(retired_at=None)

    def matching(self, text: str) -> Self:
        """Concepts whose names have the words of ``text``, the best match first.

        Every word must begin a word of some name. Where nothing is so, every word may also stand
        inside a word (German compounds, scripts without spaces); and where that finds nothing, one
        word is enough.
        """
        phrase, words = _sought(text)
        if not words:
            return self.none() if text.strip() else self
        begun = [Q(search_text__contains=f" {word}") for word in words]
        inside = [Q(search_text__contains=word) for word in words]
        for condition in (_all(begun), _all(inside)):
            if self.filter(condition).exists():
                return self.filter(condition)._best_first(phrase, begun)
        return self.filter(_any(begun))._best_first(phrase, begun)

    def _best_first(self, phrase: str, begun: list[Q]) -> Self:
        how_good = Case(
            When(search_text__startswith=f"\n {phrase} \n", then=Value(0)),
            When(search_text__startswith=f"\n {phrase}", then=Value(1)),
            When(search_text__contains=f"\n {phrase} \n", then=Value(2)),
            When(search_text__contains=f"\n {phrase}", then=Value(3)),
            When(search_text__contains=f" {phrase}", then=Value(4)),
            default=Value(5),
            output_field=IntegerField(),
        )
        missing: Any = Value(0)
        for one in begun if len(begun) > 1 else ():
            missing += Case(When(one, then=Value(0)), default=Value(1), output_field=IntegerField())
        return self.alias(missing=missing, how_good=how_good).order_by(
            "missing", "how_good", "label", "pk"
        )


def _sought(text: str) -> tuple[str, list[str]]:
    """The phrase and its telling words: "I want to become a nurse" asks for a nurse."""
    asked = fold(text[:MAX_SEARCH]).split()
    telling = [word for word in asked if word not in _TOO_COMMON]
    while telling and asked[0] in _TOO_COMMON:
        asked.pop(0)
    return " ".join(asked), list(dict.fromkeys(telling or asked))[:MAX_WORDS]


def _all(conditions: list[Q]) -> Q:
    joined = Q()
    for condition in conditions:
        joined &= condition
    return joined


def _any(conditions: list[Q]) -> Q:
    joined = Q()
    for condition in conditions:
        joined |= condition
    return joined


class Concept(models.Model):
    """A node of a framework, known by its concept URI."""

    public_id = ConceptIdField(unique=True, default=None, editable=False)
    uri = models.CharField("URI", max_length=300, unique=True)
    label = models.CharField(max_length=200)
    alt_labels = models.TextField("synonyms", blank=True, help_text="One on each line.")
    description = models.TextField(blank=True)
    retired_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when the framework no longer has it."
    )
    search_text = SearchTextField(default="", editable=False)

    class Meta:
        abstract = True
        ordering: ClassVar = ["label"]
        # By label is how lists are paged.
        indexes: ClassVar = [models.Index(fields=["label"], name="%(class)s_by_label")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(uri="") & ~Q(label=""), name="%(class)s_has_uri_and_label"
            )
        ]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        written = kwargs.get("update_fields")
        if written is not None and {"label", "alt_labels"} & set(written):
            kwargs["update_fields"] = {*written, "search_text"}
        super().save(*args, **kwargs)

    @property
    def synonyms(self) -> list[str]:
        return [name for name in self.alt_labels.splitlines() if name]

    @property
    def is_web_page(self) -> bool:
        """Whether the URI is an address that a browser may be sent to."""
        return self.uri.startswith(("http://", "https://"))
