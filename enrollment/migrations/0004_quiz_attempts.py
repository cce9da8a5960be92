import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0008_quizzes"),
        ("enrollment", "0003_teaching"),
    ]

    operations = [
        migrations.CreateModel(
            name="QuizVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("content", models.JSONField()),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quiz_versions",
                        to="catalog.unit",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "digest"), name="quiz_version_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.PositiveSmallIntegerField(help_text="As counted on the page."),
                ),
                (
                    "question_id",
                    models.BigIntegerField(help_text="Its id in the attempt's version."),
                ),
                (
                    "layout",
                    models.JSONField(help_text="Ids of what is chosen from, in the order shown."),
                ),
                ("question", models.TextField(help_text="As it was asked.")),
                ("response", models.JSONField(blank=True, null=True)),
                ("said", models.TextField(blank=True, help_text="The response in words.")),
                ("saved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "credit",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="0 to 1, once graded.",
                        max_digits=5,
                        null=True,
                    ),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="enrollment.quizattempt",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("attempt", "number"), name="answer_number_once"
                    ),
                    models.UniqueConstraint(
                        fields=("attempt", "question_id"), name="answer_question_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("credit", None),
                            models.Q(("credit__gte", 0), ("credit__lte", 1)),
                            _connector="OR",
                        ),
                        name="answer_credit_0_to_1",
                    ),
                ],
            },
        ),
        migrations.AddField(
            "quizattempt",
            "version",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attempts",
                to="enrollment.quizversion",
            ),
        ),
        migrations.AddField("quizattempt", "number", models.PositiveIntegerField(null=True)),
        migrations.AddField("quizattempt", "started_at", models.DateTimeField(null=True)),
    ]
