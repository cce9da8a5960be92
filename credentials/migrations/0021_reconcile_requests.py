from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0020_stored")]

    operations = [
        migrations.CreateModel(
            name="ReconcileRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
    ]
