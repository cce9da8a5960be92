import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0005_answers_of_quizzes")]

    operations = [
        migrations.DeleteModel("QuizAnswer"),
        migrations.AlterModelOptions("quizattempt", {"ordering": ["-number"]}),
        migrations.RemoveConstraint("quizattempt", "attempt_score_0_to_100"),
        migrations.AddField(
            "quizattempt",
            "counts",
            models.CharField(
                choices=[("best", "The best attempt"), ("last", "The last attempt")],
                default="best",
                max_length=4,
            ),
        ),
        migrations.AddField(
            "quizattempt",
            "due_at",
            models.DateTimeField(blank=True, help_text="When its time is up.", null=True),
        ),
        migrations.AddField(
            "quizattempt",
            "is_timed_out",
            models.BooleanField(default=False, help_text="Ended by the clock."),
        ),
        migrations.AlterField("quizattempt", "is_passed", models.BooleanField(default=False)),
        migrations.AlterField("quizattempt", "number", models.PositiveIntegerField()),
        migrations.AlterField(
            "quizattempt",
            "score",
            models.DecimalField(
                blank=True, decimal_places=2, help_text="Percent.", max_digits=5, null=True
            ),
        ),
        migrations.AlterField("quizattempt", "started_at", models.DateTimeField()),
        migrations.AlterField(
            "quizattempt", "submitted_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AlterField(
            "quizattempt",
            "version",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attempts",
                to="enrollment.quizversion",
            ),
        ),
        migrations.AddIndex(
            "quizattempt",
            models.Index(
                condition=models.Q(("due_at__isnull", False), ("submitted_at", None)),
                fields=["due_at"],
                name="attempt_running_out",
            ),
        ),
        migrations.AddConstraint(
            "quizattempt",
            models.UniqueConstraint(
                fields=("enrollment", "unit", "number"), name="attempt_number_once"
            ),
        ),
        migrations.AddConstraint(
            "quizattempt",
            models.UniqueConstraint(
                condition=models.Q(("submitted_at", None)),
                fields=("enrollment", "unit"),
                name="attempt_one_under_way",
            ),
        ),
        migrations.AddConstraint(
            "quizattempt",
            models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="attempt_number_from_1"
            ),
        ),
        migrations.AddConstraint(
            "quizattempt",
            models.CheckConstraint(
                condition=models.Q(
                    ("due_at", None), ("due_at__gt", models.F("started_at")), _connector="OR"
                ),
                name="attempt_has_some_time",
            ),
        ),
        migrations.AddConstraint(
            "quizattempt",
            models.CheckConstraint(
                condition=models.Q(("counts__in", ["best", "last"])), name="attempt_counts_known"
            ),
        ),
        migrations.AddConstraint(
            "quizattempt",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("is_passed", False),
                        ("is_timed_out", False),
                        ("score", None),
                        ("submitted_at", None),
                    ),
                    models.Q(
                        ("score__gte", 0),
                        ("score__isnull", False),
                        ("score__lte", 100),
                        ("submitted_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="attempt_handed_in_with_a_score",
            ),
        ),
    ]
