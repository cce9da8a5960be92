"""All of Cairn's settings, read from the environment.

In development (the default) nothing has to be set: SQLite, mail in files and a worker thread,
everything under ``CAIRN_DATA``. ``CAIRN_ENV=production`` refuses to start without its secrets.
``docs/deploy.md`` lists every variable.
"""

from __future__ import annotations

import datetime
import os
import secrets
import sys
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("CAIRN_DATA") or BASE_DIR / "var").resolve()
IS_PRODUCTION = os.environ.get("CAIRN_ENV", "development") == "production"
PORT = int(os.environ.get("PORT") or 8000)


def required(name: str) -> str:
    """The variable's value; in production a missing one stops the start."""
    value = os.environ.get(name, "")
    if IS_PRODUCTION and not value:
        raise ImproperlyConfigured(f"Set {name}: production does not start without it.")
    return value


def development_secret(name: str, *, size: int = 32) -> str:
    """A secret kept in a private file, made on first use, so that no default one exists."""
    path = DATA_DIR / "keys" / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(handle, "w") as file:
        value = secrets.token_hex(size)
        file.write(value)
    return value


# --- Who we are to the outside ------------------------------------------------------------------

BASE_URL = (required("CAIRN_BASE_URL") or f"http://localhost:{PORT}").rstrip("/")
"""Every absolute address and DID in a credential starts here: changing it later orphans them."""

SECRET_KEY = required("SECRET_KEY") or development_secret("secret_key")


def key_encryption_key() -> str:
    """From the environment or a file. Only workers are given it in production: see ``keys.md``."""
    if path := os.environ.get("CAIRN_KEY_ENCRYPTION_KEY_FILE", ""):
        return Path(path).read_text().strip()
    if IS_PRODUCTION:
        return os.environ.get("CAIRN_KEY_ENCRYPTION_KEY", "")
    return os.environ.get("CAIRN_KEY_ENCRYPTION_KEY") or development_secret("kek")


KEY_ENCRYPTION_KEY = key_encryption_key()
"""64 hexadecimal digits: the AES-256 key that seals the issuers' signing keys."""

# A PKCS#11 device makes and keeps new signing keys, if there is one.
PKCS11_MODULE = os.environ.get("CAIRN_PKCS11_MODULE", "")
PKCS11_TOKEN = os.environ.get("CAIRN_PKCS11_TOKEN", "")
PKCS11_PIN = os.environ.get("CAIRN_PKCS11_PIN", "")

DEBUG = False
ALLOWED_HOSTS = [
    host
    for host in {
        urlsplit(BASE_URL).hostname,
        *os.environ.get("CAIRN_ALLOWED_HOSTS", "").split(","),
        *(() if IS_PRODUCTION else ("localhost", "127.0.0.1", "[::1]")),
    }
    if host
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# --- Apps, from the outermost layer inwards -----------------------------------------------------

INSTALLED_APPS = [
    "config",
    "api",
    "wallets",
    "credentials",
    "enrollment",
    "catalog",
    "notifications",
    "accounts",
    "config.admin_site.CairnAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "import_export",
    "oauth2_provider",
    "rest_framework",
]

MIDDLEWARE = [
    "config.middleware.NoBodyForHead",
    "config.middleware.RefuseBadRequests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "config.middleware.AdminInEnglish",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"kept": "lib.kept"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    },
]

# --- Data ---------------------------------------------------------------------------------------

DATABASE_URL = required("DATABASE_URL")
DATABASES: dict[str, Any]
if DATABASE_URL:
    if not DATABASE_URL.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(
            "DATABASE_URL has to be a postgres:// address. Without one, development keeps its"
            " data in SQLite under CAIRN_DATA."
        )
    DATABASES = {
        "default": dj_database_url.parse(DATABASE_URL, conn_max_age=600, conn_health_checks=True)
    }
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
else:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "db.sqlite3",
            "OPTIONS": {
                # A transaction that writes takes its lock at the start: a lock taken half-way
                # fails at once with "database is locked" instead of waiting its turn.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
            # A file, because the tests' live server and worker are threads of their own.
            "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MEDIA_ROOT = DATA_DIR / "media"
# What learners hand in: served by no address, read by one view that asks who wants it.
PRIVATE_MEDIA_ROOT = DATA_DIR / "private"
# Outside the database, so that an older backup of that does not forget what was revoked.
REVOCATION_JOURNAL = Path(
    os.environ.get("CAIRN_REVOCATION_JOURNAL") or DATA_DIR / "revocations" / "journal.jsonl"
)
# The verifier asks other issuers for their keys and lists, and says of these that it knows them.
VERIFIER_ASKS_OTHERS = os.environ.get("CAIRN_VERIFIER_ASKS_OTHERS") != "off"
KNOWN_ISSUERS = frozenset(os.environ.get("CAIRN_KNOWN_ISSUERS", "").replace(",", " ").split())
# Made of the database, and made again when it is lost. Tests ask the database itself.
SEARCH_INDEX_DIR = None if os.environ.get("CAIRN_SEARCH_INDEX") == "off" else DATA_DIR / "search"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Production serves what collectstatic gathered here; development serves static/ as it is.
STATIC_ROOT = (
    Path(os.environ.get("CAIRN_STATIC_ROOT") or DATA_DIR / "static") if IS_PRODUCTION else None
)
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
MAX_BODY_BYTES = 2 * 1024 * 1024
# One file that is handed in, and one request that hands in: five files with a text.
MAX_UPLOAD_BYTES = 10 * 1024 * 1024
MAX_HAND_IN_BYTES = 5 * MAX_UPLOAD_BYTES + MAX_BODY_BYTES

# --- Worker -------------------------------------------------------------------------------------

REDIS_URL = required("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
if REDIS_URL:
    CELERY_BROKER_TRANSPORT = "config.broker:Transport"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A message is only a nudge, the row is the queue: a dead broker must cost a request next to
# nothing, so give up at once and let the sweep find the row.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = (
    # Without max_retries every send to a dead broker waits four to eight seconds.
    {"socket_connect_timeout": 0.5, "socket_timeout": 1, "max_retries": 0} if REDIS_URL else {}
)
# Celery would connect to the database anew for every task, which takes as long as the task itself.
# Connections are kept and closed as for requests (``config.celery``).
CELERY_DB_REUSE_MAX = sys.maxsize
# Mail goes last (Redis counts from 0): a credential is there before anybody is told of it.
CELERY_TASK_ROUTES = {"notifications.tasks.*": {"priority": 9}}
SWEEP_SECONDS = 2.0
RECONCILE_AT = datetime.time(2, 40, tzinfo=datetime.UTC)
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "credentials.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS * 5},
    },
    "reconcile": {
        "task": "credentials.tasks.reconcile",
        "schedule": crontab(hour=RECONCILE_AT.hour, minute=RECONCILE_AT.minute),
        "options": {"expires": 4 * 60 * 60},
    },
    "publish-scheduled": {
        "task": "catalog.tasks.publish_scheduled",
        "schedule": 60,
        "options": {"expires": 300},
    },
    "enrollments": {
        "task": "enrollment.tasks.sweep",
        "schedule": 5,
        "options": {"expires": 25},
    },
    "reminders": {
        "task": "enrollment.tasks.remind",
        "schedule": 15 * 60,
        "options": {"expires": 60 * 60},
    },
    "expiring-credentials": {
        "task": "credentials.tasks.remind",
        "schedule": 12 * 60 * 60,
        "options": {"expires": 12 * 60 * 60},
    },
    "measured-times": {
        "task": "enrollment.tasks.measure",
        "schedule": 60 * 60,
        "options": {"expires": 60 * 60},
    },
    "personal-data": {
        "task": "accounts.tasks.sweep",
        "schedule": 30,
        "options": {"expires": 120},
    },
    "send-messages": {
        "task": "notifications.tasks.sweep",
        "schedule": 10,
        "options": {"expires": 60},
    },
}
CELERY_TIMEZONE = "UTC"

# --- Import and export in the admin --------------------------------------------------------------

IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_IMPORT_IGNORE_BLANK_LINES = True

# --- People -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "enrollment:home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    # Ours, counted in the same way (lib/limits.py).
    "wallet_offer": "20/h/user",
    "wallet_failure": "20/m/ip",
    "app_registration": "20/h/ip",
    "badge_brought": "120/m/ip",
    # The verifier's page asks others on behalf of anybody.
    "verify": "120/m/ip",
}
# How many proxies stand in front: the visitor's address is that far from the end of
# X-Forwarded-For. What stands further to the left is the visitor's own word.
TRUSTED_PROXIES = int(os.environ.get("CAIRN_TRUSTED_PROXIES") or (1 if IS_PRODUCTION else 0))
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL and IS_PRODUCTION
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

EMAIL_URL = os.environ.get("EMAIL_URL", "")
MAIL_DIR = DATA_DIR / "mail"
if EMAIL_URL:
    _mail = urlsplit(EMAIL_URL)
    EMAIL_HOST = _mail.hostname or "localhost"
    EMAIL_PORT = _mail.port or 25
    EMAIL_HOST_USER = _mail.username or ""
    EMAIL_HOST_PASSWORD = _mail.password or ""
    EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_TIMEOUT = 10
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_DIR
DEV_MAIL_ENABLED = not IS_PRODUCTION and not EMAIL_URL
DEFAULT_FROM_EMAIL = os.environ.get("CAIRN_FROM_EMAIL", "Cairn <no-reply@localhost>")

# --- Language -----------------------------------------------------------------------------------

# The behavior of Django 6.0, whose announcement is a warning by itself.
FORMS_URLFIELD_ASSUME_HTTPS = True
warnings.filterwarnings("ignore", "The FORMS_URLFIELD_ASSUME_HTTPS transitional setting")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "UTC"
USE_TZ = True

# --- Browser ------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if IS_PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # Probes come from inside, by plain HTTP.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# --- API ----------------------------------------------------------------------------------------

OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.ApiClient"
OAUTH2_PROVIDER = {
    "SCOPES": {
        "catalog:read": "Read published courses and tracks",
        "completions:read": "Read the completions of your organization's people",
        "credentials:verify": "Verify credentials",
    },
    # Beside these, which are for programs of organizations, apps of learners have their own.
    "SCOPES_BACKEND_CLASS": "wallets.scopes.ScopesOfClients",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 180 * 24 * 3600,
    # What an authorization response calls us (RFC 9207); nothing else of OpenID Connect is on.
    "OIDC_ISS_ENDPOINT": BASE_URL,
    "PKCE_REQUIRED": True,
    # RFC 9700, the current best practice: the library makes these its defaults one release later.
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "OAUTH2_VALIDATOR_CLASS": "oauth2_provider.oauth2_validators.OAuth2Validator",
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "oauth2_provider.contrib.rest_framework.OAuth2Authentication"
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.v1.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.problems.exception_handler",
    "DEFAULT_THROTTLE_RATES": {"verify": "60/min"},
    # “format” is how a course is taken; that of an answer is asked for by the Accept header.
    "URL_FORMAT_OVERRIDE": None,
    "NUM_PROXIES": TRUSTED_PROXIES,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Cairn API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
}

# --- Log ----------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
    # What these say for debugging has codes and tokens in it.
    "loggers": {name: {"level": "INFO"} for name in ("oauthlib", "oauth2_provider")},
}
