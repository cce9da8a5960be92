"""Our own operations of migrations."""

from __future__ import annotations

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from lib.migrations import CreateModels


def a_model(name: str, *, refers_to: str) -> migrations.CreateModel:
    other = models.ForeignKey(f"lib.{refers_to}", models.PROTECT, null=True, related_name="+")
    return migrations.CreateModel(
        name, [("id", models.BigAutoField(primary_key=True)), ("other", other)]
    )


@pytest.mark.django_db(transaction=True)
def test_models_may_refer_to_each_other_and_go_as_they_came():
    operation = CreateModels([a_model("Hen", refers_to="Egg"), a_model("Egg", refers_to="Hen")])
    before, after = ProjectState(), ProjectState()
    assert not after.apps.all_models["lib"]
    operation.state_forwards("lib", after)

    with connection.schema_editor() as editor:
        operation.database_forwards("lib", editor, before, after)
    made = {"lib_hen", "lib_egg"} & set(connection.introspection.table_names())
    with connection.schema_editor() as editor:
        operation.database_backwards("lib", editor, after, before)

    assert made == {"lib_hen", "lib_egg"}
    assert not made & set(connection.introspection.table_names())
