"""`python -m bot audit verify | search | erase | rotate-key`."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.audit_export import as_record
from bot.audit_keys import audit_key_file, audit_keys_from, write_audit_keys
from bot.config import anchors_file, database_url
from bot.domain.audit_anchors import Anchor, Unreadable, standing
from bot.domain.audit_verify import BY_ANCHOR, Fault, Verifier
from bot.domain.errors import ConfigError, StorageTrouble
from bot.domain.when import Reading, read_past
from bot.services.erasure import Erasure
from storage.anchor_file import AnchorFile
from storage.audit_rows import AuditKey
from storage.audit_search import AuditQuery
from storage.database import Database

OK, BROKEN, CONTRADICTS, CANNOT_READ = 0, 2, 3, 4
PAGE = 2_000
LAST_ROW = 1 << 62


def open_database(environ: Mapping[str, str]) -> Database:
    """The bot's database beside a running bot, with its keys. Raises `ConfigError`."""
    return Database(database_url(environ), AuditKey.of(*audit_keys_from(environ)), lock=False)


async def verify(environ: Mapping[str, str], since: int | None, anchors: Path | None) -> int:
    """Verify the log, whole or after the anchored row `since`. Returns the exit code."""
    path = anchors or anchors_file(environ)
    try:
        keys = AuditKey.of(*audit_keys_from(environ))
        held, unreadable = _anchors(path, must_be_there=anchors is not None)
    except (ConfigError, OSError) as problem:
        print(f"I cannot verify: {problem}", file=sys.stderr)
        return CANNOT_READ
    if unreadable:
        print(f"{path}, line {unreadable.number}: the anchor was changed")
        return CONTRADICTS
    start = next((a for a in standing(held) if a.seq == since), None) if since else None
    if since and start is None:
        print(f"I cannot verify: no anchor for row {since} in {path}", file=sys.stderr)
        return CANNOT_READ
    verifier = Verifier(keys.all, held, since=start)
    db = Database(database_url(environ), keys, lock=False)
    try:
        fault = await _run(db, verifier, start)
    except StorageTrouble:
        print("I cannot verify: the database cannot be read", file=sys.stderr)
        return CANNOT_READ
    finally:
        await db.close()
    return _say(fault, verifier, held)


def _anchors(path: Path, *, must_be_there: bool) -> tuple[list[Anchor], Unreadable | None]:
    if must_be_there and not path.exists():
        raise FileNotFoundError(f"{path} is not there")
    return AnchorFile(path).read()


async def _run(db: Database, verifier: Verifier, start: Anchor | None) -> Fault | None:
    after = start.seq if start else 0
    end = (await db.read(lambda tx: tx.audit.end()))[0]
    low = after if after else -LAST_ROW  # a row pushed in before the first one must not stay unseen
    while page := await db.read(lambda tx, low=low: tx.audit.stored_after(low, limit=PAGE)):  # type: ignore[misc]
        for row in page:
            if verifier.feed(row):
                break
        low = page[-1].seq
        if sys.stderr.isatty():
            done = min(1.0, max(0, low - after) / max(1, end - after))
            print(f"\r[{'#' * int(done * 30):30}] {done:4.0%}  row {low}", end="", file=sys.stderr)
        if verifier.fault:
            break
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return verifier.finish()


def _say(fault: Fault | None, verifier: Verifier, held: list[Anchor]) -> int:
    if fault is None:
        voided = len(held) - len(standing(held))
        more = f" {voided} older anchors are void: a restored backup was accepted." if voided else ""
        print(f"The log is whole: {verifier.rows} rows, {len(standing(held))} anchors.{more}")
        return OK
    print(f"Row {fault.seq}: {fault.wrong.value}. {fault.words[:1].upper()}{fault.words[1:]}.")
    return CONTRADICTS if fault.wrong in BY_ANCHOR else BROKEN


async def search(
    environ: Mapping[str, str],
    *,
    door: str | None,
    who: str | None,
    outcomes: tuple[str, ...],
    when: str | None,
    limit: int,
) -> int:
    """Print rows that fit, newest first. `door` and `who` are ids; `when` is text ("last friday evening")."""
    now = datetime.now(UTC)
    since, before = None, datetime.max.replace(tzinfo=UTC)
    if when:
        read = read_past(when, now=now, tz=ZoneInfo(environ.get("LATCHKEY_TIMEZONE", "") or "UTC"))
        if not isinstance(read, Reading):
            print(read.reason, file=sys.stderr)
            return 2
        since, before = read.starts_at, read.ends_at or now
    query = AuditQuery(device_id=door, user_id=who, outcomes=outcomes, since=since, before=(before, 0), limit=limit)
    db = Database(database_url(environ), AuditKey(key_id="reading", secret=b""), lock=False)
    try:
        rows = await db.read(lambda tx: tx.log.page(query))
    finally:
        await db.close()
    for row in rows:
        record = as_record(row)
        subject = record["subject_id"] or ""
        print(
            f"{row.seq:>8}  {row.at:%Y-%m-%d %H:%M:%S}Z  {record['action']:<22} {record['phase']:<8}"
            f"{record['outcome'] or '-':<8} {record['actor']:<12} {record['device_id'] or '-'}  {subject}"
        )
    if not rows:
        print("Nothing happened that fits.")
    return 0


async def erase(environ: Mapping[str, str], *, person: str | None, guest: str | None, before: datetime | None) -> int:
    """Erase personal texts. Needs the key: what is erased is written down."""
    db = open_database(environ)
    erasure = Erasure(db, lambda: datetime.now(UTC), timedelta(days=90))
    try:
        if person:
            count = await erasure.person(person)
        elif guest:
            count = await erasure.guest(guest)
        else:
            assert before is not None
            count = await erasure.before(before)
    finally:
        await db.close()
    print(f"{count} records no longer hold a name or free text. The acts themselves stay in the log.")
    return 0


def rotate_key(environ: Mapping[str, str]) -> int:
    """Put a new key on the first line of the key file. The bot begins to use it at its next start."""
    if environ.get("LATCHKEY_AUDIT_KEY", "").strip():
        print(
            "The key comes from LATCHKEY_AUDIT_KEY: make a new one with `openssl rand -base64 32`, put the present "
            "one first into LATCHKEY_AUDIT_KEYS_OLD, and restart the bot.",
            file=sys.stderr,
        )
        return 1
    file = audit_key_file(environ)
    fresh = secrets.token_bytes(32)
    write_audit_keys(file, [fresh, *audit_keys_from(environ)])
    print(f"{file} has a new key on its first line. Restart every process of the bot, and save the file.")
    return 0
