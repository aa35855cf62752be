"""The audit chain's keys: from the environment or from a file beside the database (docs/audit.md, section "Keys")."""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.domain.errors import ConfigError
from bot.secret import Secret

DEFAULT_AUDIT_KEY_FILE = "var/audit.key"


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
    inline = audit_key(environ, problems)
    old = old_audit_keys(environ, problems)
    if problems:
        raise ConfigError(problems)
    return load_audit_keys(inline, old, audit_key_file(environ))


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


def old_audit_keys(environ: Mapping[str, str], problems: list[str]) -> tuple[Secret, ...]:
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


def audit_key(environ: Mapping[str, str], problems: list[str]) -> Secret | None:
    text = environ.get("LATCHKEY_AUDIT_KEY", "").strip()
    if text and not _is_key(text):
        problems.append("LATCHKEY_AUDIT_KEY must be 32 bytes in base64: `openssl rand -base64 32` makes one")
    return Secret(text) if text else None
