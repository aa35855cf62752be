"""Settings from the environment: complete, or one error that lists every problem with its fix.

The names are the fixed interface of design.md section 5; `LATCHKEY_AUDIT_KEY` and `LATCHKEY_AUDIT_KEY_FILE` are ours
(docs/decisions/0005): the audit chain's key must lie outside the database.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.errors import ConfigError

SLACK_API_URL = "https://slack.com/api/"
SEAM_ENDPOINT = "https://connect.getseam.com"
DEFAULT_DATABASE = "sqlite:///var/latchkey.db"
DEFAULT_AUDIT_KEY_FILE = "var/audit.key"
DEFAULT_ANCHORS_FILE = "var/audit.anchors"
DEFAULT_KEEP_PERSONAL_DAYS = 90  # design.md section 4
DEFAULT_PORT = 3000


@final
class Secret:
    """A token or key. Prints as dots; `reveal()` is the one way out."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        return self.__text

    def __repr__(self) -> str:
        return "Secret(••••)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and secrets.compare_digest(self.__text.encode(), other.reveal().encode())

    def __hash__(self) -> int:
        return hash((Secret, self.__text))


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
        channel = environ.get("LATCHKEY_APPROVALS_CHANNEL", "").strip() or None
        if channel and not re.fullmatch(r"[CG][A-Z0-9]{2,}", channel):
            problems.append(
                "LATCHKEY_APPROVALS_CHANNEL must be a channel id like C0123ABCD: in Slack, open the channel's details "
                "and copy it from the bottom"
            )
        slack_api_url = environ.get("SLACK_API_URL", "").strip() or SLACK_API_URL
        audit_key = environ.get("LATCHKEY_AUDIT_KEY", "").strip()
        if audit_key and not _is_key(audit_key):
            problems.append("LATCHKEY_AUDIT_KEY must be 32 bytes in base64: `openssl rand -base64 32` makes one")
        audit_channel = environ.get("LATCHKEY_AUDIT_CHANNEL", "").strip() or None
        if audit_channel and not re.fullmatch(r"[CG][A-Z0-9]{2,}", audit_channel):
            problems.append("LATCHKEY_AUDIT_CHANNEL must be a channel id like C0123ABCD")
        old_keys = _old_keys(environ, problems)
        keep = environ.get("LATCHKEY_KEEP_PERSONAL_DAYS", "").strip() or str(DEFAULT_KEEP_PERSONAL_DAYS)
        if not (keep.isascii() and keep.isdigit() and 0 < int(keep) <= 36_500):
            problems.append("LATCHKEY_KEEP_PERSONAL_DAYS must be a number of days, 1 or more")
        if problems:
            raise ConfigError(problems)
        return cls(
            slack_bot_token=Secret(bot_token),
            slack_app_token=Secret(app_token) if app_token else None,
            slack_signing_secret=Secret(signing_secret) if signing_secret else None,
            slack_api_url=slack_api_url.rstrip("/") + "/",
            port=port,
            seam_api_key=Secret(seam_key),
            seam_endpoint=(environ.get("SEAM_ENDPOINT", "").strip() or SEAM_ENDPOINT).rstrip("/"),
            database_url=database_url(environ),
            audit_key=Secret(audit_key) if audit_key else None,
            audit_key_file=audit_key_file(environ),
            admins=admins,
            timezone=timezone,
            approvals_channel=channel,
            log_level=log_level,
            audit_keys_old=old_keys,
            audit_anchors_file=anchors_file(environ),
            audit_channel=audit_channel,
            keep_personal_days=int(keep),
        )


def database_url(environ: Mapping[str, str]) -> str:
    """DATABASE_URL, or the default SQLite file."""
    return environ.get("DATABASE_URL", "").strip() or DEFAULT_DATABASE


def anchors_file(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("LATCHKEY_AUDIT_ANCHORS_FILE", "").strip() or DEFAULT_ANCHORS_FILE)


def load_audit_keys(inline: Secret | None, old: Sequence[Secret], file: Path) -> tuple[bytes, ...]:
    """The audit chain's keys, the present one first: from the settings, else from the file, which holds one a line
    and is made (mode 0600) when it is not there.

    Raises `ConfigError` when the file cannot be read or holds something else.
    """
    if inline is not None:
        return tuple(base64.b64decode(key.reveal()) for key in (inline, *old))
    try:
        if not file.exists():
            write_audit_keys(file, [secrets.token_bytes(32)])
        held = [line.strip() for line in file.read_text().splitlines() if line.strip() and line[0] != "#"]
    except (OSError, ValueError) as problem:
        raise ConfigError(
            [f"the audit key file {file} cannot be used ({problem}): check its path and rights"]
        ) from None
    if not held or not all(_is_key(line) for line in held):
        raise ConfigError(
            [f"the audit key file {file} does not hold 32 bytes in base64 on each line: restore it from your backup"]
        )
    return tuple(base64.b64decode(key) for key in (*held, *(key.reveal() for key in old)))


def audit_keys_from(environ: Mapping[str, str]) -> tuple[bytes, ...]:
    """The same from the environment, for the command line. Raises `ConfigError`."""
    problems: list[str] = []
    inline = environ.get("LATCHKEY_AUDIT_KEY", "").strip()
    if inline and not _is_key(inline):
        problems.append("LATCHKEY_AUDIT_KEY must be 32 bytes in base64")
    old = _old_keys(environ, problems)
    if problems:
        raise ConfigError(problems)
    return load_audit_keys(Secret(inline) if inline else None, old, audit_key_file(environ))


def audit_key_file(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("LATCHKEY_AUDIT_KEY_FILE", "").strip() or DEFAULT_AUDIT_KEY_FILE)


def write_audit_keys(file: Path, keys: Sequence[bytes]) -> None:
    """Write the key file anew, readable by us alone, whole or not at all. Raises `OSError`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as new:
        new.write(b"".join(base64.b64encode(key) + b"\n" for key in keys))
        new.flush()
        os.fsync(new.fileno())
    fresh.replace(file)


def _old_keys(environ: Mapping[str, str], problems: list[str]) -> tuple[Secret, ...]:
    texts = re.split(r"[,\s]+", environ.get("LATCHKEY_AUDIT_KEYS_OLD", "").strip())
    found = [text for text in texts if text]
    if not all(_is_key(text) for text in found):
        problems.append("LATCHKEY_AUDIT_KEYS_OLD must be keys of 32 bytes in base64, separated by commas")
    return tuple(Secret(text) for text in found)


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except binascii.Error:
        return False


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
