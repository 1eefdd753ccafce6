"""Django settings, read from the environment; `./genmai` sets what is not given.

GENMAI_DATA              folder of this installation (keys, attachments, embedded database); default .genmai/
GENMAI_APP_DATABASE_URL  the application's connection (never the owner's: see the ADR on two roles)
GENMAI_SECRET_KEY, GENMAI_MASTER_KEY   64 hexadecimal digits each; default: files in the data folder
GENMAI_HOSTS             comma-separated host names the site answers to; default: this machine only
GENMAI_HTTPS             1: the site stands behind TLS (secure cookies, HSTS, forwarded protocol)
GENMAI_DEBUG             1: error pages with details, for developers only
GENMAI_SECOND_FACTOR     1 or 0: roles that need a second factor don't get on without one (default: as GENMAI_HTTPS)
GENMAI_OIDC_ISSUER, _CLIENT, _SECRET, _TITLE   sign-in through a work messenger that speaks OpenID Connect
GENMAI_PLACE             name of the place in the head of every page, for example 鄞州区
GENMAI_LOG               level of the log (default INFO)
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import structlog
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.cli import keys
from genmai.interfaces.cli.database import APPLICATION_VARIABLE, settings_of

SOURCE = Path(__file__).resolve().parents[1]
REPOSITORY = SOURCE.parents[1]
GENMAI_DATA = Path(os.environ.get("GENMAI_DATA", REPOSITORY / ".genmai")).resolve()
GENMAI_MECHANISMS = Path(os.environ.get("GENMAI_MECHANISMS", REPOSITORY / "mechanisms")).resolve()

DEBUG = os.environ.get("GENMAI_DEBUG") == "1"
HTTPS = os.environ.get("GENMAI_HTTPS") == "1"
GENMAI_PLACE = os.environ.get("GENMAI_PLACE", "")

# -- keys --------------------------------------------------------------------------------------------------------------

SECRET_KEY = os.environ.get("GENMAI_SECRET_KEY") or keys.read_or_make(GENMAI_DATA, keys.SECRET_KEY)
# 32 bytes from which the keys of secrets are wrapped (kernel.secrets); losing it loses every personal datum.
GENMAI_MASTER_KEY = bytes.fromhex(
    os.environ.get("GENMAI_MASTER_KEY") or keys.read_or_make(GENMAI_DATA, keys.MASTER_KEY)
)

# -- rooms -------------------------------------------------------------------------------------------------------------

# Rooms with tables or templates (a test finds the one that is forgotten here).
ROOMS = [
    "genmai.directory.territory",
    "genmai.directory.roster",
    "genmai.directory.access",
    "genmai.records.deeds",
    "genmai.records.seals",
    "genmai.records.notices",
    "genmai.processes.activities",
    "genmai.processes.cases",
    "genmai.processes.decisions",
    "genmai.processes.registers",
    "genmai.coordination",
    "genmai.reports.board",
    "genmai.reports.exports",
    "genmai.interfaces.web",
]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    *ROOMS,
]
AUTH_USER_MODEL = "access.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Pages, styles and scripts travel compressed (Django pads answers at random against length attacks on the token).
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # By the person's own switch, never by the browser's guess; hence no LocaleMiddleware.
    "genmai.interfaces.web.language.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "genmai.interfaces.web.edge.reading.ReadingMiddleware",
    "genmai.interfaces.web.edge.viewing.ViewerMiddleware",
    "genmai.interfaces.web.edge.sitting.SittingMiddleware",
    "genmai.interfaces.web.edge.refusing.RefusalMiddleware",
]
ROOT_URLCONF = "genmai.config.urls"
WSGI_APPLICATION = "genmai.config.wsgi.application"

FORM_RENDERER = "genmai.interfaces.web.shell.rendering.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SOURCE / "interfaces" / "web"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "genmai.interfaces.web.shell.context.shell",
            ]
        },
    }
]

# -- database ----------------------------------------------------------------------------------------------------------

DATABASES = {
    "default": {
        # Tells the server whose rows the coming statements may reach: row security, the second wall.
        "ENGINE": "genmai.kernel.walled",
        **settings_of(os.environ.get(APPLICATION_VARIABLE) or "postgresql://genmai_app@/genmai"),
        # Measured: a pool of psycopg's costs as much per request (0.67 ms of processor time against 0.64).
        "CONN_MAX_AGE": 600,
        # A restarted server costs nobody a page: each request checks its connection first.
        "CONN_HEALTH_CHECKS": True,
    }
}
# The server parses and plans what it is asked again and again only once: planning was a third of a report's cost there.
DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 5}

# -- language and time: Chinese first; stored in UTC, shown in the time of the place -----------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英语"))]
LANGUAGE_COOKIE_NAME = "genmai_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [SOURCE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# -- sign-in -----------------------------------------------------------------------------------------------------------

LOGIN_URL = "/sign-in"
# Which roles: the access section of a mechanism (default/sign-in). The demo's log-ins get on with a password alone.
GENMAI_SECOND_FACTOR = os.environ.get("GENMAI_SECOND_FACTOR", "1" if HTTPS else "0") == "1"
GENMAI_OIDC: dict[str, str] = {}
if os.environ.get("GENMAI_OIDC_ISSUER"):
    GENMAI_OIDC = {
        "issuer": os.environ["GENMAI_OIDC_ISSUER"],
        "client": os.environ.get("GENMAI_OIDC_CLIENT", ""),
        "secret": os.environ.get("GENMAI_OIDC_SECRET", ""),
        "title": os.environ.get("GENMAI_OIDC_TITLE", "OpenID Connect"),
    }
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Signed cookies cost no query; the account, read on every request anyway, ends a session by its authentication hash.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = "genmai_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
CSRF_COOKIE_NAME = "genmai_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# -- safety ------------------------------------------------------------------------------------------------------------

ALLOWED_HOSTS = os.environ.get("GENMAI_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        # A browser holds a form to this also when the answer leads on to the work messenger.
        "form-action": [SELF, "/".join(GENMAI_OIDC["issuer"].split("/")[:3])] if GENMAI_OIDC else [SELF],
        "frame-ancestors": [NONE],
    }
}
# What is typed stays under 2 MiB; files go to disk beyond that, and each kind has its own limit where it is taken in.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o600

# -- files -------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
# Served straight from the packages: no collecting, no build step, nothing stale after an update.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600
MEDIA_ROOT = GENMAI_DATA / "attachments"

# -- log: one JSON line an event, Chinese readable ---------------------------------------------------------------------

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _SHARED,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("GENMAI_LOG", "INFO")},
    "loggers": {"django.db.backends": {"level": "WARNING"}},
}
structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
