"""Writing only what differs: an import that brings nothing new leaves every row untouched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models

from accounts.models import Organization
from catalog.importing.fields import Invalid, said

M = TypeVar("M", bound=models.Model)


def assign(item: models.Model, values: Mapping[str, Any]) -> list[str]:
    """Set the values that differ, and return their names."""
    changed = [name for name, value in values.items() if getattr(item, name) != value]
    for name in changed:
        setattr(item, name, values[name])
    return changed


def picked(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names if name in row}


def by_external_id(queryset: models.QuerySet[M], ids: Iterable[str]) -> dict[str, M]:
    found = queryset.filter(external_id__in=set(ids))
    return {item.external_id: item for item in found}  # type: ignore[attr-defined]


def organization(
    known: Mapping[str, Organization], external_id: str, *, key: str, role: str
) -> Organization:
    """The organization named under ``key``, which must have this role."""
    found = known.get(external_id)
    if found is None:
        raise Invalid(f"{key}: there is no organization {said(external_id)}")
    if not getattr(found, f"is_{role}"):
        raise Invalid(f"{key}: {said(external_id)} needs {role} among its roles")
    return found
