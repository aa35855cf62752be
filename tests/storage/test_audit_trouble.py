"""A database that cannot be written: nothing is recorded, whoever asked is told, and it heals by itself."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.domain.audit_verify import Verifier
from bot.domain.errors import StorageTrouble
from storage.audit_rows import AuditKey
from storage.database import Database
from tests.audit_chain import event

KEY = AuditKey.of(b"k" * 32)


@pytest.fixture
async def db(tmp_path: Path, migrated: Path) -> AsyncIterator[Database]:
    shutil.copy(migrated, tmp_path / "l.db")
    opened = Database(f"sqlite:///{tmp_path}/l.db", KEY)
    yield opened
    await opened.close()


def pragma(db: Database, words: str) -> None:
    with db.engine.connect() as connection:
        connection.connection.cursor().execute(f"PRAGMA {words}")


def full(db: Database) -> None:
    pragma(db, "max_page_count = 1")  # SQLite then says "database or disk is full"


def read_only(db: Database) -> None:
    pragma(db, "query_only = ON")


async def fill(db: Database) -> None:
    for n in range(50):
        await db.write(lambda tx, n=n: tx.audit.record(event(n, detail={"x": "y" * 9000})))  # type: ignore[misc]


@pytest.mark.parametrize(
    ("breaks", "heals"),
    [(full, "max_page_count = 1000000"), (read_only, "query_only = OFF")],
    ids=["full", "read-only"],
)
async def test_full_or_read_only(db: Database, breaks: Callable[[Database], None], heals: str) -> None:
    await db.write(lambda tx: tx.audit.record(event(1)))
    breaks(db)
    with pytest.raises(StorageTrouble, match="I did nothing"):
        await fill(db)
    pragma(db, heals)
    await db.write(lambda tx: tx.audit.record(event(2)))
    await whole(db)


async def test_locked_by_somebody_else(db: Database, tmp_path: Path) -> None:
    await db.write(lambda tx: tx.audit.record(event(1)))
    pragma(db, "busy_timeout = 1")
    other = sqlite3.connect(tmp_path / "l.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageTrouble, match="I did nothing"):
        await db.write(lambda tx: tx.audit.record(event(2)))
    other.execute("ROLLBACK")
    other.close()
    await db.write(lambda tx: tx.audit.record(event(3)))
    await whole(db)


async def whole(db: Database) -> None:
    verifier = Verifier(KEY.all, [])
    for row in await db.read(lambda tx: tx.audit.stored_after(0)):
        assert verifier.feed(row) is None
    assert verifier.finish() is None
