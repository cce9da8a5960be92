from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate, pre_migrate

pytestmark = pytest.mark.django_db


def has_guard() -> bool:
    table = "sqlite_master" if connection.vendor == "sqlite" else "pg_trigger"
    column = "name" if connection.vendor == "sqlite" else "tgname"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {table} WHERE {column} = %s",
            ["level_within_its_criterion"],
        )
        return cursor.fetchone() is not None


def send(signal, plan):
    catalog = apps.get_app_config("catalog")
    receivers = [
        receiver
        for receiver in signal._live_receivers(catalog)[0]
        if receiver.__module__ == "lib.db_guards"
    ]
    for receiver in receivers:
        receiver(sender=catalog, using="default", plan=plan)


def test_guards_are_away_on_sqlite_while_tables_are_rebuilt_and_there_again_afterwards():
    send(pre_migrate, plan=["a migration"])
    meanwhile = has_guard()
    send(post_migrate, plan=["a migration"])

    assert (meanwhile, has_guard()) == (connection.vendor != "sqlite", True)


def test_guards_stay_when_there_is_nothing_to_migrate():
    send(pre_migrate, plan=[])

    assert has_guard()
