"""`python -m bot backup FILE` and `restore FILE`: a whole, verified copy of an SQLite database, and back again."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from bot.audit_cli import verify
from bot.config import database_url
from bot.domain.errors import ConfigError
from storage.file_lock import FileLock
from storage.migrate import upgrade

DONE, COULD_NOT = 0, 1
_BESIDE = ("-wal", "-shm", "-journal")  # they belong to the database file beside them and to no other


def backup(environ: Mapping[str, str], target: Path) -> int:
    """Copy the database, also of a running bot, to `target`, which must not be there; verify the copy's log and the
    anchors. Returns the exit code. Raises `ConfigError` on PostgreSQL."""
    source = _file(environ, "pg_dump --format=custom")
    if target.exists():
        return _refuse(f"{target} is there already: name a new file. Nothing was written.")
    if not source.exists():
        return _refuse(f"There is no database at {source}. Nothing was written.")
    half = target.with_name(f"{target.name}.unfinished")
    try:
        half.unlink(missing_ok=True)
        _copy(source, half)
        if _is_whole(environ, half, anchored=True):
            half.replace(target)
            _flush(target.parent)
            print(f"Backup written to {target} ({target.stat().st_size:,} bytes), and verified.")
            return DONE
    except (OSError, sqlite3.Error) as problem:
        print(f"{target} cannot be written: {_words(problem)}.", file=sys.stderr)
    finally:
        half.unlink(missing_ok=True)
    return _refuse("There is no backup.")


def restore(environ: Mapping[str, str], source: Path) -> int:
    """Put the backup `source` in the database's place. The bot must be stopped; what was there is kept beside it.

    Returns the exit code. Raises `ConfigError` on PostgreSQL, `DatabaseInUse` while the bot runs.
    """
    target = _file(environ, "pg_restore")
    if not source.exists():
        return _refuse(f"There is no backup at {source}. Nothing was changed.")
    lock = FileLock.beside(f"sqlite:///{target}")
    half = target.with_name(f"{target.name}.unfinished")
    try:
        half.unlink(missing_ok=True)
        _copy(source, half)
        # Not against the anchors: a backup is older than they are, and the start says so.
        if not _is_whole(environ, half, anchored=False):
            return _refuse("The backup is not whole. Nothing was changed.")
        upgrade(f"sqlite:///{half}")
        _tidy(half)
        kept = _set_aside(target)
        half.replace(target)
        _flush(target.parent)
    except (OSError, sqlite3.Error) as problem:
        return _refuse(f"{source} cannot be restored: {_words(problem)}.")
    finally:
        half.unlink(missing_ok=True)
        if lock:
            lock.release()
    print(f"Restored {source} to {target}.{f' What was there is now {kept}.' if kept else ''}")
    print("Start once with `python -m bot run --accept-rollback`: that is written down in the audit log.")
    return DONE


def _copy(source: Path, target: Path) -> None:
    """SQLite's own copy of a living database. In one go: a copy in steps begins anew at each write of the bot."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    address = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=30)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")  # one file, whole in itself
        found = new.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(f"SQLite finds the copy damaged ({found})")
    with target.open("rb+") as handle:
        os.fsync(handle.fileno())


def _is_whole(environ: Mapping[str, str], file: Path, *, anchored: bool) -> bool:
    aside = {} if anchored else {"LATCHKEY_AUDIT_ANCHORS_FILE": f"{file}.no-anchors"}
    code = asyncio.run(verify({**environ, **aside, "DATABASE_URL": f"sqlite:///{file}"}, None, None))
    _tidy(file)
    return code == 0


def _tidy(file: Path) -> None:
    """Remove the empty journals that closed connections leave beside a file."""
    for ending in _BESIDE:
        part = Path(f"{file}{ending}")
        if part.exists() and part.stat().st_size == 0:
            part.unlink()


def _set_aside(target: Path) -> Path | None:
    if not target.exists():
        return None
    kept = target.with_name(f"{target.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    for ending in ("", *_BESIDE):
        part = Path(f"{target}{ending}")
        if part.exists():
            part.replace(f"{kept}{ending}")
    return kept


def _file(environ: Mapping[str, str], instead: str) -> Path:
    parsed = make_url(database_url(environ))
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise ConfigError(
            [f"this command is for SQLite files, and DATABASE_URL names PostgreSQL: use its own `{instead}`"]
        )
    return Path(parsed.database)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _words(problem: OSError | sqlite3.Error) -> str:
    return (problem.strerror if isinstance(problem, OSError) else None) or str(problem)


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return COULD_NOT
