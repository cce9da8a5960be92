"""No row is about a person without the register knowing: export and erasure rest on it."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from accounts import personal_data
from accounts.models import User

HELD = {one.model: one for one in personal_data.holdings()}
# Django's own links from people to rights, which nobody is given here.
WITHOUT_WORDS = {User.groups.through, User.user_permissions.through}


def relations() -> list[tuple[type[models.Model], models.ForeignKey]]:
    """Every column of ours and of the libraries that leads to a person, or to a row about one."""
    known = {User, *HELD}
    return [
        (model, column)
        for model in apps.get_models(include_auto_created=True)
        for column in model._meta.concrete_fields
        if column.is_relation and column.related_model in known and model not in WITHOUT_WORDS
    ]


@pytest.mark.parametrize(
    ("model", "column"), relations(), ids=lambda item: getattr(item, "name", None) or item.__name__
)
def test_the_register_knows_every_row_that_leads_to_a_person(model, column):
    is_about_them = model in HELD
    is_actor = (model, column.name) in personal_data.actors()

    assert is_about_them or is_actor, (
        f"Say in the app's holdings.py what {model.__name__}.{column.name} holds about a person."
    )


@pytest.mark.parametrize("model", HELD, ids=lambda model: model.__name__)
def test_a_column_of_a_person_is_theirs_or_an_actor_s(model):
    whose = HELD[model].whose.split("__")[0]
    others = {
        column.name
        for column in model._meta.concrete_fields
        if column.related_model is User and column.name != whose
    }

    assert {(model, name) for name in others} <= personal_data.actors().keys()


@pytest.mark.parametrize("model", HELD, ids=lambda model: model.__name__)
@pytest.mark.django_db
def test_what_the_register_names_can_be_read(model):
    person = User(pk=1)

    assert list(HELD[model].values(person)) == []
    assert list(HELD[model].file_names(person)) == []


def test_no_secret_is_exported():
    secrets = {"password", "token", "token_checksum", "code", "file", "jti"}
    shown = {
        (model.__name__, column.name)
        for model, one in HELD.items()
        for column in model._meta.concrete_fields
        if (column.name in secrets or isinstance(column, models.BinaryField))
        and column.name not in one.hidden
    }

    assert shown == set()


def test_no_two_files_of_the_archive_have_one_name():
    names = [one.name for one in HELD.values()]

    assert len(names) == len(set(names))
