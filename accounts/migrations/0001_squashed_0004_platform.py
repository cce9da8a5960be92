import accounts.models.people
import accounts.models.requests
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import lib.private_storage
import oauth2_provider.generators
import oauth2_provider.models
import uuid
from django.conf import settings
from django.db import migrations, models
from lib.migrations import CreateModels


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_user_language"),
        ("accounts", "0003_privacy"),
        ("accounts", "0004_platform"),
    ]

    initial = True

    # Its tables refer to our ApiClient.
    run_before = [("oauth2_provider", "0001_initial")]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="User",
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
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        (
                            "is_staff",
                            models.BooleanField(
                                default=False,
                                help_text="Designates whether the user can log into this admin site.",
                                verbose_name="staff status",
                            ),
                        ),
                        (
                            "is_active",
                            models.BooleanField(
                                default=True,
                                help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                                verbose_name="active",
                            ),
                        ),
                        (
                            "date_joined",
                            models.DateTimeField(
                                default=django.utils.timezone.now, verbose_name="date joined"
                            ),
                        ),
                        (
                            "public_id",
                            models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                        ),
                        (
                            "email",
                            models.EmailField(max_length=254, unique=True, verbose_name="e-mail"),
                        ),
                        (
                            "credential_name",
                            models.CharField(
                                blank=True,
                                help_text="As it should be printed, in your own script and order.",
                                max_length=200,
                                verbose_name="name on credentials",
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                blank=True,
                                help_text="Empty: the site's own.",
                                max_length=10,
                                verbose_name="language of messages",
                            ),
                        ),
                        (
                            "erased_at",
                            models.DateTimeField(
                                blank=True,
                                editable=False,
                                help_text="Since when the row says nothing of a person.",
                                null=True,
                            ),
                        ),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "user",
                        "verbose_name_plural": "users",
                        "abstract": False,
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("email"),
                                name="user_email_once_in_any_case",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("erased_at", None),
                                    models.Q(
                                        ("credential_name", ""),
                                        ("email__endswith", "@erased.invalid"),
                                        ("is_active", False),
                                        ("is_staff", False),
                                        ("is_superuser", False),
                                        ("language", ""),
                                        ("last_login", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="user_erased_is_nobody",
                            ),
                        ],
                    },
                    managers=[
                        ("objects", accounts.models.people.UserManager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Organization",
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
                            models.CharField(blank=True, max_length=200, null=True, unique=True),
                        ),
                        ("slug", models.CharField(max_length=80, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        ("description", models.TextField(blank=True)),
                        ("url", models.URLField(blank=True, verbose_name="website")),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        (
                            "country",
                            models.CharField(
                                blank=True,
                                help_text="Two letters, ISO 3166-1: US, DE, IN.",
                                max_length=2,
                            ),
                        ),
                        ("is_provider", models.BooleanField(default=False)),
                        ("is_awarding_body", models.BooleanField(default=False)),
                        ("is_employer", models.BooleanField(default=False)),
                        (
                            "is_platform",
                            models.BooleanField(
                                default=False,
                                editable=False,
                                help_text="The site itself, which signs what belongs to no awarding body.",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("slug", ""), _negated=True),
                                    models.Q(("name", ""), _negated=True),
                                ),
                                name="organization_has_slug_and_name",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("country", ""),
                                    ("country__regex", "^[A-Z]{2}$"),
                                    _connector="OR",
                                ),
                                name="organization_country_two_letters",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_platform", True)),
                                fields=("is_platform",),
                                name="organization_one_platform",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_platform", False),
                                    ("is_awarding_body", False),
                                    _connector="OR",
                                ),
                                name="organization_platform_awards_nothing",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
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
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("curator", "Curator"),
                                    ("instructor", "Instructor"),
                                    ("reviewer", "Reviewer"),
                                    ("hr", "HR"),
                                    ("employee", "Employee"),
                                ],
                                max_length=20,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "organization", "role"),
                                name="membership_once_per_role",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "role__in",
                                        ["curator", "instructor", "reviewer", "hr", "employee"],
                                    )
                                ),
                                name="membership_role_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApiClient",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        (
                            "client_id",
                            models.CharField(
                                db_index=True,
                                default=oauth2_provider.generators.generate_client_id,
                                max_length=255,
                                unique=True,
                                verbose_name="client ID",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(app_label)s_%(class)s",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="user",
                            ),
                        ),
                        (
                            "redirect_uris",
                            models.TextField(
                                blank=True,
                                help_text="Allowed URIs list, space separated",
                                verbose_name="redirect URIs",
                            ),
                        ),
                        (
                            "post_logout_redirect_uris",
                            models.TextField(
                                blank=True,
                                default="",
                                help_text="Allowed Post Logout URIs list, space separated",
                                verbose_name="post logout redirect URIs",
                            ),
                        ),
                        (
                            "client_type",
                            models.CharField(
                                choices=[("confidential", "Confidential"), ("public", "Public")],
                                max_length=32,
                                verbose_name="client type",
                            ),
                        ),
                        (
                            "authorization_grant_type",
                            models.CharField(
                                choices=[
                                    ("authorization-code", "Authorization code"),
                                    ("urn:ietf:params:oauth:grant-type:device_code", "Device Code"),
                                    ("implicit", "Implicit"),
                                    ("password", "Resource owner password-based"),
                                    ("client-credentials", "Client credentials"),
                                    ("openid-hybrid", "OpenID connect hybrid"),
                                ],
                                max_length=44,
                                verbose_name="authorization grant type",
                            ),
                        ),
                        (
                            "client_secret",
                            oauth2_provider.models.ClientSecretField(
                                blank=True,
                                db_index=True,
                                default=oauth2_provider.generators.generate_client_secret,
                                help_text="Client secret for authentication",
                                max_length=255,
                                verbose_name="client secret",
                            ),
                        ),
                        (
                            "hash_client_secret",
                            models.BooleanField(default=True, verbose_name="hash client secret"),
                        ),
                        ("name", models.CharField(blank=True, max_length=255, verbose_name="name")),
                        (
                            "skip_authorization",
                            models.BooleanField(default=False, verbose_name="skip authorization"),
                        ),
                        (
                            "created",
                            models.DateTimeField(auto_now_add=True, verbose_name="created"),
                        ),
                        ("updated", models.DateTimeField(auto_now=True, verbose_name="updated")),
                        (
                            "algorithm",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "No OIDC support"),
                                    ("RS256", "RSA with SHA-2 256"),
                                    ("HS256", "HMAC with SHA-2 256"),
                                ],
                                default="",
                                max_length=5,
                                verbose_name="algorithm",
                            ),
                        ),
                        (
                            "allowed_origins",
                            models.TextField(
                                blank=True,
                                default="",
                                help_text="Allowed origins list to enable CORS, space separated",
                                verbose_name="allowed origins",
                            ),
                        ),
                        (
                            "registration_source",
                            models.CharField(
                                choices=[
                                    ("manual", "Manual"),
                                    ("dcr", "Dynamic Client Registration"),
                                    ("cimd", "Client ID Metadata Document"),
                                ],
                                default="manual",
                                help_text="How this application was registered (manual, DCR per RFC 7591, or CIMD)",
                                max_length=32,
                                verbose_name="registration source",
                            ),
                        ),
                        (
                            "cimd_expires_at",
                            models.DateTimeField(
                                blank=True,
                                default=None,
                                help_text="When the cached Client ID Metadata Document should be re-fetched",
                                null=True,
                                verbose_name="CIMD expires at",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="api_clients",
                                to="accounts.organization",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "API client",
                        "abstract": False,
                        "swappable": "OAUTH2_PROVIDER_APPLICATION_MODEL",
                    },
                ),
                migrations.CreateModel(
                    name="DataExport",
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
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="data_exports",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("requested_at", models.DateTimeField()),
                        (
                            "due_at",
                            models.DateTimeField(
                                help_text="Not to be made before; moved on by workers."
                            ),
                        ),
                        ("failures", models.PositiveIntegerField(default=0)),
                        ("made_at", models.DateTimeField(null=True)),
                        (
                            "expires_at",
                            models.DateTimeField(help_text="When the file is deleted.", null=True),
                        ),
                        (
                            "file",
                            models.FileField(
                                blank=True,
                                storage=lib.private_storage.PrivateStorage(),
                                upload_to=accounts.models.requests.archive_name,
                            ),
                        ),
                        ("size", models.PositiveBigIntegerField(default=0, help_text="Bytes.")),
                    ],
                    options={
                        "ordering": ["-requested_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("made_at", None)),
                                fields=("user",),
                                name="export_one_waiting_per_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("expires_at", None), ("file", ""), ("made_at", None)),
                                    models.Q(
                                        ("expires_at__isnull", False),
                                        ("made_at__isnull", False),
                                        models.Q(("file", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="export_made_has_a_file_that_expires",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Erasure",
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
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="erasure",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "requested_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("requested_at", models.DateTimeField()),
                        (
                            "due_at",
                            models.DateTimeField(
                                help_text="Not to be tried before; moved on by workers."
                            ),
                        ),
                        ("failures", models.PositiveIntegerField(default=0)),
                        ("rows_erased_at", models.DateTimeField(null=True)),
                        ("files", models.JSONField(default=list)),
                        ("done_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-requested_at"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("done_at", None),
                                    ("rows_erased_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="erasure_done_after_its_rows",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
