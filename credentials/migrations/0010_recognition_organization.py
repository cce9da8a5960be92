from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def by_their_claims(apps: Any, schema_editor: Any) -> None:
    """Whoever was asked has recognized it."""
    Claim = apps.get_model("credentials", "PriorLearningClaim")
    Recognition = apps.get_model("credentials", "Recognition")
    of_the_claim = Claim.objects.filter(recognition=models.OuterRef("pk")).values("organization")
    Recognition.objects.update(organization=models.Subquery(of_the_claim[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_privacy"),
        ("credentials", "0009_transcripts"),
    ]

    operations = [
        migrations.AddField(
            model_name="recognition",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recognitions",
                to="accounts.organization",
            ),
        ),
        migrations.RunPython(by_their_claims, migrations.RunPython.noop),
    ]
