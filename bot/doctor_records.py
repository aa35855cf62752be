"""The records' side of `doctor`: the database, the audit keys, the anchors and the chain's newest rows."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from bot.audit_keys import load_audit_keys
from bot.config import Settings
from bot.doctor_findings import Finding, fail, ok, warn
from bot.domain.audit_anchors import Anchor
from bot.domain.audit_verify import Verifier
from bot.domain.errors import BotError, ConfigError, StorageTrouble
from storage.anchor_file import AnchorFile
from storage.audit_rows import AuditKey
from storage.checkup import look
from storage.database import Database

NEWEST = 500  # rows whose chain is checked; the whole is for `audit verify`


async def check_database(settings: Settings) -> list[Finding]:
    """Reachable, current, durable. The last finding is a failure when it cannot be used further."""
    if not await asyncio.to_thread(_is_there, settings.database_url):
        return [fail("There is no database yet.", "Run `python -m bot migrate`, which makes it.")]
    try:
        seen = await asyncio.to_thread(look, settings.database_url)
    except BotError as problem:
        return [fail("The database cannot be opened.", str(problem))]
    if seen is None:
        return [
            fail("The database cannot be reached or read.", "Check DATABASE_URL, the server, and the file's rights.")
        ]
    found = [
        ok(f"The database is durable ({seen.how}).")
        if seen.durable
        else fail(f"A commit may be lost when the machine stops ({seen.how}).", "Switch the database's sync on.")
    ]
    if not seen.current:
        fix = "Run `python -m bot migrate`; if a newer version of the bot has migrated it, install that version."
        return [*found, fail("The database is not in the form that this version needs.", fix)]
    return [*found, ok("The migrations are current.")]


def _is_there(url: str) -> bool:
    """False only for an SQLite file that is not there: opening it would make it."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").exists()


async def check_writable(db: Database, now: Callable[[], datetime]) -> Finding:
    """Write one row for real, where the bot forgets what is old by itself: a signature that nobody can send."""
    try:
        await db.write(lambda tx: tx.inbox.is_new_signature(f"doctor:{secrets.token_hex(8)}", now()))
    except StorageTrouble:
        return fail("The database cannot be written.", "Check the disk's space, and the rights of file and folder.")
    return ok("The database can be written.")


def audit_keys(settings: Settings, *, rows: bool) -> tuple[AuditKey | None, Finding]:
    """The audit keys, and what is to be said of them. Unlike a start it makes no key."""
    file = settings.audit_key_file
    if settings.audit_key is None and not file.exists():
        if rows:
            fix = "Restore the file from your backup, or set LATCHKEY_AUDIT_KEY: without it nothing can be proved."
            return None, fail(f"The audit key {file} is gone, and the log has rows.", fix)
        return None, warn(f"There is no audit key yet; the first start makes {file}.", "Keep it in your backup.")
    try:
        keys = load_audit_keys(settings.audit_key, settings.audit_keys_old, file)
    except ConfigError as problem:
        return None, fail("The audit key cannot be read.", str(problem))
    return AuditKey.of(*keys), ok("The audit keys can be read.")


def check_anchors(settings: Settings) -> Finding:
    """Whether the anchors' file can be read and written; it is not made here."""
    file = settings.audit_anchors_file
    fix = f"Check the rights of {file}, or set LATCHKEY_AUDIT_ANCHORS_FILE to another place."
    try:
        if file.exists():
            with file.open("ab"):
                return ok("The anchors' file can be written.")
        place = next(parent for parent in file.absolute().parents if parent.exists())
    except OSError as problem:
        return fail(f"The anchors' file cannot be written ({problem.strerror}).", fix)
    if not place.is_dir() or not os.access(place, os.W_OK):
        return fail("The anchors' file cannot be made.", fix)
    return ok("The anchors' file can be made.")


async def check_chain(db: Database, settings: Settings, key: AuditKey) -> Finding:
    """The newest rows of the audit log and the anchors of these rows."""
    fix = "Look with `python -m bot audit verify`."
    try:
        held, unreadable = await asyncio.to_thread(AnchorFile(settings.audit_anchors_file).read)
        if unreadable:
            return fail(f"The anchors' file was changed (line {unreadable.number}).", fix)
        seq, _, _ = await db.read(lambda tx: tx.audit.end())
        low = max(0, seq - NEWEST)
        before = await db.read(lambda tx: tx.audit.hash_of(low)) if low else None
        rows = await db.read(lambda tx: tx.audit.stored_after(low, limit=NEWEST + 1))
    except (StorageTrouble, OSError):
        return fail("The audit log cannot be read.", "See the database and the anchors' file above.")
    if low and before is None:
        return fail(f"Row {low} of the audit log is not there.", fix)
    since = Anchor(seq=low, hash=before, at="", count=low, key_id="") if before else None
    verifier = Verifier(key.all, held, since=since)
    for row in rows:
        if verifier.feed(row):
            break
    fault = verifier.finish()
    if fault:
        return fail(f"The audit log is not whole (row {fault.seq}: {fault.wrong.value}): {fault.words}.", fix)
    return ok(f"The newest {verifier.rows} rows of the audit log are whole.")
