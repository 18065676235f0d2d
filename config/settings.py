"""All settings, in one file, driven by the environment; docs/operations.md lists every variable."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import dj_database_url

from config import env
from config.embedded import paths

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = paths.data_dir()
VERSION = "0.2.0"  # here, in pyproject.toml, and the top of CHANGELOG.md

PRODUCTION = env.choice("CONCORD_ENV", ["local", "production"], 0) == "production"
TESTING = "pytest" in sys.modules
DEBUG = env.flag("CONCORD_DEBUG")
SECRET_KEY = env.secret_key(production=PRODUCTION, data_dir=DATA_DIR)
ALLOWED_HOSTS = env.words("CONCORD_HOSTS", [] if PRODUCTION else ["*"])
CSRF_TRUSTED_ORIGINS = env.words("CONCORD_ORIGINS", [])
SITE_URL = env.text("CONCORD_URL", f"http://127.0.0.1:{env.text('PORT', '8000')}")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "config",
    "projects",
    "labeling",
]

MIDDLEWARE = [
    "config.middleware.RequestLogMiddleware",
    "config.middleware.HealthMiddleware",
    "config.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.BodyLimitMiddleware",
    "config.sessions.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.LogInMiddleware",
    # After the log-in: it reads the body of a form, and a stranger's may be as large as a file.
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.MethodMiddleware",
    "config.middleware.StorableMiddleware",
]

ROOT_URLCONF = "config.urls"
NAVIGATION = "config.urls.navigation"  # what each desk brings to the tabs; projects/navigation.py
WHEN_PEOPLE_LEAVE = "labeling.rating.places.end_leases"  # projects/departures.py
WHEN_PEOPLE_COME = "labeling.rating.openings.tell_newcomer"
WHEN_PEOPLE_ARE_ERASED = "labeling.erasure.people.forget_texts"  # projects/erasures.py
WHEN_GUIDELINES_APPEAR = "labeling.rating.texts.render_guideline"  # projects/publications.py
WHETHER_ANSWERED = "labeling.rating.selectors.has_answers"  # projects/answered.py
WHETHER_REVIEWED = "labeling.rating.selectors.has_open_reviews"  # projects/answered.py
STAGE_TASKS = "labeling.figures.stages.stage_task_counts"  # projects/answered.py
# Everything under a path of its own (`SCRIPT_NAME=/concord`), whether or not the proxy strips it.
PREFIX = env.text("SCRIPT_NAME").rstrip("/")
FORCE_SCRIPT_NAME = PREFIX or None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{PREFIX}/"
WSGI_APPLICATION = "config.wsgi.application"

_LOADERS: list[object] = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "labeling.operations.banner.operator_banner",
                "projects.tracing.request_id",
            ],
            "loaders": _LOADERS if DEBUG else [("django.template.loaders.cached.Loader", _LOADERS)],
        },
    }
]

# --- database: one engine; without DATABASE_URL the embedded PostgreSQL's socket -------------
# A pooler in transaction mode: no prepared statements, no server-side cursors.
DATABASE_POOLED = env.flag("CONCORD_PGBOUNCER")
DATABASE_CONNECT_TIMEOUT = env.number("CONCORD_CONNECT_TIMEOUT", 5)
_database: dict[str, Any] = {
    **dj_database_url.parse(
        env.server(
            "DATABASE_URL",
            paths.database_url(),
            {"postgres", "postgresql"},
            "postgres://user:password@host:5432/name",
        ),
        conn_max_age=env.number("CONCORD_CONN_MAX_AGE", 600),
        conn_health_checks=True,
    )
}
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **_database,
        "OPTIONS": {
            "connect_timeout": DATABASE_CONNECT_TIMEOUT,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            **_database.get("OPTIONS", {}),
        },
        "ATOMIC_REQUESTS": False,
        "DISABLE_SERVER_SIDE_CURSORS": DATABASE_POOLED,
        # Two test runs beside each other must not share a database, nor messages (below).
        "TEST": {"NAME": f"test_concord_{os.getpid()}"},
    }
}
# Seconds. config/timeouts.py sets the limits of a session: short ones of the web, longer ones of
# workers, none of commands.
WEB_TIMEOUTS = {
    "statement_timeout": env.number("CONCORD_STATEMENT_TIMEOUT", 15),
    "lock_timeout": env.number("CONCORD_LOCK_TIMEOUT", 5),
    "idle_in_transaction_session_timeout": env.number("CONCORD_IDLE_TIMEOUT", 30),
}
WORKER_TIMEOUTS = {
    "statement_timeout": env.number("CONCORD_WORKER_STATEMENT_TIMEOUT", 1800),
    "lock_timeout": env.number("CONCORD_WORKER_LOCK_TIMEOUT", 120),
    "idle_in_transaction_session_timeout": env.number("CONCORD_WORKER_IDLE_TIMEOUT", 900),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "projects.User"
AUTHENTICATION_BACKENDS = ["projects.backends.AccountBackend"]
SESSION_ENGINE = "config.sessions"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "projects:list"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_IDLE = env.number("CONCORD_SESSION_IDLE", 7 * 24 * 3600)
SESSION_COOKIE_SAMESITE = "Lax"
LOGIN_ATTEMPTS_PER_ACCOUNT = env.number("CONCORD_LOGIN_ATTEMPTS", 8)
LOGIN_ATTEMPTS_PER_ADDRESS = env.number("CONCORD_LOGIN_ATTEMPTS_ADDRESS", 60)
LOGIN_ATTEMPTS_WINDOW = env.number("CONCORD_LOGIN_WINDOW", 900)
TRUSTED_PROXIES = env.number("CONCORD_PROXIES", 0)
INVITATION_DAYS = 14
#: How many links to set a password may be asked for in RESET_WINDOW seconds, before waits begin.
RESETS_PER_ACCOUNT, RESETS_PER_ADDRESS, RESET_WINDOW = 3, 20, 3600
#: So long a rater is not reminded again of a guideline.
REMINDER_HOURS = 24
#: Who may create projects beside operators: everyone, those who lead one already, or nobody.
WHO_CREATES_PROJECTS = env.choice(
    "CONCORD_WHO_CREATES_PROJECTS", ["everyone", "leads", "operators"], 1
)
# What one person, and one project, may take; 0 is no limit.
PROJECTS_PER_PERSON = env.number("CONCORD_PROJECTS_PER_PERSON", 100)
TASKS_PER_PROJECT = env.number("CONCORD_TASKS_PER_PROJECT", 2_000_000)
UPLOAD_PER_DAY = env.number("CONCORD_UPLOAD_MB_PER_DAY", 20_480) * 1024 * 1024

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if env.text("CONCORD_SMTP_HOST")
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = env.text("CONCORD_SMTP_HOST", "localhost")
EMAIL_PORT = env.number("CONCORD_SMTP_PORT", 587)
EMAIL_HOST_USER = env.text("CONCORD_SMTP_USER")
EMAIL_HOST_PASSWORD = env.text("CONCORD_SMTP_PASSWORD")
EMAIL_USE_TLS = env.flag("CONCORD_SMTP_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("CONCORD_MAIL_FROM", "Concord <concord@localhost>")

# --- work in the background --------------------------------------------------------------------
CELERY_BROKER_URL = env.server(
    "CELERY_BROKER_URL",
    paths.broker_url(),
    {"redis", "rediss", "redis+socket"},
    "redis://:password@host:6379/0",
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    # A request must not hang on a broker that is down: the row is kept and the sweep sends it.
    # A worker waits longer (config/worker.py): for it the broker is the only source of work.
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "max_retries": 1,
}
CELERY_TASK_PUBLISH_RETRY = False
# A broker that refuses to write (full memory, full disk, a replica) is as good as one that is away.
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# One worker serves both; labeling/work/lanes.py keeps a process of it for short work.
CELERY_TASK_DEFAULT_QUEUE = "short"
CELERY_TASK_QUEUES = {"short": {"routing_key": "short"}, "long": {"routing_key": "long"}}
# What is no job with a watch of its own (labeling/work/limits.py) may take so many seconds.
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
WORKER_MEMORY_MB = env.number("CONCORD_WORKER_MEMORY_MB", 1024)
JOB_STALL_SECONDS = env.number("CONCORD_JOB_STALL_SECONDS", 900)
JOB_HOURS = env.number("CONCORD_JOB_HOURS", 12)
# Mails that are printed, for want of a mail server, are no log lines: their links must be read.
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TIMEZONE = "UTC"
CELERY_IMPORTS = ["config.worker"]
# In memory: nothing but short intervals, and a file of several beats would be one too few.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "labeling.jobs.sweep_jobs", "schedule": 10.0},
    "sweep-leftovers": {"task": "labeling.jobs.sweep_leftovers", "schedule": 3600.0},
    "expire-leases": {"task": "labeling.jobs.expire_leases", "schedule": 30.0},
    "sweep-accounts": {"task": "projects.jobs.sweep_accounts", "schedule": 30.0},
}

# --- API ---------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "projects.api.authentication.ApiKeyAuthentication",
        "projects.api.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "projects.api.scopes.WithinScope",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "projects.api.schema.ScopedSchema",
    "EXCEPTION_HANDLER": "projects.api.errors.handle",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Concord",
    "DESCRIPTION": "Human preference labeling: compare, agree, release.",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # What a rater may say, and what may be on record.
    "ENUM_NAME_OVERRIDES": {
        "AnswerEnum": "projects.scales.ANSWER_KINDS",
        "LeasedAnswerEnum": "projects.scale.LEASED_ANSWERS",
        "ExampleKindEnum": "projects.project_templates.EXAMPLE_KINDS",
        "OwnAnswerEnum": "projects.own_scales.OWN_ANSWERS",
        "JobStateEnum": "labeling.work.api.JOB_STATES",
        "TaskKindEnum": "labeling.vocabulary.TASK_KINDS",
        "StatusEnum": "projects.models.Project.Status",
        "ReasonEnum": "labeling.vocabulary.SKIP_REASONS",
        "ExclusionReasonEnum": "labeling.vocabulary.EXCLUSION_REASONS",
        "QueryStateEnum": "labeling.vocabulary.QUERY_STATES",
        "PurposeEnum": "labeling.vocabulary.TASK_PURPOSES",
        "KnownPurposeEnum": "labeling.kinds.known.KNOWN_PURPOSES",
        "StagePurposeEnum": "labeling.teaching.qualification.serializers.STAGE_PURPOSES",
        "RaterStageEnum": "projects.models.Membership.Stage",
        "GoldKindEnum": "labeling.vocabulary.GOLD_KINDS",
        "TieKindEnum": "projects.scales.TIE_KINDS",
        "StoredTieKindEnum": "labeling.datasets.records.TIES",
    },
}

# --- files -------------------------------------------------------------------------------------
STATIC_URL = f"{PREFIX}/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"
RELEASES_DIR = DATA_DIR / "releases"
IMPORTS_DIR = DATA_DIR / "imports"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "config.storage.StaticStorage"
    },
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_AUTOREFRESH = DEBUG or TESTING
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
# The pictures of an import that come beside its file.
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DISK_WARNING = env.number("CONCORD_DISK_WARNING_MB", 2048) * 1024 * 1024
IMPORT_MAX_UPLOAD = env.number("CONCORD_IMPORT_MAX_MB", 2048) * 1024 * 1024

# --- safety ------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.flag("CONCORD_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    # A commitment for the whole domain, other sites under it included; nobody undoes it quickly.
    SECURE_HSTS_PRELOAD = env.flag("CONCORD_HSTS_PRELOAD")
    SILENCED_SYSTEM_CHECKS = ["security.W021"]  # which would have everybody commit themselves
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
if TESTING:
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"test-{os.getpid()}-"
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# --- language, time, logs ----------------------------------------------------------------------
LANGUAGE_CODE = "en"
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True
METRICS_TOKEN = env.text("CONCORD_METRICS_TOKEN")
LOG_LEVEL = env.choice(
    "CONCORD_LOG_LEVEL", ["debug", "info", "warning", "error", "critical"], 1
).upper()
LOG_FORMAT = env.choice("CONCORD_LOG_FORMAT", ["line", "json"], 1 if PRODUCTION else 0)
# One line a request. On a terminal it would hide everything else, so `./run` names a file.
REQUEST_LOG = env.text("CONCORD_REQUEST_LOG", "-" if PRODUCTION else "")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.logs.LineFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "config.logs.JsonFormatter"},
    },
    "filters": {"mild": {"()": "config.logs.MildRefusals"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["mild"],
        },
        "requests": {
            "class": "logging.FileHandler",
            "filename": REQUEST_LOG,
            "delay": True,
            "formatter": LOG_FORMAT,
        }
        if REQUEST_LOG not in {"", "-"}
        else {"class": "logging.NullHandler"},
    },
    "loggers": {
        "concord.request": {"handlers": ["requests"], "propagate": REQUEST_LOG == "-"},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
