import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models
from lib.migrations import CreateModels


class Migration(migrations.Migration):
    replaces = [
        ("notifications", "0001_initial"),
        ("notifications", "0002_data_ready"),
        ("notifications", "0003_prior_learning"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Message",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "public_id",
                            models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                        ),
                        (
                            "recipient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="messages",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("enrolled", "You are enrolled in a course"),
                                    ("waitlisted", "You are on a waitlist"),
                                    ("seat_offered", "A seat is free for you"),
                                    ("offer_lapsed", "An offered seat has gone to somebody else"),
                                    ("request_decided", "A request of yours was decided"),
                                    ("starts_soon", "A course starts soon"),
                                    ("work_returned", "Work was returned to you"),
                                    ("graded", "Your work was graded"),
                                    ("completed", "You completed a course"),
                                    ("credential_issued", "You earned a credential"),
                                    ("credential_expiring", "A credential expires soon"),
                                    ("prior_learning", "Your prior learning was looked at"),
                                    ("cohort", "An instructor writes to a course"),
                                    ("withdrawn", "You have left a course"),
                                    ("data_ready", "The copy of your data is ready"),
                                ],
                                max_length=30,
                            ),
                        ),
                        (
                            "key",
                            models.CharField(
                                help_text="What happened: told only once, however often.",
                                max_length=200,
                                unique=True,
                            ),
                        ),
                        ("subject", models.CharField(max_length=200)),
                        ("text", models.TextField()),
                        (
                            "link",
                            models.CharField(
                                blank=True, help_text="A path of this site.", max_length=500
                            ),
                        ),
                        (
                            "delivery",
                            models.CharField(
                                choices=[
                                    ("now", "By mail at once"),
                                    ("digest", "By mail once a day"),
                                    ("none", "Only here"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        (
                            "due_at",
                            models.DateTimeField(
                                help_text="Not to be mailed before; moved on by workers and failures.",
                                null=True,
                            ),
                        ),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("failures", models.PositiveIntegerField(default=0)),
                        ("last_failure", models.CharField(blank=True, max_length=200)),
                        ("read_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False), ("sent_at", None)),
                                fields=["due_at"],
                                name="message_due",
                            ),
                            models.Index(
                                condition=models.Q(("read_at", None)),
                                fields=["recipient"],
                                name="message_unread",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "enrolled",
                                            "waitlisted",
                                            "seat_offered",
                                            "offer_lapsed",
                                            "request_decided",
                                            "starts_soon",
                                            "work_returned",
                                            "graded",
                                            "completed",
                                            "credential_issued",
                                            "credential_expiring",
                                            "prior_learning",
                                            "cohort",
                                            "withdrawn",
                                            "data_ready",
                                        ],
                                    )
                                ),
                                name="message_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("key", ""), _negated=True),
                                    models.Q(("subject", ""), _negated=True),
                                ),
                                name="message_has_key_and_subject",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("link", ""), ("link__regex", "^/([^/]|$)"), _connector="OR"
                                ),
                                name="message_link_stays_on_the_site",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("delivery", "none"), ("due_at", None)),
                                    models.Q(
                                        ("delivery__in", ["now", "digest"]),
                                        ("due_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="message_due_unless_kept_here",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Preference",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="message_preferences",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("enrolled", "You are enrolled in a course"),
                                    ("waitlisted", "You are on a waitlist"),
                                    ("seat_offered", "A seat is free for you"),
                                    ("offer_lapsed", "An offered seat has gone to somebody else"),
                                    ("request_decided", "A request of yours was decided"),
                                    ("starts_soon", "A course starts soon"),
                                    ("work_returned", "Work was returned to you"),
                                    ("graded", "Your work was graded"),
                                    ("completed", "You completed a course"),
                                    ("credential_issued", "You earned a credential"),
                                    ("credential_expiring", "A credential expires soon"),
                                    ("prior_learning", "Your prior learning was looked at"),
                                    ("cohort", "An instructor writes to a course"),
                                    ("withdrawn", "You have left a course"),
                                    ("data_ready", "The copy of your data is ready"),
                                ],
                                max_length=30,
                            ),
                        ),
                        (
                            "delivery",
                            models.CharField(
                                choices=[
                                    ("now", "By mail at once"),
                                    ("digest", "By mail once a day"),
                                    ("none", "Only here"),
                                ],
                                max_length=10,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "kind"), name="preference_once_per_kind"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "cohort",
                                            "completed",
                                            "credential_expiring",
                                            "credential_issued",
                                            "data_ready",
                                            "enrolled",
                                            "graded",
                                            "offer_lapsed",
                                            "prior_learning",
                                            "starts_soon",
                                            "waitlisted",
                                            "withdrawn",
                                            "work_returned",
                                        ],
                                    )
                                ),
                                name="preference_of_a_kind_that_can_be_switched_off",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("delivery__in", ["now", "digest", "none"])),
                                name="preference_delivery_known",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
