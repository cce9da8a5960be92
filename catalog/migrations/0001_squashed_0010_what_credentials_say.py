import catalog.models.concepts
import catalog.models.courses
import django.db.models.deletion
import django.db.models.manager
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models
from lib.migrations import CreateModels


class Migration(migrations.Migration):
    replaces = [
        ("catalog", "0001_initial"),
        ("catalog", "0002_esco"),
        ("catalog", "0003_european_elements_and_search"),
        ("catalog", "0004_external_runs"),
        ("catalog", "0005_review_and_revisions"),
        ("catalog", "0006_translations"),
        ("catalog", "0007_learning"),
        ("catalog", "0008_quizzes"),
        ("catalog", "0009_rules"),
        ("catalog", "0010_what_credentials_say"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0004_platform"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Skill",
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
                            catalog.models.concepts.ConceptIdField(
                                default=None, editable=False, unique=True
                            ),
                        ),
                        ("uri", models.CharField(max_length=300, unique=True, verbose_name="URI")),
                        ("label", models.CharField(max_length=200)),
                        (
                            "alt_labels",
                            models.TextField(
                                blank=True, help_text="One on each line.", verbose_name="synonyms"
                            ),
                        ),
                        ("description", models.TextField(blank=True)),
                        (
                            "retired_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="Since when the framework no longer has it.",
                                null=True,
                            ),
                        ),
                        (
                            "search_text",
                            catalog.models.concepts.SearchTextField(default="", editable=False),
                        ),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("skill", "Skill"),
                                    ("knowledge", "Knowledge"),
                                    ("language", "Language"),
                                    ("transversal", "Transversal skill"),
                                ],
                                max_length=12,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["label"],
                        "abstract": False,
                        "indexes": [models.Index(fields=["label"], name="skill_by_label")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("uri", ""), _negated=True),
                                    models.Q(("label", ""), _negated=True),
                                ),
                                name="skill_has_uri_and_label",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        ["", "skill", "knowledge", "language", "transversal"],
                                    )
                                ),
                                name="skill_kind_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Track",
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
                            "external_id",
                            models.CharField(
                                blank=True,
                                help_text="The name that an import knows this by.",
                                max_length=200,
                                null=True,
                                unique=True,
                            ),
                        ),
                        ("slug", models.CharField(max_length=80, unique=True)),
                        ("title", models.CharField(max_length=200)),
                        ("summary", models.CharField(blank=True, max_length=500)),
                        ("description", models.TextField(blank=True, help_text="Markdown.")),
                        (
                            "field",
                            models.CharField(
                                choices=[
                                    ("ai", "AI and machine learning"),
                                    ("data", "Data"),
                                    ("software", "Software"),
                                    ("cloud", "Cloud and infrastructure"),
                                    ("security", "Security"),
                                    ("finance", "Finance"),
                                    ("leadership", "Leadership"),
                                    ("sustainability", "Sustainability"),
                                    ("other", "Other"),
                                ],
                                default="other",
                                max_length=20,
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                default="en",
                                help_text="A BCP 47 tag: en, de, zh-Hant.",
                                max_length=35,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("review", "in review"),
                                    ("published", "Published"),
                                    ("retired", "Retired"),
                                ],
                                default="draft",
                                max_length=12,
                            ),
                        ),
                        (
                            "published_at",
                            models.DateTimeField(blank=True, editable=False, null=True),
                        ),
                        (
                            "submitted_at",
                            models.DateTimeField(
                                blank=True, editable=False, null=True, verbose_name="handed in"
                            ),
                        ),
                        (
                            "submitted_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="handed in by",
                            ),
                        ),
                        (
                            "publish_at",
                            models.DateTimeField(
                                blank=True,
                                db_index=True,
                                editable=False,
                                null=True,
                                verbose_name="to be published",
                            ),
                        ),
                        (
                            "scheduled_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tracks",
                                to="accounts.organization",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["title"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("title", ""), _negated=True),
                                    models.Q(("slug", ""), _negated=True),
                                ),
                                name="track_has_title_and_slug",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["draft", "review", "published", "retired"])
                                ),
                                name="track_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["draft", "review"]),
                                    ("published_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="track_published_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "review"), _negated=True),
                                    ("submitted_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="track_in_review_since_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("publish_at", None), ("status", "review"), _connector="OR"
                                ),
                                name="track_scheduled_only_in_review",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RuleBook",
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
                        ("stamp", models.PositiveBigIntegerField()),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("pk", 1)), name="rule_book_is_one"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SearchChange",
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
                        ("course_id", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("at", models.DateTimeField(db_index=True)),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Course",
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
                            "external_id",
                            models.CharField(
                                blank=True,
                                help_text="The name that an import knows this by.",
                                max_length=200,
                                null=True,
                                unique=True,
                            ),
                        ),
                        ("slug", models.CharField(max_length=80, unique=True)),
                        ("title", models.CharField(max_length=200)),
                        ("summary", models.CharField(blank=True, max_length=500)),
                        ("description", models.TextField(blank=True, help_text="Markdown.")),
                        (
                            "field",
                            models.CharField(
                                choices=[
                                    ("ai", "AI and machine learning"),
                                    ("data", "Data"),
                                    ("software", "Software"),
                                    ("cloud", "Cloud and infrastructure"),
                                    ("security", "Security"),
                                    ("finance", "Finance"),
                                    ("leadership", "Leadership"),
                                    ("sustainability", "Sustainability"),
                                    ("other", "Other"),
                                ],
                                default="other",
                                max_length=20,
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                default="en",
                                help_text="A BCP 47 tag: en, de, zh-Hant.",
                                max_length=35,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("review", "in review"),
                                    ("published", "Published"),
                                    ("retired", "Retired"),
                                ],
                                default="draft",
                                max_length=12,
                            ),
                        ),
                        (
                            "published_at",
                            models.DateTimeField(blank=True, editable=False, null=True),
                        ),
                        (
                            "submitted_at",
                            models.DateTimeField(
                                blank=True, editable=False, null=True, verbose_name="handed in"
                            ),
                        ),
                        (
                            "submitted_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="handed in by",
                            ),
                        ),
                        (
                            "publish_at",
                            models.DateTimeField(
                                blank=True,
                                db_index=True,
                                editable=False,
                                null=True,
                                verbose_name="to be published",
                            ),
                        ),
                        (
                            "scheduled_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "provider",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="courses",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "awarding_body",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="awarded_courses",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "eqf_level",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="European Qualifications Framework, 1 to 8.",
                                null=True,
                                verbose_name="EQF level",
                            ),
                        ),
                        (
                            "ects",
                            models.DecimalField(
                                blank=True,
                                decimal_places=1,
                                help_text="One credit is 25 to 30 hours of work.",
                                max_digits=3,
                                null=True,
                                verbose_name="ECTS credits",
                            ),
                        ),
                        (
                            "assessment",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("quiz", "Quiz"),
                                    ("assignment", "Assignment"),
                                    ("quiz_and_assignment", "Quiz and assignment"),
                                    ("project", "Project"),
                                    ("exam", "Exam"),
                                ],
                                max_length=24,
                            ),
                        ),
                        (
                            "participation",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("online_self_paced", "Online, at your own pace"),
                                    ("online_live", "Online, live"),
                                    ("blended", "Online and in person"),
                                    ("in_person", "In person"),
                                ],
                                max_length=24,
                                verbose_name="form of participation",
                            ),
                        ),
                        (
                            "supervision",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("unsupervised", "Not supervised, identity not checked"),
                                    ("supervised", "Supervised, identity not checked"),
                                    ("supervised_online_id", "Supervised online, identity checked"),
                                    (
                                        "supervised_onsite_id",
                                        "Supervised on site, identity checked",
                                    ),
                                ],
                                max_length=24,
                                verbose_name="supervision of the assessment",
                            ),
                        ),
                        (
                            "quality_assurance",
                            models.CharField(
                                blank=True,
                                help_text="Who reviews the course, how often, by what standard.",
                                max_length=500,
                            ),
                        ),
                        (
                            "prerequisites",
                            models.TextField(blank=True, help_text="In words, for the learner."),
                        ),
                        (
                            "min_grade",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                help_text="Percent. Who has less has not completed the course, though all units are done.",
                                max_digits=5,
                                null=True,
                                verbose_name="least grade",
                            ),
                        ),
                        (
                            "grading_scale",
                            models.CharField(
                                choices=[
                                    ("percent", "Percent"),
                                    ("pass_fail", "Passed or not"),
                                    ("letters", "Letters, A to F"),
                                ],
                                default="percent",
                                max_length=12,
                            ),
                        ),
                        (
                            "edition",
                            models.PositiveIntegerField(
                                default=1,
                                editable=False,
                                help_text="Counts the changes of its units since publishing.",
                            ),
                        ),
                        (
                            "revises",
                            models.OneToOneField(
                                blank=True,
                                editable=False,
                                help_text="The published course whose next state this is.",
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="revision",
                                to="catalog.course",
                            ),
                        ),
                        (
                            "skills",
                            models.ManyToManyField(
                                related_name="courses",
                                through="catalog.CourseSkill",
                                to="catalog.skill",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["title"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("title", ""), _negated=True),
                                    models.Q(("slug", ""), _negated=True),
                                ),
                                name="course_has_title_and_slug",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["draft", "review", "published", "retired"])
                                ),
                                name="course_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["draft", "review"]),
                                    ("published_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="course_published_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "review"), _negated=True),
                                    ("submitted_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="course_in_review_since_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("publish_at", None), ("status", "review"), _connector="OR"
                                ),
                                name="course_scheduled_only_in_review",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("eqf_level", None),
                                    models.Q(("eqf_level__gte", 1), ("eqf_level__lte", 8)),
                                    _connector="OR",
                                ),
                                name="course_eqf_level_1_to_8",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("min_grade", None),
                                    models.Q(("min_grade__gt", 0), ("min_grade__lte", 100)),
                                    _connector="OR",
                                ),
                                name="course_min_grade_up_to_100",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("grading_scale__in", ["percent", "pass_fail", "letters"])
                                ),
                                name="course_scale_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ects", None),
                                    models.Q(("ects__gte", Decimal("0.1")), ("ects__lte", 60)),
                                    _connector="OR",
                                ),
                                name="course_ects_0_1_to_60",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "assessment__in",
                                        [
                                            "",
                                            "quiz",
                                            "assignment",
                                            "quiz_and_assignment",
                                            "project",
                                            "exam",
                                        ],
                                    ),
                                    (
                                        "participation__in",
                                        [
                                            "",
                                            "online_self_paced",
                                            "online_live",
                                            "blended",
                                            "in_person",
                                        ],
                                    ),
                                    (
                                        "supervision__in",
                                        [
                                            "",
                                            "unsupervised",
                                            "supervised",
                                            "supervised_online_id",
                                            "supervised_onsite_id",
                                        ],
                                    ),
                                ),
                                name="course_elements_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("revises", None),
                                    ("status__in", ["draft", "review"]),
                                    _connector="OR",
                                ),
                                name="course_revision_is_never_published_itself",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CourseSkill",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="course_skills",
                                to="catalog.course",
                            ),
                        ),
                        (
                            "skill",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="course_skills",
                                to="catalog.skill",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("course", "skill"), name="course_skill_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LearningOutcome",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="outcomes",
                                to="catalog.course",
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        (
                            "text",
                            models.CharField(
                                help_text="Begins with a verb: “Read a balance sheet”.",
                                max_length=300,
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
                            "skills",
                            models.ManyToManyField(
                                blank=True, related_name="outcomes", to="catalog.skill"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("course", "position"), name="outcome_position_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("text", ""), _negated=True),
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
                                ),
                                name="outcome_has_text_and_known_level",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Unit",
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
                            "course",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="units",
                                to="catalog.course",
                            ),
                        ),
                        ("external_id", models.CharField(blank=True, max_length=200)),
                        ("position", models.PositiveIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("lesson", "Lesson"),
                                    ("quiz", "Quiz"),
                                    ("assignment", "Assignment"),
                                    ("external", "External activity"),
                                    ("live", "Live session"),
                                ],
                                default="lesson",
                                max_length=12,
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("minutes", models.PositiveIntegerField(default=0)),
                        ("body", models.TextField(blank=True, help_text="Markdown.")),
                        (
                            "pass_percent",
                            models.PositiveSmallIntegerField(
                                default=80,
                                help_text="A quiz is passed from this share of right answers on, an assignment of points.",
                            ),
                        ),
                        (
                            "url",
                            models.URLField(
                                blank=True,
                                help_text="Of an external activity or a session.",
                                max_length=500,
                                verbose_name="address",
                            ),
                        ),
                        (
                            "is_required",
                            models.BooleanField(
                                default=True,
                                help_text="Whether the course is completed without it.",
                                verbose_name="required",
                            ),
                        ),
                        (
                            "is_challenge",
                            models.BooleanField(
                                default=False,
                                help_text="Not a step of the course: whoever passes it has completed the course.",
                                verbose_name="tests out",
                            ),
                        ),
                        ("from_edition", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "until_edition",
                            models.PositiveIntegerField(blank=True, editable=False, null=True),
                        ),
                    ],
                    options={
                        "ordering": ["position"],
                        "base_manager_name": "of_all_editions",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until_edition", None)),
                                fields=("course", "position"),
                                name="unit_position_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    models.Q(("external_id", ""), _negated=True),
                                    ("until_edition", None),
                                ),
                                fields=("course", "external_id"),
                                name="unit_external_id_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        ["lesson", "quiz", "assignment", "external", "live"],
                                    )
                                ),
                                name="unit_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_challenge", False),
                                    models.Q(
                                        ("is_required", False), ("kind__in", ["quiz", "assignment"])
                                    ),
                                    _connector="OR",
                                ),
                                name="unit_challenge_is_an_optional_test",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until_edition", None),
                                    ("until_edition__gt", models.F("from_edition")),
                                    _connector="OR",
                                ),
                                name="unit_has_an_edition",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("pass_percent__gte", 1), ("pass_percent__lte", 100)
                                ),
                                name="unit_pass_percent_1_to_100",
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("of_all_editions", django.db.models.manager.Manager()),
                    ],
                ),
                migrations.CreateModel(
                    name="CourseRun",
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
                            "course",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="runs",
                                to="catalog.course",
                            ),
                        ),
                        (
                            "external_id",
                            models.CharField(blank=True, max_length=200, null=True, unique=True),
                        ),
                        ("title", models.CharField(blank=True, max_length=120)),
                        ("is_self_paced", models.BooleanField(default=True)),
                        (
                            "is_cohort",
                            models.BooleanField(
                                default=False,
                                help_text="Its learners go together: with dates, sessions and an instructor.",
                                verbose_name="cohort",
                            ),
                        ),
                        (
                            "time_zone",
                            models.CharField(
                                default="UTC",
                                help_text="In which its days begin and end: Europe/Berlin, Asia/Kolkata.",
                                max_length=64,
                                validators=[catalog.models.courses.known_time_zone],
                            ),
                        ),
                        ("starts_on", models.DateField(blank=True, null=True)),
                        ("ends_on", models.DateField(blank=True, null=True)),
                        ("enrollment_opens_on", models.DateField(blank=True, null=True)),
                        ("enrollment_closes_on", models.DateField(blank=True, null=True)),
                        (
                            "is_external",
                            models.BooleanField(
                                default=False,
                                help_text="Taken at the provider: Cairn lists it, and enrolls nobody.",
                            ),
                        ),
                        (
                            "external_url",
                            models.URLField(
                                blank=True,
                                help_text="Where one enrolls.",
                                max_length=500,
                                verbose_name="provider's address",
                            ),
                        ),
                        (
                            "price",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                help_text="0 is free; empty: not told.",
                                max_digits=8,
                                null=True,
                            ),
                        ),
                        (
                            "currency",
                            models.CharField(
                                blank=True, help_text="ISO 4217: EUR, USD.", max_length=3
                            ),
                        ),
                        (
                            "accepts_invoice",
                            models.BooleanField(
                                default=True,
                                help_text="A learner may ask for an invoice and start at once.",
                            ),
                        ),
                        (
                            "accepts_employer",
                            models.BooleanField(
                                default=False, help_text="An employer may pay for its people."
                            ),
                        ),
                        (
                            "seats",
                            models.PositiveIntegerField(
                                blank=True, help_text="Empty: as many as come.", null=True
                            ),
                        ),
                        (
                            "needs_approval",
                            models.BooleanField(
                                default=False,
                                help_text="A curator decides on each request before it gets a seat.",
                            ),
                        ),
                        (
                            "offer_hours",
                            models.PositiveSmallIntegerField(
                                default=48,
                                help_text="So long a returned seat is held for whoever is next on the waitlist. 0: it is theirs without asking.",
                            ),
                        ),
                        ("seats_taken", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "waitlist_places_given",
                            models.PositiveIntegerField(default=0, editable=False),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("seats", None),
                                    ("seats_taken__lte", models.F("seats")),
                                    _connector="OR",
                                ),
                                name="run_seats_never_oversold",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_on", None),
                                    ("ends_on", None),
                                    ("starts_on__lte", models.F("ends_on")),
                                    _connector="OR",
                                ),
                                name="run_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_self_paced", True),
                                    ("starts_on__isnull", False),
                                    _connector="OR",
                                ),
                                name="run_scheduled_has_a_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("price", None),
                                    ("price", 0),
                                    models.Q(("currency__regex", "^[A-Z]{3}$"), ("price__gt", 0)),
                                    _connector="OR",
                                ),
                                name="run_price_has_a_currency",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("external_url", ""), ("is_external", True), _connector="OR"
                                ),
                                name="run_external_url_only_if_external",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_cohort", False), ("is_self_paced", False), _connector="OR"
                                ),
                                name="run_cohort_has_dates",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("offer_hours__lte", 1440)),
                                name="run_offer_at_most_60_days",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_external", False), ("seats_taken", 0), _connector="OR"
                                ),
                                name="run_external_takes_nobody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LiveSession",
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
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sessions",
                                to="catalog.courserun",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sessions",
                                to="catalog.unit",
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        (
                            "place",
                            models.CharField(
                                blank=True, help_text="A room, or how to get in.", max_length=300
                            ),
                        ),
                        (
                            "url",
                            models.URLField(blank=True, max_length=500, verbose_name="address"),
                        ),
                    ],
                    options={
                        "ordering": ["starts_at"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("starts_at__lt", models.F("ends_at"))),
                                name="session_ends_after_it_starts",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Achievement",
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
                            "course",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="achievement",
                                to="catalog.course",
                            ),
                        ),
                        (
                            "track",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="achievement",
                                to="catalog.track",
                            ),
                        ),
                        (
                            "awarding_body",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="achievements",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("MicroCredential", "Microcredential"),
                                    ("Certificate", "Certificate"),
                                    ("Diploma", "Diploma"),
                                    ("Certification", "Certification"),
                                    ("CertificateOfCompletion", "Certificate of completion"),
                                ],
                                default="MicroCredential",
                                max_length=40,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("course", None), ("track__isnull", False)),
                                    models.Q(("course__isnull", False), ("track", None)),
                                    _connector="OR",
                                ),
                                name="achievement_of_a_course_or_a_track",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Quiz",
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
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="quiz",
                                to="catalog.unit",
                            ),
                        ),
                        (
                            "max_attempts",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="Empty: as many as they like.",
                                null=True,
                                verbose_name="most attempts",
                            ),
                        ),
                        (
                            "time_limit",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="Minutes from the start of an attempt. Empty: none.",
                                null=True,
                            ),
                        ),
                        (
                            "wait_minutes",
                            models.PositiveIntegerField(
                                default=0, help_text="Between two attempts: 1440 is a day."
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
                                verbose_name="what counts",
                            ),
                        ),
                        (
                            "gives_partial_credit",
                            models.BooleanField(
                                default=True,
                                help_text="An answer that is right in part earns that part. Otherwise it earns nothing.",
                                verbose_name="partial credit",
                            ),
                        ),
                        ("shuffles_questions", models.BooleanField(default=False)),
                        ("shuffles_choices", models.BooleanField(default=False)),
                    ],
                    options={
                        "verbose_name_plural": "quizzes",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("max_attempts", None),
                                    ("max_attempts__gte", 1),
                                    _connector="OR",
                                ),
                                name="quiz_attempts_from_1",
                                violation_error_message="Allow at least one attempt.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("time_limit", None), ("time_limit__gte", 1), _connector="OR"
                                ),
                                name="quiz_time_from_1_minute",
                                violation_error_message="Give at least one minute.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("counts__in", ["best", "last"])),
                                name="quiz_counts_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuestionPool",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="pools",
                                to="catalog.unit",
                            ),
                        ),
                        ("name", models.CharField(max_length=60)),
                        (
                            "draws",
                            models.PositiveSmallIntegerField(
                                help_text="So many of its questions are asked."
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("unit", "name"), name="pool_name_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("draws__gte", 1), models.Q(("name", ""), _negated=True)
                                ),
                                name="pool_draws_from_1",
                                violation_error_message="Draw at least one question.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Question",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="questions",
                                to="catalog.unit",
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("single", "One answer"),
                                    ("multiple", "All that apply"),
                                    ("numeric", "A number"),
                                    ("text", "A short text"),
                                    ("ordering", "Putting in order"),
                                    ("matching", "Finding pairs"),
                                ],
                                default="single",
                                max_length=12,
                            ),
                        ),
                        ("text", models.TextField()),
                        (
                            "explanation",
                            models.TextField(
                                blank=True, help_text="Shown after answering: why it is so."
                            ),
                        ),
                        (
                            "answer",
                            models.DecimalField(
                                blank=True,
                                decimal_places=6,
                                help_text="The right number.",
                                max_digits=15,
                                null=True,
                            ),
                        ),
                        (
                            "tolerance",
                            models.DecimalField(
                                decimal_places=6,
                                default=0,
                                help_text="How far off an answer may be: with 0.5, all from 9.5 to 10.5 is right for 10.",
                                max_digits=15,
                            ),
                        ),
                        (
                            "pool",
                            models.CharField(
                                blank=True,
                                help_text="Name of the pool from which it is drawn. Empty: it is always asked.",
                                max_length=60,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("unit", "position"), name="question_position_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "single",
                                            "multiple",
                                            "numeric",
                                            "text",
                                            "ordering",
                                            "matching",
                                        ],
                                    )
                                ),
                                name="question_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("tolerance__gte", 0)),
                                name="question_tolerance_from_0",
                                violation_error_message="A tolerance is 0 or more.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Choice",
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
                            "question",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="choices",
                                to="catalog.question",
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        ("text", models.CharField(blank=True, max_length=500)),
                        (
                            "match",
                            models.CharField(blank=True, max_length=500, verbose_name="belongs to"),
                        ),
                        ("is_correct", models.BooleanField(default=False)),
                    ],
                    options={
                        "ordering": ["position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("question", "position"), name="choice_position_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("match", ""), ("text", ""), _negated=True),
                                name="choice_has_text_or_match",
                                violation_error_message="Enter a text.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Assignment",
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
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="assignment",
                                to="catalog.unit",
                            ),
                        ),
                        (
                            "accepts_text",
                            models.BooleanField(default=True, help_text="Written on the page."),
                        ),
                        ("accepts_files", models.BooleanField(default=True)),
                        (
                            "max_files",
                            models.PositiveSmallIntegerField(
                                default=3, help_text="At most 5.", verbose_name="most files"
                            ),
                        ),
                        (
                            "second_marker",
                            models.BooleanField(
                                default=False,
                                help_text="Two people mark the work; far apart, a third decides.",
                            ),
                        ),
                        (
                            "is_blind",
                            models.BooleanField(
                                default=False,
                                help_text="Whoever marks does not see whose work it is.",
                                verbose_name="blind marking",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("accepts_text", True), ("accepts_files", True), _connector="OR"
                                ),
                                name="assignment_accepts_something",
                                violation_error_message="Accept text, files or both.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("max_files__gte", 1), ("max_files__lte", 5)),
                                name="assignment_max_files_1_to_5",
                                violation_error_message="Accept 1 to 5 files.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Criterion",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="criteria",
                                to="catalog.unit",
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        ("title", models.CharField(max_length=200)),
                        ("description", models.TextField(blank=True)),
                        (
                            "points",
                            models.PositiveSmallIntegerField(
                                help_text="The most that it can earn."
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "criteria",
                        "ordering": ["position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("unit", "position"), name="criterion_position_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("points__gte", 1), ("points__lte", 1000)),
                                name="criterion_points_1_to_1000",
                                violation_error_message="A criterion earns 1 to 1000 points.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("title", ""), _negated=True),
                                name="criterion_has_a_title",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CriterionLevel",
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
                            "criterion",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="levels",
                                to="catalog.criterion",
                            ),
                        ),
                        ("points", models.PositiveSmallIntegerField()),
                        (
                            "text",
                            models.CharField(help_text="What earns these points.", max_length=500),
                        ),
                    ],
                    options={
                        "ordering": ["-points"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("criterion", "points"),
                                name="level_points_once",
                                violation_error_message="Two levels earn the same points.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Equivalence",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="counting_as",
                                to="catalog.course",
                            ),
                        ),
                        (
                            "counts_as",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="equivalents",
                                to="catalog.course",
                            ),
                        ),
                        ("since", models.DateField()),
                        ("reason", models.CharField(max_length=500)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("stated_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["counts_as", "since"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("course", "counts_as"), name="equivalence_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("course", models.F("counts_as")), _negated=True
                                ),
                                name="equivalence_of_two_courses",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="equivalence_has_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Prerequisite",
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
                        ("number", models.PositiveIntegerField()),
                        ("parent_number", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "operator",
                            models.CharField(
                                choices=[
                                    ("all", "All of"),
                                    ("any", "Any of"),
                                    ("at_least", "At least n of"),
                                    ("credits", "At least n minutes of workload from"),
                                    ("ects", "At least n hundredths of an ECTS credit from"),
                                    ("course", "Course completed"),
                                    ("achievement", "Credential held"),
                                    ("skill", "Skill demonstrated"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "n",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="How many children, how many minutes, or hundredths of an ECTS credit.",
                                null=True,
                            ),
                        ),
                        (
                            "counts_once",
                            models.BooleanField(
                                default=False,
                                help_text="One course satisfies at most one entry of the whole rule.",
                            ),
                        ),
                        (
                            "course",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_leaves",
                                to="catalog.course",
                            ),
                        ),
                        (
                            "achievement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_leaves",
                                to="catalog.achievement",
                            ),
                        ),
                        (
                            "skill",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_leaves",
                                to="catalog.skill",
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
                                help_text="The least level of a skill.",
                                max_length=16,
                            ),
                        ),
                        (
                            "min_grade",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                help_text="Percent.",
                                max_digits=5,
                                null=True,
                            ),
                        ),
                        ("max_age_months", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "issuer",
                            models.ForeignKey(
                                blank=True,
                                help_text="Who must have provided or awarded it.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "allows_prior_learning",
                            models.BooleanField(
                                default=False, help_text="May be met by recognized prior learning."
                            ),
                        ),
                        (
                            "of_course",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="prerequisite_nodes",
                                to="catalog.course",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["of_course", "number"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("number", 0), ("parent_number", None)),
                                    models.Q(
                                        ("number__gt", 0),
                                        ("parent_number__isnull", False),
                                        ("parent_number__lt", models.F("number")),
                                    ),
                                    _connector="OR",
                                ),
                                name="prerequisite_below_an_earlier_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("n", None),
                                        ("operator__in", ["all", "any"]),
                                        ("achievement", None),
                                        ("course", None),
                                        ("skill", None),
                                    ),
                                    models.Q(
                                        ("n__gte", 1),
                                        ("n__isnull", False),
                                        ("operator__in", ["at_least", "credits", "ects"]),
                                        ("achievement", None),
                                        ("course", None),
                                        ("skill", None),
                                    ),
                                    models.Q(
                                        ("course__isnull", False),
                                        ("n", None),
                                        ("operator", "course"),
                                        ("achievement", None),
                                        ("skill", None),
                                    ),
                                    models.Q(
                                        ("achievement__isnull", False),
                                        ("n", None),
                                        ("operator", "achievement"),
                                        ("course", None),
                                        ("skill", None),
                                    ),
                                    models.Q(
                                        ("n", None),
                                        ("operator", "skill"),
                                        ("skill__isnull", False),
                                        ("achievement", None),
                                        ("course", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="prerequisite_has_what_its_operator_needs",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("allows_prior_learning", False),
                                        ("issuer", None),
                                        ("max_age_months", None),
                                        ("min_grade", None),
                                    ),
                                    ("operator__in", ["course", "achievement", "skill"]),
                                    _connector="OR",
                                ),
                                name="prerequisite_limits_only_on_leaves",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("level", ""),
                                    models.Q(
                                        (
                                            "level__in",
                                            [
                                                "foundation",
                                                "intermediate",
                                                "advanced",
                                                "specialized",
                                            ],
                                        ),
                                        ("operator", "skill"),
                                    ),
                                    _connector="OR",
                                ),
                                name="prerequisite_level_only_of_a_skill",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("counts_once", False),
                                    models.Q(
                                        ("number", 0),
                                        (
                                            "operator__in",
                                            ["all", "any", "at_least", "credits", "ects"],
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="prerequisite_counts_once_as_a_whole",
                            ),
                            models.UniqueConstraint(
                                fields=("of_course", "number"), name="prerequisite_number_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("course", None),
                                    models.Q(("course", models.F("of_course")), _negated=True),
                                    _connector="OR",
                                ),
                                name="prerequisite_is_another_course",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CourseTranslation",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="translations",
                                to="catalog.course",
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                help_text="A BCP 47 tag: en, de, zh-Hant.", max_length=35
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("summary", models.CharField(blank=True, max_length=500)),
                        ("description", models.TextField(blank=True, help_text="Markdown.")),
                        ("prerequisites", models.TextField(blank=True)),
                    ],
                    options={
                        "ordering": ["language"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("course", "language"),
                                name="course_translation_once_a_language",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("title", ""), _negated=True),
                                    models.Q(("language", ""), _negated=True),
                                ),
                                name="course_translation_has_a_title",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UnitTranslation",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="translations",
                                to="catalog.unit",
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                help_text="A BCP 47 tag: en, de, zh-Hant.", max_length=35
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("body", models.TextField(blank=True, help_text="Markdown.")),
                    ],
                    options={
                        "ordering": ["language"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("unit", "language"), name="unit_translation_once_a_language"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("title", ""), _negated=True),
                                    models.Q(("language", ""), _negated=True),
                                ),
                                name="unit_translation_has_a_title",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AchievementVersion",
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
                            "achievement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="catalog.achievement",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("name", models.CharField(max_length=200)),
                        ("description", models.TextField()),
                        (
                            "criteria",
                            models.TextField(help_text="What a learner has to do, in words."),
                        ),
                        ("workload_minutes", models.PositiveIntegerField(default=0)),
                        (
                            "ects",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=5,
                                null=True,
                                verbose_name="ECTS credits",
                            ),
                        ),
                        (
                            "eqf_level",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="EQF level"
                            ),
                        ),
                        (
                            "field",
                            models.CharField(
                                blank=True, help_text="In words, as of ISCED-F.", max_length=200
                            ),
                        ),
                        (
                            "assessment",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("quiz", "Quiz"),
                                    ("assignment", "Assignment"),
                                    ("quiz_and_assignment", "Quiz and assignment"),
                                    ("project", "Project"),
                                    ("exam", "Exam"),
                                ],
                                max_length=24,
                            ),
                        ),
                        (
                            "participation",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("online_self_paced", "Online, at your own pace"),
                                    ("online_live", "Online, live"),
                                    ("blended", "Online and in person"),
                                    ("in_person", "In person"),
                                ],
                                max_length=24,
                                verbose_name="form of participation",
                            ),
                        ),
                        (
                            "supervision",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("unsupervised", "Not supervised, identity not checked"),
                                    ("supervised", "Supervised, identity not checked"),
                                    ("supervised_online_id", "Supervised online, identity checked"),
                                    (
                                        "supervised_onsite_id",
                                        "Supervised on site, identity checked",
                                    ),
                                ],
                                max_length=24,
                                verbose_name="supervision of the assessment",
                            ),
                        ),
                        ("quality_assurance", models.CharField(blank=True, max_length=500)),
                        ("language", models.CharField(default="en", max_length=35)),
                        (
                            "valid_months",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="Months from the award on; empty: for ever.",
                                null=True,
                                verbose_name="valid for",
                            ),
                        ),
                        (
                            "renewal",
                            models.CharField(
                                choices=[
                                    (
                                        "whole",
                                        "All of the rule, by what was done since the last award",
                                    ),
                                    ("delta", "Only what has changed since the last award"),
                                    ("none", "It cannot be renewed"),
                                ],
                                default="whole",
                                help_text="What a holder does again to renew an award that expires.",
                                max_length=8,
                            ),
                        ),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "skills",
                            models.ManyToManyField(
                                related_name="+",
                                through="catalog.AchievementVersionSkill",
                                to="catalog.skill",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["achievement", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("achievement", "number"),
                                name="achievement_version_number_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("published_at", None)),
                                fields=("achievement",),
                                name="achievement_one_draft_version",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number__gte", 1)),
                                name="achievement_version_number_from_1",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_months", None),
                                    ("valid_months__gte", 1),
                                    _connector="OR",
                                ),
                                name="achievement_version_valid_from_1_month",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("renewal__in", ["whole", "delta", "none"])),
                                name="achievement_version_renewal_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "assessment__in",
                                        [
                                            "",
                                            "quiz",
                                            "assignment",
                                            "quiz_and_assignment",
                                            "project",
                                            "exam",
                                        ],
                                    ),
                                    (
                                        "participation__in",
                                        [
                                            "",
                                            "online_self_paced",
                                            "online_live",
                                            "blended",
                                            "in_person",
                                        ],
                                    ),
                                    (
                                        "supervision__in",
                                        [
                                            "",
                                            "unsupervised",
                                            "supervised",
                                            "supervised_online_id",
                                            "supervised_onsite_id",
                                        ],
                                    ),
                                ),
                                name="achievement_version_elements_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AchievementVersionSkill",
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
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="version_skills",
                                to="catalog.achievementversion",
                            ),
                        ),
                        (
                            "skill",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="version_skills",
                                to="catalog.skill",
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
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("version", "skill"), name="version_skill_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "level__in",
                                        [
                                            "",
                                            "foundation",
                                            "intermediate",
                                            "advanced",
                                            "specialized",
                                        ],
                                    )
                                ),
                                name="version_skill_level_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RuleNode",
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
                        ("number", models.PositiveIntegerField()),
                        ("parent_number", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "operator",
                            models.CharField(
                                choices=[
                                    ("all", "All of"),
                                    ("any", "Any of"),
                                    ("at_least", "At least n of"),
                                    ("credits", "At least n minutes of workload from"),
                                    ("ects", "At least n hundredths of an ECTS credit from"),
                                    ("course", "Course completed"),
                                    ("achievement", "Credential held"),
                                    ("skill", "Skill demonstrated"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "n",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="How many children, how many minutes, or hundredths of an ECTS credit.",
                                null=True,
                            ),
                        ),
                        (
                            "counts_once",
                            models.BooleanField(
                                default=False,
                                help_text="One course satisfies at most one entry of the whole rule.",
                            ),
                        ),
                        (
                            "course",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_leaves",
                                to="catalog.course",
                            ),
                        ),
                        (
                            "achievement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_leaves",
                                to="catalog.achievement",
                            ),
                        ),
                        (
                            "skill",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_leaves",
                                to="catalog.skill",
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
                                help_text="The least level of a skill.",
                                max_length=16,
                            ),
                        ),
                        (
                            "min_grade",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                help_text="Percent.",
                                max_digits=5,
                                null=True,
                            ),
                        ),
                        ("max_age_months", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "issuer",
                            models.ForeignKey(
                                blank=True,
                                help_text="Who must have provided or awarded it.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "allows_prior_learning",
                            models.BooleanField(
                                default=False, help_text="May be met by recognized prior learning."
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rule_nodes",
                                to="catalog.achievementversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["version", "number"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("number", 0), ("parent_number", None)),
                                    models.Q(
                                        ("number__gt", 0),
                                        ("parent_number__isnull", False),
                                        ("parent_number__lt", models.F("number")),
                                    ),
                                    _connector="OR",
                                ),
                                name="rulenode_below_an_earlier_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("n", None),
                                        ("operator__in", ["all", "any"]),
                                        ("achievement", None),
                                        ("course", None),
                                        ("skill", None),
                                    ),
                                    models.Q(
                                        ("n__gte", 1),
                                        ("n__isnull", False),
                                        ("operator__in", ["at_least", "credits", "ects"]),
                                        ("achievement", None),
                                        ("course", None),
                                        ("skill", None),
                                    ),
                                    models.Q(
                                        ("course__isnull", False),
                                        ("n", None),
                                        ("operator", "course"),
                                        ("achievement", None),
                                        ("skill", None),
                                    ),
                                    models.Q(
                                        ("achievement__isnull", False),
                                        ("n", None),
                                        ("operator", "achievement"),
                                        ("course", None),
                                        ("skill", None),
                                    ),
                                    models.Q(
                                        ("n", None),
                                        ("operator", "skill"),
                                        ("skill__isnull", False),
                                        ("achievement", None),
                                        ("course", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="rulenode_has_what_its_operator_needs",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("allows_prior_learning", False),
                                        ("issuer", None),
                                        ("max_age_months", None),
                                        ("min_grade", None),
                                    ),
                                    ("operator__in", ["course", "achievement", "skill"]),
                                    _connector="OR",
                                ),
                                name="rulenode_limits_only_on_leaves",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("level", ""),
                                    models.Q(
                                        (
                                            "level__in",
                                            [
                                                "foundation",
                                                "intermediate",
                                                "advanced",
                                                "specialized",
                                            ],
                                        ),
                                        ("operator", "skill"),
                                    ),
                                    _connector="OR",
                                ),
                                name="rulenode_level_only_of_a_skill",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("counts_once", False),
                                    models.Q(
                                        ("number", 0),
                                        (
                                            "operator__in",
                                            ["all", "any", "at_least", "credits", "ects"],
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="rulenode_counts_once_as_a_whole",
                            ),
                            models.UniqueConstraint(
                                fields=("version", "number"), name="rule_node_number_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Occupation",
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
                            catalog.models.concepts.ConceptIdField(
                                default=None, editable=False, unique=True
                            ),
                        ),
                        ("uri", models.CharField(max_length=300, unique=True, verbose_name="URI")),
                        ("label", models.CharField(max_length=200)),
                        (
                            "alt_labels",
                            models.TextField(
                                blank=True, help_text="One on each line.", verbose_name="synonyms"
                            ),
                        ),
                        ("description", models.TextField(blank=True)),
                        (
                            "retired_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="Since when the framework no longer has it.",
                                null=True,
                            ),
                        ),
                        (
                            "search_text",
                            catalog.models.concepts.SearchTextField(default="", editable=False),
                        ),
                        (
                            "isco08",
                            models.CharField(
                                blank=True,
                                help_text="Unit group of the International Standard Classification of Occupations.",
                                max_length=4,
                                verbose_name="ISCO-08",
                            ),
                        ),
                        (
                            "skills",
                            models.ManyToManyField(
                                related_name="occupations",
                                through="catalog.OccupationSkill",
                                to="catalog.skill",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["label"],
                        "abstract": False,
                        "indexes": [models.Index(fields=["label"], name="occupation_by_label")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("uri", ""), _negated=True),
                                    models.Q(("label", ""), _negated=True),
                                ),
                                name="occupation_has_uri_and_label",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("isco08", ""), ("isco08__regex", "^[0-9]{4}$"), _connector="OR"
                                ),
                                name="occupation_isco08_four_digits",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OccupationSkill",
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
                            "occupation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="occupation_skills",
                                to="catalog.occupation",
                            ),
                        ),
                        (
                            "skill",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="occupation_skills",
                                to="catalog.skill",
                            ),
                        ),
                        (
                            "relation",
                            models.CharField(
                                choices=[("essential", "Essential"), ("optional", "Optional")],
                                max_length=9,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("occupation", "skill"), name="occupation_skill_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("relation__in", ["essential", "optional"])),
                                name="occupation_skill_relation_known",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
