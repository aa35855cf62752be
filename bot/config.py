"""Settings from the environment: complete, or one error that lists every problem with its fix.

The names are the fixed interface of design.md section 5; those that begin with `LATCHKEY_AUDIT_` are ours
(docs/decisions/0005): the audit chain's key must lie outside the database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.audit_keys import audit_key, audit_key_file, old_audit_keys
from bot.database_url import database_problem
from bot.domain.errors import ConfigError
from bot.secret import Secret

SLACK_API_URL = "https://slack.com/api/"
SEAM_ENDPOINT = "https://connect.getseam.com"
DEFAULT_DATABASE = "sqlite:///var/latchkey.db"
DEFAULT_ANCHORS_FILE = "var/audit.anchors"
DEFAULT_KEEP_PERSONAL_DAYS = 90  # design.md section 4
DEFAULT_PORT = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the bot needs to start. Socket Mode when `slack_app_token` is set, else HTTP."""

    slack_bot_token: Secret
    slack_app_token: Secret | None
    slack_signing_secret: Secret | None
    slack_api_url: str  # ends in a slash: Bolt joins the method name to it
    port: int
    seam_api_key: Secret
    seam_endpoint: str
    database_url: str
    audit_key: Secret | None  # base64; None: `audit_key_file`
    audit_key_file: Path
    admins: frozenset[str]
    timezone: ZoneInfo | None  # for doors without one
    approvals_channel: str | None
    log_level: str
    audit_keys_old: tuple[Secret, ...] = ()  # base64, of earlier rows
    audit_anchors_file: Path = Path(DEFAULT_ANCHORS_FILE)
    audit_channel: str | None = None
    keep_personal_days: int = DEFAULT_KEEP_PERSONAL_DAYS
    seam_webhook_secret: Secret | None = None  # None: the list of events is read instead

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings. Raises `ConfigError` with all problems at once, each with its fix; never a value."""
        problems: list[str] = []

        def needed(name: str, fix: str) -> str:
            value = environ.get(name, "").strip()
            if not value:
                problems.append(f"{name} is not set: {fix}")
            return value

        bot_token = needed("SLACK_BOT_TOKEN", "copy the Bot User OAuth Token (xoxb-…) from your Slack app's page")
        if bot_token and not bot_token.startswith("xoxb-"):
            problems.append("SLACK_BOT_TOKEN should start with xoxb-: copy the Bot User OAuth Token, not another one")
        app_token = environ.get("SLACK_APP_TOKEN", "").strip()
        signing_secret = environ.get("SLACK_SIGNING_SECRET", "").strip()
        if not app_token and not signing_secret:
            problems.append(
                "neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: set SLACK_APP_TOKEN (xapp-…) for Socket "
                "Mode, or SLACK_SIGNING_SECRET and PORT to receive Slack's requests over HTTP"
            )
        if app_token and not app_token.startswith("xapp-"):
            problems.append("SLACK_APP_TOKEN should start with xapp-: create an app-level token with connections:write")
        seam_key = needed("SEAM_API_KEY", "create an API key in Seam's console (seam_… or seam_test… for a sandbox)")
        if seam_key.startswith(("seam_pk", "seam_cst", "ey")):
            problems.append(
                "SEAM_API_KEY is a publishable key, a client session or a console token: it must be an API key"
            )
        return cls._checked(environ, problems, bot_token, app_token, signing_secret, seam_key)

    @classmethod
    def _checked(
        cls,
        environ: Mapping[str, str],
        problems: list[str],
        bot_token: str,
        app_token: str,
        signing_secret: str,
        seam_key: str,
    ) -> Settings:
        port = _port(environ, problems)
        timezone = _timezone(environ, problems)
        admins = _admins(environ, problems)
        log_level = environ.get("LOG_LEVEL", "INFO").strip().upper() or "INFO"
        if log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            problems.append("LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR")
        channel = _channel("LATCHKEY_APPROVALS_CHANNEL", environ, problems)
        slack_api_url = environ.get("SLACK_API_URL", "").strip() or SLACK_API_URL
        key = audit_key(environ, problems)
        audit_channel = _channel("LATCHKEY_AUDIT_CHANNEL", environ, problems)
        old_keys = old_audit_keys(environ, problems)
        keep = environ.get("LATCHKEY_KEEP_PERSONAL_DAYS", "").strip() or str(DEFAULT_KEEP_PERSONAL_DAYS)
        if not (keep.isascii() and keep.isdigit() and 0 < int(keep) <= 36_500):
            problems.append("LATCHKEY_KEEP_PERSONAL_DAYS must be a number of days, 1 or more")
        webhook_secret = _webhook_secret(environ, problems)
        url = _database_url(environ, problems)
        if problems:
            raise ConfigError(problems)
        return cls(
            slack_bot_token=Secret(bot_token),
            slack_app_token=Secret(app_token) if app_token else None,
            slack_signing_secret=Secret(signing_secret) if signing_secret else None,
            slack_api_url=slack_api_url.rstrip("/") + "/",
            port=port,
            seam_api_key=Secret(seam_key),
            seam_endpoint=_seam_endpoint(environ),
            database_url=url,
            audit_key=key,
            audit_key_file=audit_key_file(environ),
            admins=admins,
            timezone=timezone,
            approvals_channel=channel,
            log_level=log_level,
            audit_keys_old=old_keys,
            audit_anchors_file=anchors_file(environ),
            audit_channel=audit_channel,
            keep_personal_days=int(keep),
            seam_webhook_secret=webhook_secret,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesSettings:
    """What the command line needs to read and to change the rules: no Slack, and Seam only to know doors by name."""

    database_url: str
    audit_key: Secret | None
    audit_keys_old: tuple[Secret, ...]
    audit_key_file: Path
    admins: frozenset[str]
    timezone: ZoneInfo | None
    approvals_channel: str | None
    seam_api_key: Secret | None
    seam_endpoint: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> RulesSettings:
        """Read the settings. Raises `ConfigError` with all problems at once."""
        problems: list[str] = []
        seam_key = environ.get("SEAM_API_KEY", "").strip()
        found = cls(
            database_url=_database_url(environ, problems),
            audit_key=audit_key(environ, problems),
            audit_keys_old=old_audit_keys(environ, problems),
            audit_key_file=audit_key_file(environ),
            admins=_admins(environ, problems),
            timezone=_timezone(environ, problems),
            approvals_channel=_channel("LATCHKEY_APPROVALS_CHANNEL", environ, problems),
            seam_api_key=Secret(seam_key) if seam_key else None,
            seam_endpoint=_seam_endpoint(environ),
        )
        if problems:
            raise ConfigError(problems)
        return found


def database_url(environ: Mapping[str, str]) -> str:
    """DATABASE_URL, or the default SQLite file. Raises `ConfigError` for one that cannot be used here."""
    problems: list[str] = []
    url = _database_url(environ, problems)
    if problems:
        raise ConfigError(problems)
    return url


def _database_url(environ: Mapping[str, str], problems: list[str]) -> str:
    url = environ.get("DATABASE_URL", "").strip() or DEFAULT_DATABASE
    problem = database_problem(url, environ)
    if problem:
        problems.append(problem)
    return url


def anchors_file(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("LATCHKEY_AUDIT_ANCHORS_FILE", "").strip() or DEFAULT_ANCHORS_FILE)


def _seam_endpoint(environ: Mapping[str, str]) -> str:
    return (environ.get("SEAM_ENDPOINT", "").strip() or SEAM_ENDPOINT).rstrip("/")


def _channel(name: str, environ: Mapping[str, str], problems: list[str]) -> str | None:
    channel = environ.get(name, "").strip() or None
    if channel and not re.fullmatch(r"[CG][A-Z0-9]{2,}", channel):
        problems.append(
            f"{name} must be a channel id like C0123ABCD: in Slack, open the channel's details and copy it from the "
            "bottom"
        )
    return channel


def _webhook_secret(environ: Mapping[str, str], problems: list[str]) -> Secret | None:
    """Seam's `whsec_` and base64. One that anybody could guess would let anybody report what never happened."""
    secret = environ.get("SEAM_WEBHOOK_SECRET", "").strip()
    if secret and not re.fullmatch(r"(whsec_)?[A-Za-z0-9+/]{22,}={0,2}", secret):
        problems.append(
            "SEAM_WEBHOOK_SECRET does not look like one: copy the signing secret (whsec_…) of the webhook from Seam's "
            "console, or leave it empty to have events fetched instead"
        )
    return Secret(secret) if secret else None


def _port(environ: Mapping[str, str], problems: list[str]) -> int:
    typed = environ.get("PORT", "").strip()
    if not typed:
        return DEFAULT_PORT
    if not (typed.isascii() and typed.isdigit() and 0 < int(typed) < 65536):
        problems.append("PORT must be a number from 1 to 65535")
        return DEFAULT_PORT
    return int(typed)


def _timezone(environ: Mapping[str, str], problems: list[str]) -> ZoneInfo | None:
    name = environ.get("LATCHKEY_TIMEZONE", "").strip()
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems.append("LATCHKEY_TIMEZONE must be a zone's name like Europe/Berlin or America/New_York")
        return None


def _admins(environ: Mapping[str, str], problems: list[str]) -> frozenset[str]:
    ids = frozenset(part for part in re.split(r"[,\s]+", environ.get("LATCHKEY_ADMINS", "").strip()) if part)
    wrong = sorted(i for i in ids if not re.fullmatch(r"[UW][A-Z0-9]{2,}", i))
    if wrong:
        problems.append(
            f"LATCHKEY_ADMINS must be Slack user ids like U0123ABCD, separated by commas; not {', '.join(wrong)} "
            "(in Slack: open the person's profile, ⋮, Copy member ID)"
        )
    return ids
