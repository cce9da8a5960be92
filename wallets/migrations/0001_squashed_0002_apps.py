import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models
from lib.migrations import CreateModels


class Migration(migrations.Migration):
    replaces = [("wallets", "0001_initial"), ("wallets", "0002_apps")]

    initial = True

    dependencies = [
        ("credentials", "0001_squashed_0018_one_index_of_pursuits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Offer",
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
                            "credential",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="wallet_offers",
                                to="credentials.credential",
                            ),
                        ),
                        ("code_digest", models.CharField(max_length=64, unique=True)),
                        ("transaction_code_digest", models.CharField(max_length=64)),
                        ("made_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("redeemed_at", models.DateTimeField(null=True)),
                        ("token_digest", models.CharField(max_length=64, null=True, unique=True)),
                        ("token_expires_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "verbose_name": "wallet offer",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("tries__lte", 5)), name="offer_tries_limited"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("redeemed_at", None),
                                        ("token_digest", None),
                                        ("token_expires_at", None),
                                    ),
                                    models.Q(
                                        ("redeemed_at__isnull", False),
                                        ("token_digest__isnull", False),
                                        ("token_expires_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="offer_redeemed_for_a_token",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
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
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deliveries",
                                to="wallets.offer",
                            ),
                        ),
                        (
                            "configuration",
                            models.CharField(
                                choices=[
                                    ("OpenBadgeCredential_ldp_vc", "Embedded"),
                                    ("OpenBadgeCredential_jwt_vc_json", "Jwt"),
                                ],
                                max_length=40,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        (
                            "delivered_at",
                            models.DateTimeField(
                                help_text="Empty: its JWT was not signed yet, and the wallet asks again.",
                                null=True,
                            ),
                        ),
                        (
                            "event",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("credential_accepted", "Accepted"),
                                    ("credential_failure", "Failure"),
                                    ("credential_deleted", "Deleted"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("event_at", models.DateTimeField(null=True)),
                        ("event_description", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "verbose_name": "wallet delivery",
                        "verbose_name_plural": "wallet deliveries",
                        "ordering": ["-asked_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("offer", "configuration"),
                                name="delivery_once_per_configuration",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("event", ""), ("event_at", None), ("event_description", "")
                                    ),
                                    models.Q(
                                        ("delivered_at__isnull", False),
                                        (
                                            "event__in",
                                            [
                                                "credential_accepted",
                                                "credential_failure",
                                                "credential_deleted",
                                            ],
                                        ),
                                        ("event_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="delivery_event_of_what_was_delivered",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UsedNonce",
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
                        ("digest", models.CharField(max_length=64, unique=True)),
                        ("used_at", models.DateTimeField(db_index=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="RegisteredApp",
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
                            "application",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="registered_app",
                                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                            ),
                        ),
                        (
                            "metadata",
                            models.JSONField(
                                help_text="What it registered, as it was told in return."
                            ),
                        ),
                        ("scope", models.TextField(help_text="What it may ask for at most.")),
                        ("registered_at", models.DateTimeField()),
                        (
                            "first_allowed_at",
                            models.DateTimeField(
                                help_text="Empty: nobody has allowed it anything, and it goes after a day.",
                                null=True,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="BroughtBadge",
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
                            "learner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="brought_badges",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "key",
                            models.CharField(
                                help_text="The same for the same badge, in any form.", max_length=64
                            ),
                        ),
                        ("source", models.TextField()),
                        ("is_jwt", models.BooleanField()),
                        ("name", models.CharField(max_length=200)),
                        ("issuer_name", models.CharField(blank=True, max_length=200)),
                        ("verdict", models.CharField(max_length=20)),
                        ("issued_at", models.DateTimeField()),
                        ("brought_at", models.DateTimeField()),
                        (
                            "brought_by",
                            models.CharField(
                                help_text="The app's name for itself.", max_length=100
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "badge of others",
                        "verbose_name_plural": "badges of others",
                        "ordering": ["issued_at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("learner", "key"), name="brought_badge_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source", ""), _negated=True),
                                name="brought_badge_is_something",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
