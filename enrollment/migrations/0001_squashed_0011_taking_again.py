import django.db.models.deletion
import enrollment.models.assignments
import lib.private_storage
import uuid
from django.conf import settings
from django.db import migrations, models
from lib.migrations import CreateModels


class Migration(migrations.Migration):
    replaces = [
        ("enrollment", "0001_initial"),
        ("enrollment", "0002_learning"),
        ("enrollment", "0003_teaching"),
        ("enrollment", "0004_quiz_attempts"),
        ("enrollment", "0005_answers_of_quizzes"),
        ("enrollment", "0006_quiz_attempts_in_full"),
        ("enrollment", "0007_goals"),
        ("enrollment", "0008_ended_enrollments"),
        ("enrollment", "0009_measured_time"),
        ("enrollment", "0010_refusals_and_quiz_time"),
        ("enrollment", "0011_taking_again"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0004_platform"),
        ("catalog", "0001_squashed_0010_what_credentials_say"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Enrollment",
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
                                related_name="enrollments",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="enrollments",
                                to="catalog.courserun",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("requested", "Requested"),
                                    ("waitlisted", "Waitlisted"),
                                    ("offered", "Offered"),
                                    ("active", "Active"),
                                    ("completed", "Completed"),
                                    ("withdrawn", "Withdrawn"),
                                    ("lapsed", "Lapsed"),
                                    ("failed", "Failed"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "told_status",
                            models.CharField(blank=True, editable=False, max_length=12),
                        ),
                        ("edition", models.PositiveIntegerField(default=1)),
                        (
                            "min_grade",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        (
                            "had_seat",
                            models.BooleanField(
                                db_default=True,
                                default=True,
                                editable=False,
                                help_text="Has been active: who only asked or waited has learned nothing here.",
                            ),
                        ),
                        ("waitlist_place", models.PositiveIntegerField(blank=True, null=True)),
                        ("offer_ends_at", models.DateTimeField(blank=True, null=True)),
                        ("enrolled_at", models.DateTimeField()),
                        (
                            "due_on",
                            models.DateField(
                                blank=True,
                                help_text="The learner’s own last day, later than the run’s.",
                                null=True,
                            ),
                        ),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "completed_by",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("units", "Units"),
                                    ("challenge", "Challenge"),
                                    ("hand", "Hand"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "taken_again_at",
                            models.DateTimeField(
                                blank=True,
                                editable=False,
                                help_text="When the learner, having completed it, began it anew. This completion stands.",
                                null=True,
                            ),
                        ),
                        (
                            "withdrawn_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="When it ended without success, and its seat went on.",
                                null=True,
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
                    ],
                    options={
                        "ordering": ["-enrolled_at"],
                        "indexes": [
                            models.Index(
                                fields=["completed_at", "id"], name="enrollment_by_completion"
                            ),
                            models.Index(
                                condition=models.Q(("status", "offered")),
                                fields=["offer_ends_at"],
                                name="enrollment_offers",
                            ),
                            models.Index(
                                condition=models.Q(("withdrawn_at__isnull", False)),
                                fields=["learner", "run"],
                                name="enrollment_ended",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("told_status", models.F("status")), _negated=True
                                ),
                                fields=["id"],
                                name="enrollment_untold",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "requested",
                                            "waitlisted",
                                            "offered",
                                            "active",
                                            "completed",
                                        ],
                                    ),
                                    ("taken_again_at", None),
                                ),
                                fields=("learner", "run"),
                                name="enrollment_one_live_per_run",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("taken_again_at", None),
                                    ("status", "completed"),
                                    _connector="OR",
                                ),
                                name="enrollment_taken_again_once_completed",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("waitlist_place__isnull", False)),
                                fields=("run", "waitlist_place"),
                                name="enrollment_waitlist_place_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "requested",
                                            "waitlisted",
                                            "offered",
                                            "active",
                                            "completed",
                                            "withdrawn",
                                            "lapsed",
                                            "failed",
                                        ],
                                    )
                                ),
                                name="enrollment_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("completed_at__isnull", False),
                                        ("status", "completed"),
                                        ("completed_by__in", ["units", "challenge", "hand"]),
                                    ),
                                    models.Q(
                                        models.Q(("status", "completed"), _negated=True),
                                        ("completed_at", None),
                                        ("completed_by", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="enrollment_completed_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "waitlisted"), _negated=True),
                                    ("waitlist_place__isnull", False),
                                    _connector="OR",
                                ),
                                name="enrollment_waitlisted_has_a_place",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("offer_ends_at__isnull", False), ("status", "offered")
                                    ),
                                    models.Q(
                                        models.Q(("status", "offered"), _negated=True),
                                        ("offer_ends_at", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="enrollment_offer_ends",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("grade", None),
                                    models.Q(("grade__gte", 0), ("grade__lte", 100)),
                                    _connector="OR",
                                ),
                                name="enrollment_grade_0_to_100",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Correction",
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
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="corrections",
                                to="enrollment.enrollment",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("completed", "completed by hand"),
                                    ("reopened", "Reopened"),
                                    ("failed", "Failed"),
                                    ("no_show", "did not come"),
                                    ("extended", "Extended"),
                                    ("graded", "grade corrected"),
                                    ("refused", "request refused"),
                                    ("quiz_time", "more time in quizzes"),
                                ],
                                max_length=12,
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
                        ("at", models.DateTimeField()),
                        ("reason", models.CharField(max_length=500)),
                        (
                            "undoes",
                            models.DateTimeField(
                                blank=True,
                                help_text="The completion that no longer stands.",
                                null=True,
                            ),
                        ),
                        (
                            "grade_before",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        (
                            "extra_percent",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                verbose_name="more time in quizzes, in percent",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="correction_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "completed",
                                            "reopened",
                                            "failed",
                                            "no_show",
                                            "extended",
                                            "graded",
                                            "refused",
                                            "quiz_time",
                                        ],
                                    )
                                ),
                                name="correction_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("extra_percent__isnull", False),
                                        ("extra_percent__lte", 300),
                                        ("kind", "quiz_time"),
                                    ),
                                    models.Q(
                                        models.Q(("kind", "quiz_time"), _negated=True),
                                        ("extra_percent", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="correction_of_quiz_time_says_how_much",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Submission",
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
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="submissions",
                                to="enrollment.enrollment",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="submissions",
                                to="catalog.unit",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("text", models.TextField(blank=True)),
                        ("submitted_at", models.DateTimeField()),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("submitted", "Submitted"),
                                    ("returned", "Returned"),
                                    ("graded", "Graded"),
                                ],
                                default="submitted",
                                max_length=12,
                            ),
                        ),
                        (
                            "pass_percent",
                            models.PositiveSmallIntegerField(
                                help_text="What it took to pass when the work was handed in."
                            ),
                        ),
                        (
                            "percent",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        (
                            "closed_at",
                            models.DateTimeField(
                                blank=True, help_text="Returned or graded.", null=True
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-number"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status", "submitted")),
                                fields=["submitted_at", "id"],
                                name="submission_waiting",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("enrollment", "unit", "number"),
                                name="submission_number_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("status", "submitted")),
                                fields=("enrollment", "unit"),
                                name="submission_one_waiting",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number__gte", 1)),
                                name="submission_number_from_1",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("closed_at", None),
                                        ("percent", None),
                                        ("status", "submitted"),
                                    ),
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        ("percent", None),
                                        ("status", "returned"),
                                    ),
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        ("percent__gte", 0),
                                        ("percent__isnull", False),
                                        ("percent__lte", 100),
                                        ("status", "graded"),
                                    ),
                                    _connector="OR",
                                ),
                                name="submission_graded_with_a_percent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("pass_percent__gte", 1), ("pass_percent__lte", 100)
                                ),
                                name="submission_pass_percent_1_to_100",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SubmittedFile",
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
                            "submission",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="files",
                                to="enrollment.submission",
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
                                upload_to=enrollment.models.assignments.stored_name,
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
                                name="submitted_file_is_described",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Review",
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
                            "submission",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reviews",
                                to="enrollment.submission",
                            ),
                        ),
                        (
                            "reviewer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reviews",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "marker",
                            models.PositiveSmallIntegerField(
                                help_text="1 and 2 mark, 3 decides between them; from 4 on, corrections."
                            ),
                        ),
                        (
                            "decision",
                            models.CharField(
                                choices=[("grade", "Grade"), ("return", "Return")], max_length=8
                            ),
                        ),
                        (
                            "percent",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        ("comment", models.TextField(blank=True)),
                        (
                            "reason",
                            models.TextField(blank=True, help_text="Why a grade was corrected."),
                        ),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["marker"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("submission", "marker"), name="review_marker_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("marker__lte", 3)),
                                fields=("submission", "reviewer"),
                                name="review_once_per_reviewer",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decision", "grade"),
                                        ("percent__gte", 0),
                                        ("percent__isnull", False),
                                        ("percent__lte", 100),
                                    ),
                                    models.Q(
                                        ("decision", "return"),
                                        ("marker__lte", 3),
                                        ("percent", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="review_grades_with_a_percent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("marker__gte", 1), ("marker__lte", 3), ("reason", "")
                                    ),
                                    models.Q(
                                        ("marker__gt", 3), models.Q(("reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="review_corrects_with_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CriterionMark",
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
                            "review",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="marks",
                                to="enrollment.review",
                            ),
                        ),
                        (
                            "criterion",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="catalog.criterion",
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("out_of", models.PositiveSmallIntegerField()),
                        ("points", models.PositiveSmallIntegerField()),
                        ("comment", models.TextField(blank=True)),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("review", "criterion"), name="mark_once_per_criterion"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("out_of__gt", 0),
                                    ("points__gte", 0),
                                    ("points__lte", models.F("out_of")),
                                ),
                                name="mark_points_0_to_out_of",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProgressEvent",
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
                        ("source", models.CharField(max_length=100)),
                        ("event_id", models.CharField(max_length=200)),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="events",
                                to="enrollment.enrollment",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="catalog.unit",
                            ),
                        ),
                        (
                            "verb",
                            models.CharField(
                                choices=[
                                    ("initialized", "Initialized"),
                                    ("completed", "Completed"),
                                    ("passed", "Passed"),
                                    ("failed", "Failed"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "score",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                help_text="Percent.",
                                max_digits=5,
                                null=True,
                            ),
                        ),
                        (
                            "at",
                            models.DateTimeField(help_text="When it happened, as the source says."),
                        ),
                        ("received_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("source", "event_id"), name="event_once_per_source"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("verb__in", ["initialized", "completed", "passed", "failed"])
                                ),
                                name="event_verb_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("score", None),
                                    models.Q(("score__gte", 0), ("score__lte", 100)),
                                    _connector="OR",
                                ),
                                name="event_score_0_to_100",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("source", ""), _negated=True),
                                    models.Q(("event_id", ""), _negated=True),
                                ),
                                name="event_has_an_id",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Voucher",
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
                            "code",
                            models.CharField(
                                help_text="Letters, digits and hyphens; case does not matter.",
                                max_length=40,
                                unique=True,
                            ),
                        ),
                        (
                            "provider",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="vouchers",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="vouchers",
                                to="catalog.courserun",
                            ),
                        ),
                        ("uses_allowed", models.PositiveIntegerField(default=1)),
                        ("uses", models.PositiveIntegerField(default=0, editable=False)),
                        ("valid_until", models.DateField(blank=True, null=True)),
                        (
                            "note",
                            models.CharField(
                                blank=True, help_text="Who got it, and why.", max_length=200
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["code"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("uses__lte", models.F("uses_allowed"))),
                                name="voucher_used_as_often_as_allowed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("code__regex", "^[A-Z0-9][A-Z0-9-]{3,39}$")),
                                name="voucher_code_plain",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Order",
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
                            "enrollment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="order",
                                to="enrollment.enrollment",
                            ),
                        ),
                        (
                            "method",
                            models.CharField(
                                choices=[
                                    ("voucher", "Voucher"),
                                    ("invoice", "Invoice"),
                                    ("employer", "Employer"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("open", "to be paid"),
                                    ("paid", "Paid"),
                                    ("canceled", "Canceled"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=8)),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "voucher",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="orders",
                                to="enrollment.voucher",
                            ),
                        ),
                        (
                            "employer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="orders",
                                to="accounts.organization",
                            ),
                        ),
                        ("billing_name", models.CharField(blank=True, max_length=200)),
                        ("billing_address", models.TextField(blank=True, max_length=1000)),
                        ("created_at", models.DateTimeField()),
                        ("due_on", models.DateField(blank=True, null=True)),
                        ("paid_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("employer", None),
                                        ("method", "voucher"),
                                        ("voucher__isnull", False),
                                    ),
                                    models.Q(
                                        ("employer__isnull", False),
                                        ("method", "employer"),
                                        ("voucher", None),
                                    ),
                                    models.Q(
                                        ("employer", None),
                                        ("method", "invoice"),
                                        ("voucher", None),
                                        models.Q(("billing_name", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="order_says_who_pays",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("paid_at__isnull", False), ("status", "paid")),
                                    models.Q(
                                        ("paid_at", None), ("status__in", ["open", "canceled"])
                                    ),
                                    _connector="OR",
                                ),
                                name="order_paid_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount__gt", 0), ("currency__regex", "^[A-Z]{3}$")
                                ),
                                name="order_has_an_amount",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UnitProgress",
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
                            "enrollment",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="progress",
                                to="enrollment.enrollment",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="progress",
                                to="catalog.unit",
                            ),
                        ),
                        ("opened_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("seconds_spent", models.PositiveIntegerField(default=0)),
                        (
                            "seen_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="When time was last counted for this unit.",
                                null=True,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("enrollment", "unit"), name="progress_once_per_unit"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuizVersion",
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
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="quiz_versions",
                                to="catalog.unit",
                            ),
                        ),
                        ("digest", models.CharField(max_length=64)),
                        ("content", models.JSONField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("unit", "digest"), name="quiz_version_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuizAttempt",
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
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attempts",
                                to="enrollment.enrollment",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="catalog.unit",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="enrollment.quizversion",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("started_at", models.DateTimeField()),
                        (
                            "due_at",
                            models.DateTimeField(
                                blank=True, help_text="When its time is up.", null=True
                            ),
                        ),
                        (
                            "counts",
                            models.CharField(
                                choices=[
                                    ("best", "The best attempt"),
                                    ("last", "The last attempt"),
                                ],
                                default="best",
                                max_length=4,
                            ),
                        ),
                        ("submitted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "is_timed_out",
                            models.BooleanField(default=False, help_text="Ended by the clock."),
                        ),
                        (
                            "score",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                help_text="Percent.",
                                max_digits=5,
                                null=True,
                            ),
                        ),
                        ("is_passed", models.BooleanField(default=False)),
                    ],
                    options={
                        "ordering": ["-number"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("due_at__isnull", False), ("submitted_at", None)
                                ),
                                fields=["due_at"],
                                name="attempt_running_out",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("enrollment", "unit", "number"), name="attempt_number_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("submitted_at", None)),
                                fields=("enrollment", "unit"),
                                name="attempt_one_under_way",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number__gte", 1)), name="attempt_number_from_1"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("due_at", None),
                                    ("due_at__gt", models.F("started_at")),
                                    _connector="OR",
                                ),
                                name="attempt_has_some_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("counts__in", ["best", "last"])),
                                name="attempt_counts_known",
                            ),
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
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Answer",
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
                            "attempt",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answers",
                                to="enrollment.quizattempt",
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
                        ("question", models.TextField(help_text="As it was asked.")),
                        (
                            "layout",
                            models.JSONField(
                                help_text="Ids of what is chosen from, in the order shown."
                            ),
                        ),
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
                migrations.CreateModel(
                    name="Attendance",
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
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attendances",
                                to="catalog.livesession",
                            ),
                        ),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attendances",
                                to="enrollment.enrollment",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("is_present", models.BooleanField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("session", "enrollment", "number"),
                                name="attendance_number_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("number", 1), ("reason", "")),
                                    models.Q(
                                        ("number__gt", 1), models.Q(("reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="attendance_corrected_with_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CohortMessage",
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
                            models.UUIDField(
                                default=uuid.uuid4,
                                help_text="Of the form: sent twice, it is one message.",
                                unique=True,
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cohort_messages",
                                to="catalog.courserun",
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
                        (
                            "audience",
                            models.CharField(
                                choices=[
                                    ("all", "All"),
                                    ("stuck", "Stuck"),
                                    ("not_started", "Not Started"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("body", models.TextField()),
                        (
                            "recipients",
                            models.PositiveIntegerField(help_text="How many it was written to."),
                        ),
                        ("sent_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["-sent_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("body", ""), _negated=True),
                                name="cohort_message_has_a_body",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("audience__in", ["all", "stuck", "not_started"])
                                ),
                                name="cohort_message_audience_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Exemption",
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
                                related_name="exemptions",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "course",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="exemptions",
                                to="catalog.course",
                            ),
                        ),
                        (
                            "reason",
                            models.TextField(
                                help_text="What the learner knows, and from where.", max_length=2000
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("asked", "to be decided"),
                                    ("granted", "Granted"),
                                    ("refused", "Refused"),
                                ],
                                default="asked",
                                max_length=8,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "answer",
                            models.CharField(
                                blank=True, help_text="For the learner.", max_length=500
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["asked_at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status__in", ["asked", "granted"])),
                                fields=("learner", "course"),
                                name="exemption_asked_or_granted_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at", None), ("status", "asked")),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("status__in", ["granted", "refused"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="exemption_decided_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="exemption_has_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Goal",
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
                                related_name="goal",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "occupation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="goals",
                                to="catalog.occupation",
                            ),
                        ),
                        ("chosen_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="MeasuredTime",
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
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="measured_time",
                                to="catalog.course",
                            ),
                        ),
                        (
                            "finished",
                            models.PositiveIntegerField(
                                help_text="How many had finished when it was made."
                            ),
                        ),
                        (
                            "learners",
                            models.PositiveIntegerField(
                                help_text="Of how many of them the time was measured."
                            ),
                        ),
                        ("median_minutes", models.PositiveIntegerField(null=True)),
                        (
                            "p80_minutes",
                            models.PositiveIntegerField(
                                help_text="Four of five learners needed at most this long.",
                                null=True,
                                verbose_name="80th percentile",
                            ),
                        ),
                        ("measured_at", models.DateTimeField()),
                    ],
                    options={
                        "verbose_name": "time that a course takes",
                        "verbose_name_plural": "time that courses take",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("learners__gte", 20),
                                        ("median_minutes__isnull", False),
                                        ("median_minutes__lte", models.F("p80_minutes")),
                                        ("p80_minutes__isnull", False),
                                    ),
                                    models.Q(
                                        ("learners__lt", 20),
                                        ("median_minutes", None),
                                        ("p80_minutes", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="measured_time_of_enough_learners",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
