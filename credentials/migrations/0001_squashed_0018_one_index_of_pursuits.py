import credentials.models.prior_learning
import django.db.models.deletion
import django.db.models.functions.comparison
import lib.private_storage
import uuid
from django.conf import settings
from django.db import migrations, models
from lib.migrations import CreateModels


class Migration(migrations.Migration):
    replaces = [
        ("credentials", "0001_initial"),
        ("credentials", "0002_erasure"),
        ("credentials", "0003_keys_status_and_jwts"),
        ("credentials", "0004_decisions"),
        ("credentials", "0005_halts"),
        ("credentials", "0006_prior_learning"),
        ("credentials", "0007_appeals"),
        ("credentials", "0008_reconciling"),
        ("credentials", "0009_transcripts"),
        ("credentials", "0010_recognition_organization"),
        ("credentials", "0011_endorsements"),
        ("credentials", "0012_learner_dids"),
        ("credentials", "0013_previews"),
        ("credentials", "0014_due_in_order"),
        ("credentials", "0017_view_counts"),
        ("credentials", "0018_one_index_of_pursuits"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0004_platform"),
        ("catalog", "0001_squashed_0010_what_credentials_say"),
        ("enrollment", "0001_squashed_0011_taking_again"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Appeal",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appeals",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "achievement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appeals",
                                to="catalog.achievement",
                            ),
                        ),
                        ("text", models.TextField(max_length=4000)),
                        ("asked_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "answered_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("answer", models.CharField(blank=True, max_length=500)),
                        (
                            "is_granted",
                            models.BooleanField(
                                help_text="Whether the answer was an award.", null=True
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-asked_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("answered_at", None)),
                                fields=("learner", "achievement"),
                                name="appeal_one_open",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True),
                                name="appeal_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("answer", ""),
                                        ("answered_at", None),
                                        ("answered_by", None),
                                        ("is_granted", None),
                                    ),
                                    models.Q(
                                        ("answered_at__isnull", False),
                                        ("answered_by__isnull", False),
                                        ("is_granted__isnull", False),
                                        models.Q(("answer", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="appeal_answered_as_a_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Halt",
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
                            "achievement",
                            models.ForeignKey(
                                blank=True,
                                help_text="Empty: all of this installation.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="halts",
                                to="catalog.achievement",
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("reason", models.CharField(max_length=500)),
                        ("at", models.DateTimeField()),
                        ("lifted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "lifted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.comparison.Coalesce(
                                    "achievement", models.Value(0)
                                ),
                                condition=models.Q(("lifted_at", None)),
                                name="halt_one_in_force",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="halt_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("lifted_at", None), ("lifted_by", None)),
                                    models.Q(
                                        ("lifted_at__isnull", False), ("lifted_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="halt_lifted_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Recognition",
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
                            "learner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="recognitions",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "course",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="recognitions",
                                to="catalog.course",
                            ),
                        ),
                        (
                            "skill",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="recognitions",
                                to="catalog.skill",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="recognitions",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "level",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("foundation", "Foundation"),
                                    ("intermediate", "Intermediate"),
                                    ("advanced", "Advanced"),
                                    ("specialized", "Highly specialized"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "grade",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                help_text="Percent.",
                                max_digits=5,
                                null=True,
                            ),
                        ),
                        ("recognized_at", models.DateTimeField()),
                        ("until", models.DateTimeField(blank=True, null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("reason", models.CharField(max_length=500)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawal_reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["-recognized_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("course__isnull", False), ("level", ""), ("skill", None)
                                    ),
                                    models.Q(
                                        ("course", None),
                                        (
                                            "level__in",
                                            [
                                                "",
                                                "foundation",
                                                "intermediate",
                                                "advanced",
                                                "specialized",
                                            ],
                                        ),
                                        ("skill__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="recognition_of_a_course_or_a_skill",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="recognition_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("grade", None),
                                    models.Q(("grade__gte", 0), ("grade__lte", 100)),
                                    _connector="OR",
                                ),
                                name="recognition_grade_0_to_100",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawal_reason", ""), ("withdrawn_at", None)),
                                    models.Q(
                                        ("withdrawn_at__isnull", False),
                                        models.Q(("withdrawal_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="recognition_withdrawn_with_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="JudgementRequest",
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
                            "learner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="judgement_requests",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("requested_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Award",
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
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="awards",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "achievement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="awards",
                                to="catalog.achievement",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="awards",
                                to="catalog.achievementversion",
                            ),
                        ),
                        (
                            "number",
                            models.PositiveIntegerField(
                                default=1,
                                help_text="Counts this learner's awards of this achievement.",
                            ),
                        ),
                        (
                            "grade",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        ("decided_at", models.DateTimeField()),
                        (
                            "expires_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="It stops counting then; empty: it never does.",
                                null=True,
                            ),
                        ),
                        (
                            "renews",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="renewed_by",
                                to="credentials.award",
                            ),
                        ),
                        (
                            "granted_by",
                            models.ForeignKey(
                                blank=True,
                                help_text="Who awarded it by hand; empty: the rule was met.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("grant_reason", models.CharField(blank=True, max_length=500)),
                        (
                            "due_at",
                            models.DateTimeField(
                                help_text="Not to be issued before; moved on by failures."
                            ),
                        ),
                        ("failures", models.PositiveIntegerField(default=0)),
                        ("last_failure", models.TextField(blank=True)),
                        ("issued_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "revoked_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("revocation_reason", models.CharField(blank=True, max_length=500)),
                        (
                            "revocation_cause",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("decision", "somebody decided so"),
                                    ("evidence", "what it rested on was taken back"),
                                ],
                                help_text="Only what fell with its evidence is awarded anew once the rule is met again.",
                                max_length=8,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-decided_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("issued_at", None), ("revoked_at", None)),
                                fields=["due_at", "id"],
                                name="award_due",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("learner", "achievement", "number"),
                                name="award_number_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number__gte", 1)), name="award_number_from_1"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("revocation_cause", ""),
                                        ("revocation_reason", ""),
                                        ("revoked_at", None),
                                    ),
                                    models.Q(
                                        ("revoked_at__isnull", False),
                                        models.Q(("revocation_reason", ""), _negated=True),
                                        ("revocation_cause__in", ["decision", "evidence"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="award_revoked_with_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("grant_reason", ""), ("granted_by", None)),
                                    models.Q(
                                        ("granted_by__isnull", False),
                                        models.Q(("grant_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="award_by_hand_with_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("expires_at", None),
                                    ("expires_at__gt", models.F("decided_at")),
                                    _connector="OR",
                                ),
                                name="award_expires_after_it_was_decided",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("number", 1), ("renews", None)),
                                    ("number__gt", 1),
                                    _connector="OR",
                                ),
                                name="award_renews_an_earlier_one",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AwardEvidence",
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
                            "award",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="evidence",
                                to="credentials.award",
                            ),
                        ),
                        ("node_number", models.PositiveIntegerField()),
                        (
                            "enrollment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evidence_for",
                                to="enrollment.enrollment",
                            ),
                        ),
                        (
                            "supporting_award",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evidence_for",
                                to="credentials.award",
                            ),
                        ),
                        (
                            "recognition",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evidence_for",
                                to="credentials.recognition",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("enrollment", None),
                                        ("recognition", None),
                                        ("supporting_award__isnull", False),
                                    ),
                                    models.Q(
                                        ("enrollment__isnull", False),
                                        ("recognition", None),
                                        ("supporting_award", None),
                                    ),
                                    models.Q(
                                        ("enrollment", None),
                                        ("recognition__isnull", False),
                                        ("supporting_award", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="evidence_is_one_thing",
                            ),
                            models.UniqueConstraint(
                                fields=("award", "node_number"), name="evidence_leaf_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AwardTrace",
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
                            "award",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="trace",
                                to="credentials.award",
                            ),
                        ),
                        ("evaluator", models.PositiveSmallIntegerField()),
                        ("document", models.TextField()),
                        ("digest", models.CharField(max_length=64)),
                    ],
                ),
                migrations.CreateModel(
                    name="SigningKey",
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
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="signing_keys",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("Ed25519", "Ed25519: embedded proofs"),
                                    ("P-256", "P-256: JWTs"),
                                ],
                                default="Ed25519",
                                max_length=10,
                            ),
                        ),
                        (
                            "fragment",
                            models.CharField(
                                help_text="The part of its id after the #.", max_length=40
                            ),
                        ),
                        ("public_key_multibase", models.CharField(max_length=100, unique=True)),
                        ("sealed_private_key", models.BinaryField(default=b"")),
                        (
                            "device_label",
                            models.CharField(
                                blank=True,
                                help_text="Its name in the PKCS#11 device that holds it.",
                                max_length=100,
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "distrusted_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="Since then nothing that it signed is accepted.",
                                null=True,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("retired_at", None)),
                                fields=("organization", "kind"),
                                name="signing_key_one_active_per_kind",
                            ),
                            models.UniqueConstraint(
                                fields=("organization", "fragment"),
                                name="signing_key_fragment_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["Ed25519", "P-256"])),
                                name="signing_key_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("device_label", ""),
                                        models.Q(("sealed_private_key", b""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("device_label", ""), _negated=True),
                                        ("sealed_private_key", b""),
                                    ),
                                    _connector="OR",
                                ),
                                name="signing_key_sealed_or_in_a_device",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("distrusted_at", None),
                                    ("retired_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="signing_key_distrusted_is_retired",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatusList",
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
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="status_lists",
                                to="accounts.organization",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("places_taken", models.PositiveIntegerField(default=0)),
                        ("changes", models.PositiveBigIntegerField(default=1)),
                        ("signed_changes", models.PositiveBigIntegerField(default=0)),
                        ("signed_at", models.DateTimeField(null=True)),
                        ("document", models.BinaryField(default=b"")),
                        ("suspension_changes", models.PositiveBigIntegerField(default=1)),
                        ("signed_suspension_changes", models.PositiveBigIntegerField(default=0)),
                        ("suspensions_signed_at", models.DateTimeField(null=True)),
                        ("suspension_document", models.BinaryField(default=b"")),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization", "number"), name="status_list_number_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("places_taken__lte", 131072)),
                                name="status_list_not_overfull",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LostPlace",
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
                            "status_list",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lost_places",
                                to="credentials.statuslist",
                            ),
                        ),
                        ("status_index", models.PositiveIntegerField()),
                        ("credential_public_id", models.UUIDField(unique=True)),
                        ("revoked_at", models.DateTimeField()),
                        ("revocation_reason", models.CharField(max_length=500)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("status_list", "status_index"), name="lost_place_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status_index__lt", 131072)),
                                name="lost_place_in_list",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Credential",
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
                            "award",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="credentials",
                                to="credentials.award",
                            ),
                        ),
                        (
                            "supersedes",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="superseded_by",
                                to="credentials.credential",
                            ),
                        ),
                        (
                            "key",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="credentials",
                                to="credentials.signingkey",
                            ),
                        ),
                        ("document", models.BinaryField()),
                        ("recipient_name", models.CharField(max_length=200)),
                        (
                            "status_list",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="credentials",
                                to="credentials.statuslist",
                            ),
                        ),
                        ("status_index", models.PositiveIntegerField()),
                        ("issued_at", models.DateTimeField()),
                        (
                            "visibility",
                            models.CharField(
                                choices=[
                                    ("off", "Only me"),
                                    ("link", "Anyone who has the link"),
                                    ("public", "Everyone"),
                                ],
                                default="link",
                                max_length=8,
                            ),
                        ),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("revocation_reason", models.CharField(blank=True, max_length=500)),
                        (
                            "erased_at",
                            models.DateTimeField(
                                editable=False,
                                help_text="When its holder had it forgotten, bytes and name.",
                                null=True,
                            ),
                        ),
                        ("suspended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "suspended_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("suspension_reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["-issued_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("revoked_at__isnull", False)),
                                fields=["status_list", "status_index"],
                                name="credential_revoked_places",
                            ),
                            models.Index(
                                condition=models.Q(("suspended_at__isnull", False)),
                                fields=["status_list", "status_index"],
                                name="credential_suspended_places",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("revoked_at", None)),
                                fields=("award",),
                                name="credential_one_live_per_award",
                            ),
                            models.UniqueConstraint(
                                fields=("status_list", "status_index"),
                                name="credential_status_index_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status_index__lt", 131072)),
                                name="credential_status_index_in_list",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("revocation_reason", ""), ("revoked_at", None)),
                                    models.Q(
                                        ("revoked_at__isnull", False),
                                        models.Q(("revocation_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="credential_revoked_with_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("suspended_at", None),
                                        ("suspended_by", None),
                                        ("suspension_reason", ""),
                                    ),
                                    models.Q(
                                        ("suspended_at__isnull", False),
                                        ("suspended_by__isnull", False),
                                        models.Q(("suspension_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="credential_suspended_with_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("visibility__in", ["off", "link", "public"])),
                                name="credential_visibility_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("erased_at", None), ("recipient_name", ""), _connector="OR"
                                ),
                                name="credential_erased_names_nobody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CredentialJwt",
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
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="jwt",
                                to="credentials.credential",
                            ),
                        ),
                        ("requested_at", models.DateTimeField()),
                        (
                            "key",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="jwts",
                                to="credentials.signingkey",
                            ),
                        ),
                        ("token", models.BinaryField(default=b"")),
                        ("signed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("signed_at", None)),
                                fields=["requested_at"],
                                name="credential_jwt_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("key", None), ("signed_at", None), ("token", b"")),
                                    models.Q(
                                        ("key__isnull", False),
                                        ("signed_at__isnull", False),
                                        models.Q(("token", b""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="credential_jwt_signed_as_a_whole",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Endorsement",
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
                            "endorser",
                            models.ForeignKey(
                                help_text="Who says it.",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="endorsements_made",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "achievement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="endorsements",
                                to="catalog.achievement",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="endorsements",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "comment",
                            models.TextField(
                                help_text="Why you vouch for it, for everybody to read.",
                                max_length=2000,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "published_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("signed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "key",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="endorsements",
                                to="credentials.signingkey",
                            ),
                        ),
                        ("document", models.BinaryField(default=b"")),
                        (
                            "status_list",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="endorsements",
                                to="credentials.statuslist",
                            ),
                        ),
                        ("status_index", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "failure",
                            models.CharField(
                                blank=True, help_text="Why it cannot be signed.", max_length=500
                            ),
                        ),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "revoked_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("revocation_reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("achievement", None), ("organization__isnull", False)
                                    ),
                                    models.Q(
                                        ("achievement__isnull", False), ("organization", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="endorsement_of_one_thing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("organization", None),
                                    models.Q(("organization", models.F("endorser")), _negated=True),
                                    _connector="OR",
                                ),
                                name="endorsement_not_of_oneself",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("comment", ""), _negated=True),
                                name="endorsement_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("document", b""),
                                        ("key", None),
                                        ("signed_at", None),
                                        ("status_list", None),
                                        ("status_index", None),
                                    ),
                                    models.Q(
                                        ("key__isnull", False),
                                        ("published_at__isnull", False),
                                        ("signed_at__isnull", False),
                                        ("status_index__lt", 131072),
                                        ("status_list__isnull", False),
                                        models.Q(("document", b""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="endorsement_signed_as_a_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("published_at", None), ("published_by", None)),
                                    models.Q(
                                        ("published_at__isnull", False),
                                        ("published_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="endorsement_published_by_someone",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("revocation_reason", ""), ("revoked_at", None)),
                                    models.Q(
                                        ("published_at__isnull", False),
                                        ("revoked_at__isnull", False),
                                        models.Q(("revocation_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="endorsement_revoked_with_a_reason",
                            ),
                            models.UniqueConstraint(
                                fields=("status_list", "status_index"),
                                name="endorsement_status_index_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Heartbeat",
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
                        ("name", models.CharField(max_length=40, unique=True)),
                        ("at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="JournalPosition",
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
                        ("bytes", models.PositiveBigIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name="LearnerDid",
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
                            "learner",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="did",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("did", models.CharField(max_length=500, unique=True, verbose_name="DID")),
                        ("proved_at", models.DateTimeField()),
                    ],
                    options={
                        "verbose_name": "decentralized identifier",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("did__startswith", "did:key:"),
                                    ("did__startswith", "did:web:"),
                                    _connector="OR",
                                ),
                                name="learner_did_of_a_known_method",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RulePreview",
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
                            "course",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="catalog.course",
                            ),
                        ),
                        (
                            "track",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="catalog.track",
                            ),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("taken_at", models.DateTimeField(null=True)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("done_at", models.DateTimeField(null=True)),
                        ("failure", models.CharField(blank=True, max_length=500)),
                        (
                            "digest",
                            models.CharField(
                                blank=True, help_text="Of what was to be published.", max_length=64
                            ),
                        ),
                        ("found", models.BinaryField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("course", None), ("track__isnull", False)),
                                    models.Q(("course__isnull", False), ("track", None)),
                                    _connector="OR",
                                ),
                                name="preview_of_a_course_or_a_track",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("done_at", None), ("failure", ""), ("found", None)),
                                    models.Q(
                                        ("done_at__isnull", False),
                                        ("failure", ""),
                                        ("found__isnull", False),
                                    ),
                                    models.Q(
                                        ("done_at__isnull", False),
                                        ("found", None),
                                        models.Q(("failure", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="preview_found_or_failed_when_done",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PriorLearningClaim",
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
                                related_name="prior_learning_claims",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="prior_learning_claims",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "statement",
                            models.TextField(
                                blank=True,
                                help_text="What was learned, where, and what it may count as.",
                                max_length=5000,
                            ),
                        ),
                        (
                            "badge",
                            models.TextField(
                                blank=True,
                                help_text="The Open Badge as it was given: JSON or a JWT.",
                            ),
                        ),
                        (
                            "badge_key",
                            models.CharField(
                                blank=True,
                                help_text="The same for the same badge, in whatever form.",
                                max_length=64,
                            ),
                        ),
                        (
                            "verdict",
                            models.CharField(
                                blank=True,
                                help_text="What the verifier said when it was submitted.",
                                max_length=16,
                            ),
                        ),
                        ("submitted_at", models.DateTimeField()),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("submitted", "To be decided"),
                                    ("granted", "Recognized"),
                                    ("refused", "Not recognized"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="submitted",
                                max_length=10,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=500)),
                        (
                            "recognition",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="claim",
                                to="credentials.recognition",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-submitted_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("badge", ""),
                                        ("badge_key", ""),
                                        ("verdict", ""),
                                        models.Q(("statement", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("badge", ""), _negated=True),
                                        ("badge_key__regex", "^[0-9a-f]{64}$"),
                                        ("verdict__in", ["valid", "unknown_issuer"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="prior_learning_shown_and_not_refuted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at", None),
                                        ("decided_by", None),
                                        ("reason", ""),
                                        ("recognition", None),
                                        ("status", "submitted"),
                                    ),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("recognition", None),
                                        ("status", "refused"),
                                        models.Q(("reason", ""), _negated=True),
                                        models.Q(
                                            ("decided_by", models.F("learner")), _negated=True
                                        ),
                                    ),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("recognition__isnull", False),
                                        ("status__in", ["granted", "withdrawn"]),
                                        models.Q(("reason", ""), _negated=True),
                                        models.Q(
                                            ("decided_by", models.F("learner")), _negated=True
                                        ),
                                    ),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("decided_by", models.F("learner")),
                                        ("reason", ""),
                                        ("recognition", None),
                                        ("status", "withdrawn"),
                                    ),
                                    _connector="OR",
                                ),
                                name="prior_learning_decided_by_another_with_a_reason",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("status__in", ["submitted", "granted"]),
                                    models.Q(("badge_key", ""), _negated=True),
                                ),
                                fields=("badge_key",),
                                name="prior_learning_badge_claimed_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("status", "withdrawn"), _negated=True),
                                        ("recognition__isnull", False),
                                        _connector="OR",
                                    ),
                                    models.Q(("badge_key", ""), _negated=True),
                                ),
                                fields=("badge_key", "organization"),
                                name="prior_learning_badge_decided_once_by_each",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PriorLearningFile",
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
                            "claim",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="files",
                                to="credentials.priorlearningclaim",
                            ),
                        ),
                        ("name", models.CharField(max_length=150)),
                        (
                            "content_type",
                            models.CharField(help_text="Told from its content.", max_length=100),
                        ),
                        ("size", models.PositiveIntegerField(help_text="Bytes.")),
                        ("sha256", models.CharField(max_length=64)),
                        (
                            "file",
                            models.FileField(
                                storage=lib.private_storage.PrivateStorage(),
                                upload_to=credentials.models.prior_learning.stored_name,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("size__gt", 0),
                                    models.Q(("name", ""), _negated=True),
                                    ("sha256__regex", "^[0-9a-f]{64}$"),
                                ),
                                name="prior_learning_file_is_described",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Pursuit",
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
                            "learner",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="pursuits",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "achievement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pursuits",
                                to="catalog.achievement",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pursuits",
                                to="catalog.achievementversion",
                            ),
                        ),
                        ("joined_at", models.DateTimeField()),
                        (
                            "is_chosen",
                            models.BooleanField(
                                default=False, help_text="The learner follows the track."
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("learner", "achievement"), name="pursuit_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Refusal",
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
                            "learner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refusals",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "achievement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refusals",
                                to="catalog.achievement",
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("reason", models.CharField(max_length=500)),
                        ("refused_at", models.DateTimeField()),
                        ("lifted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "lifted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("lift_reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["-refused_at"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("lifted_at", None)),
                                fields=("learner", "achievement"),
                                name="refusal_one_in_force",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="refusal_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("lift_reason", ""),
                                        ("lifted_at", None),
                                        ("lifted_by", None),
                                    ),
                                    models.Q(
                                        ("lifted_at__isnull", False),
                                        ("lifted_by__isnull", False),
                                        models.Q(("lift_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="refusal_lifted_with_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReconcileRun",
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
                        ("at", models.DateTimeField()),
                        (
                            "learners",
                            models.PositiveIntegerField(
                                help_text="Who have anything that rules may name."
                            ),
                        ),
                        (
                            "awards",
                            models.PositiveIntegerField(
                                help_text="That stand, and were made by a rule."
                            ),
                        ),
                        (
                            "found",
                            models.PositiveIntegerField(
                                help_text="What does not agree, listed or not."
                            ),
                        ),
                        (
                            "repaired",
                            models.PositiveIntegerField(
                                default=0,
                                help_text="Missing awards whose learners were put in the queue to be judged.",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Drift",
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
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="drifts",
                                to="credentials.reconcilerun",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("missing", "not awarded, though the rule is met"),
                                    ("surplus", "awarded, though nothing holds it up"),
                                    ("version", "awarded by a version that did not apply"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "learner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="drifts",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "achievement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="catalog.achievement",
                            ),
                        ),
                        (
                            "award",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="drifts",
                                to="credentials.award",
                            ),
                        ),
                        ("reason", models.CharField(max_length=500)),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("award", None), ("kind", "missing")),
                                    models.Q(
                                        ("award__isnull", False),
                                        ("kind__in", ["surplus", "version"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="drift_names_its_award",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ViewCount",
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
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="view_counts",
                                to="credentials.credential",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("count", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("credential", "day"), name="view_count_once_a_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Transcript",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="transcripts",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        (
                            "is_partial",
                            models.BooleanField(
                                help_text="The learner had more, and did not choose it."
                            ),
                        ),
                        (
                            "visibility",
                            models.CharField(
                                choices=[
                                    ("off", "Only me"),
                                    ("link", "Anyone who has the link"),
                                    ("public", "Everyone"),
                                ],
                                default="off",
                                max_length=8,
                            ),
                        ),
                        ("requested_at", models.DateTimeField()),
                        ("signed_at", models.DateTimeField(null=True)),
                        (
                            "key",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="transcripts",
                                to="credentials.signingkey",
                            ),
                        ),
                        ("document", models.BinaryField(default=b"")),
                        (
                            "jwt_key",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="credentials.signingkey",
                            ),
                        ),
                        ("token", models.BinaryField(default=b"")),
                        ("recipient_name", models.CharField(blank=True, max_length=200)),
                        (
                            "failure",
                            models.CharField(
                                blank=True, help_text="Why it cannot be signed.", max_length=500
                            ),
                        ),
                        (
                            "deleted_at",
                            models.DateTimeField(
                                help_text="Since when nothing is left of it but its address.",
                                null=True,
                            ),
                        ),
                        (
                            "credentials",
                            models.ManyToManyField(
                                related_name="+",
                                through="credentials.TranscriptEntry",
                                to="credentials.credential",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-requested_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("deleted_at", None), ("signed_at", None)),
                                fields=["requested_at"],
                                name="transcript_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("document", b""),
                                        ("jwt_key", None),
                                        ("key", None),
                                        ("signed_at", None),
                                        ("token", b""),
                                    ),
                                    models.Q(
                                        ("failure", ""),
                                        ("jwt_key__isnull", False),
                                        ("key__isnull", False),
                                        ("signed_at__isnull", False),
                                        models.Q(
                                            ("deleted_at__isnull", False),
                                            models.Q(
                                                models.Q(("document", b""), _negated=True),
                                                models.Q(("token", b""), _negated=True),
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="transcript_signed_as_a_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("deleted_at", None),
                                    models.Q(
                                        ("document", b""),
                                        ("failure", ""),
                                        ("name", ""),
                                        ("recipient_name", ""),
                                        ("token", b""),
                                    ),
                                    _connector="OR",
                                ),
                                name="transcript_deleted_says_nothing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("visibility__in", ["off", "link", "public"])),
                                name="transcript_visibility_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TranscriptEntry",
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
                            "transcript",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="entries",
                                to="credentials.transcript",
                            ),
                        ),
                        (
                            "credential",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="transcript_entries",
                                to="credentials.credential",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "transcript entries",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("transcript", "credential"), name="transcript_entry_once"
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
