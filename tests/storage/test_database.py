"""The one lane that all writes take: groups, failures, cancellation, a sick database."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import event as hooks
from sqlalchemy.exc import IntegrityError, StatementError

from bot.domain.errors import StorageTrouble
from storage.database import Database, normalised
from storage.transaction import Transaction
from tests.storage.rows import KEY, NOON, SAM, chain_is_whole, event, record, requests_of, rows_of, task


class Commits:
    """Counts commits, and can hold the lane until all jobs of a group are waiting."""

    def __init__(self, db: Database) -> None:
        self.count = 0
        hooks.listen(db.engine, "commit", self._count)

    def _count(self, _connection: object) -> None:
        self.count += 1


async def held(db: Database) -> threading.Event:
    """Keep the lane busy until the event is set, so that what comes now is served as one group."""
    go, busy = threading.Event(), threading.Event()

    def hold(_tx: Transaction) -> None:
        busy.set()
        go.wait(10)

    holding = asyncio.ensure_future(db.read(hold))
    await asyncio.to_thread(busy.wait, 10)
    go.holding = holding  # type: ignore[attr-defined]  # kept, so that it is awaited by somebody
    return go


async def together(db: Database, *jobs: object) -> list[object]:
    """Hand the jobs in as one group and return their results or exceptions."""
    go = await held(db)
    writes = [asyncio.ensure_future(db.write(job)) for job in jobs]  # type: ignore[arg-type]
    await asyncio.sleep(0)
    go.set()
    await go.holding  # type: ignore[attr-defined]
    return list(await asyncio.gather(*writes, return_exceptions=True))


def append(name: str) -> object:
    return lambda tx: tx.audit.record(event(name))


async def test_writes_that_wait_together_are_one_commit(db: Database) -> None:
    commits = Commits(db)
    await together(db, *(append(f"r{n}") for n in range(50)))
    assert commits.count == 1
    assert await requests_of(db) == [f"r{n}" for n in range(50)]


async def test_a_job_that_fails_undoes_only_itself_and_the_chain_stays_whole(db: Database) -> None:
    def half(tx: Transaction) -> None:
        tx.audit.record(event("half"))
        raise KeyError("a bug")

    first, failed, last = await together(db, append("first"), half, append("last"))
    assert isinstance(first, str)
    assert isinstance(last, str)
    assert isinstance(failed, KeyError)
    assert await requests_of(db) == ["first", "last"]
    assert chain_is_whole(await rows_of(db))


async def test_a_broken_rule_is_its_own_jobs_failure(db: Database) -> None:
    def twice(tx: Transaction) -> None:
        for _ in range(2):
            tx.drafts.keep("same", SAM, {}, NOON)

    first, failed, last = await together(db, append("first"), twice, append("last"))
    assert isinstance(failed, IntegrityError)
    assert isinstance(first, str)
    assert isinstance(last, str)
    assert await requests_of(db) == ["first", "last"]


async def test_a_value_that_cannot_be_stored_is_its_own_jobs_failure(db: Database) -> None:
    naive = datetime(2026, 12, 1, 12, 0)
    first, failed, last = await together(
        db, append("first"), lambda tx: tx.drafts.keep("d", SAM, {}, naive), append("last")
    )
    assert isinstance(failed, StatementError)
    assert not isinstance(failed, StorageTrouble)
    assert isinstance(first, str)
    assert isinstance(last, str)


async def test_when_the_database_breaks_every_job_of_the_group_is_refused_and_nothing_stays(db: Database) -> None:
    def broken(tx: Transaction) -> None:
        tx.audit._connection.exec_driver_sql("INSERT INTO there_is_no_such_table VALUES (1)")

    results = await together(db, append("first"), broken, append("last"))
    assert all(isinstance(r, StorageTrouble) for r in results)
    assert await rows_of(db) == []
    await db.write(record)
    assert chain_is_whole(await rows_of(db))


async def test_whoever_stops_waiting_does_not_stop_the_write(db: Database) -> None:
    go = await held(db)
    waiting = asyncio.ensure_future(db.write(append("kept")))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    waiting.cancel()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await go.holding  # type: ignore[attr-defined]
    await db.write(lambda tx: None)  # a read would be served before the write that nobody waits for
    assert await requests_of(db) == ["kept"]


async def test_a_write_is_on_disk_when_it_is_answered(db: Database, path: Path) -> None:
    await db.write(record)
    other = sqlite3.connect(path)
    assert other.execute("SELECT count(*) FROM audit").fetchone() == (1,)
    other.close()


async def test_a_reader_never_takes_the_write_lock(db: Database, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert await rows_of(db) == []
    other.execute("ROLLBACK")
    other.close()


async def test_a_reader_cannot_write_by_mistake(db: Database) -> None:
    await db.read(record)
    assert await rows_of(db) == []


async def test_after_close_it_refuses_instead_of_waiting_for_ever(path: Path) -> None:
    db = Database(f"sqlite:///{path}", KEY)
    await db.write(record)
    await db.close()
    with pytest.raises(StorageTrouble):
        await asyncio.wait_for(db.write(record), 5)


async def test_close_finishes_what_was_handed_in(path: Path) -> None:
    db = Database(f"sqlite:///{path}", KEY)
    writes = [asyncio.ensure_future(db.write(append(f"r{n}"))) for n in range(20)]  # type: ignore[arg-type]
    await asyncio.sleep(0)
    await db.close()
    await asyncio.gather(*writes)
    again = Database(f"sqlite:///{path}", KEY)
    assert len(await rows_of(again)) == 20
    await again.close()


def delete(path: Path) -> None:
    path.unlink()


def list_of(path: Path) -> list[Path]:
    return list(path.parent.glob(path.name))


def replace(path: Path, by: Path) -> None:
    other = path.with_name("other.db")
    other.write_bytes(by.read_bytes())
    other.replace(path)


async def test_a_deleted_file_is_noticed_and_no_empty_one_takes_its_place(db: Database, path: Path) -> None:
    await db.write(record)
    delete(path)
    for _ in range(3):
        with pytest.raises(StorageTrouble):
            await db.write(record)
    assert not list_of(path)


async def test_a_replaced_file_is_noticed(db: Database, path: Path, migrated: Path) -> None:
    await db.write(record)
    replace(path, migrated)
    with pytest.raises(StorageTrouble):
        await db.write(record)


async def test_a_lock_held_too_long_is_refused_and_the_next_write_works(db: Database, path: Path) -> None:
    await db.write(lambda tx: tx.audit._connection.exec_driver_sql("PRAGMA busy_timeout = 20").close())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageTrouble):
        await db.write(record)
    other.execute("ROLLBACK")
    other.close()
    await db.write(record)
    assert len(await rows_of(db)) == 1


async def test_durable_settings_are_in_force(db: Database) -> None:
    def pragma(name: str) -> object:
        return lambda tx: tx.audit._connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    values = {n: await db.read(pragma(n)) for n in ("synchronous", "foreign_keys", "secure_delete")}  # type: ignore[arg-type]
    assert values == {"synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    journal = await db.read(pragma("journal_mode"))  # type: ignore[arg-type]
    assert journal == ("wal" if sqlite3.sqlite_version_info >= (3, 51, 3) else "truncate")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:///x.db", "sqlite:///x.db"),
    ],
)
def test_a_database_url_is_read_as_people_write_it(given: str, used: str) -> None:
    assert normalised(given) == used


async def test_a_task_can_be_planned_once(db: Database) -> None:
    assert await db.write(lambda tx: tx.tasks.plan(task("k")))
    assert not await db.write(lambda tx: tx.tasks.plan(task("k")))
