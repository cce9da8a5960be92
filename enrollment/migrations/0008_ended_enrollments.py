from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0007_learning"),
        ("enrollment", "0007_goals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="enrollment",
            name="had_seat",
            field=models.BooleanField(
                db_default=True,
                default=True,
                editable=False,
                help_text="Has been active: who only asked or waited has learned nothing here.",
            ),
        ),
        migrations.RunSQL(
            "UPDATE enrollment_enrollment SET had_seat = false"
            " WHERE status IN ('requested', 'waitlisted', 'offered', 'lapsed')",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="enrollment",
            name="withdrawn_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When it ended without success, and its seat went on.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                condition=models.Q(("withdrawn_at__isnull", False)),
                fields=["learner", "run"],
                name="enrollment_ended",
            ),
        ),
    ]
