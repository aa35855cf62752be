"""The connection to the database: one lane in which every write waits its turn, committed in groups.

A lane is a thread with one connection. Writers hand it a function and await its result; the lane runs all waiting
functions inside one transaction (each in its own savepoint, so that one that fails undoes only itself) and answers
after the commit. That makes a write durable before anybody acts on it, at a fraction of the cost of a commit each
(perf.md 2.1), and no two writers of this process can ever lock each other out.

On SQLite the reads take the same lane, before the writes: one connection is then the only one on the file, which is
what keeps the WAL-reset fault and reader-blocks-writer stalls away (docs/decisions/0003). On PostgreSQL reads have
lanes of their own.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from bot.domain.errors import StorageTrouble
from storage.audit_rows import AuditKey
from storage.file_lock import DatabaseUnusable, FileLock
from storage.file_watch import FileWatch
from storage.transaction import Transaction

log = logging.getLogger(__name__)

T = TypeVar("T")

BUSY_TIMEOUT_MS = 5_000  # reliability.md F35
WAL_IS_SOUND_FROM = (3, 51, 3)  # the WAL-reset fault is in 3.7.0 to 3.51.2 (reliability.md section 0, point 8)
MOST_IN_ONE_COMMIT = 256
READ_LANES = 4  # PostgreSQL only


@dataclass(slots=True, kw_only=True)
class _Job:
    """`work` runs inside the transaction; `succeed` or `fail` answers after its end, `fail` at most once."""

    work: Callable[[Transaction], None]
    succeed: Callable[[], None]
    fail: Callable[[BaseException], None]
    writes: bool


class Database:
    """Every read and write goes through here, in domain terms (`Transaction`).

    `read` and `write` raise `StorageTrouble` when the database cannot do it (full, locked, read-only, gone): the
    caller must then do nothing to the world. Any exception of the function itself comes back as it is, and undoes
    what the function wrote. After `StorageTrouble` on a write, the write may in rare cases still be there
    (a commit whose answer was lost); whoever repeats it must find it by its key.
    """

    def __init__(self, url: str, audit_key: AuditKey, *, lock: bool = True) -> None:
        """Open `url` (an SQLAlchemy URL; `postgres://` is accepted). With `lock`, an SQLite file is taken for this
        process alone; raises `DatabaseInUse` if another process has it."""
        self.url = normalised(url)
        self._audit_key = audit_key
        self._file_lock = FileLock.beside(self.url) if lock else None
        self.is_sqlite = make_url(self.url).get_backend_name() == "sqlite"
        self.engine = open_engine(self.url)
        watch = FileWatch(self.url)
        self._lanes = [_Lane(self.engine, audit_key, "db-writer", watch)]
        self._readers: list[_Lane] = (
            []
            if self.is_sqlite
            else [_Lane(self.engine, audit_key, f"db-reader-{n}", watch) for n in range(READ_LANES)]
        )
        self._next_reader = 0

    async def write(self, run: Callable[[Transaction], T]) -> T:
        """Run `run` in a transaction; returns its result once that is on disk."""
        return await self._lanes[0].submit(run, writes=True)

    async def read(self, run: Callable[[Transaction], T]) -> T:
        """Run `run`, which must only read, and return its result."""
        if not self._readers:
            return await self._lanes[0].submit(run, writes=False)
        self._next_reader = (self._next_reader + 1) % len(self._readers)
        return await self._readers[self._next_reader].submit(run, writes=False)

    async def close(self) -> None:
        """Finish what was handed in, then let go of the file or the connections."""
        for lane in (*self._lanes, *self._readers):
            await asyncio.to_thread(lane.stop)
        self.engine.dispose()
        if self._file_lock:
            self._file_lock.release()


class _Lane:
    def __init__(self, engine: Engine, audit_key: AuditKey, name: str, watch: FileWatch) -> None:
        self._engine, self._audit_key, self._watch = engine, audit_key, watch
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def submit(self, run: Callable[[Transaction], T], *, writes: bool) -> T:
        if self._closed:
            raise StorageTrouble
        answer: Future[T] = Future()
        results: list[T] = []

        def fail(error: BaseException) -> None:
            if not answer.done():
                answer.set_exception(error)

        self._jobs.put(
            _Job(
                work=lambda tx: results.append(run(tx)),
                succeed=lambda: answer.set_result(results[-1]),
                fail=fail,
                writes=writes,
            )
        )
        # Shielded: whoever waits may be cancelled, what was handed in is still carried out (reliability.md F45).
        return await asyncio.shield(asyncio.wrap_future(answer))

    def stop(self) -> None:
        self._closed = True
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()

    def _work(self) -> None:
        connection: Connection | None = None
        while True:
            jobs, stopping = self._take()
            try:
                self._watch.check()
                if connection is None or connection.closed:
                    connection = self._engine.connect()
                self._serve([j for j in jobs if not j.writes], connection, commit=False)
                self._serve([j for j in jobs if j.writes], connection, commit=True)
            except Exception as problem:  # noqa: BLE001 - the lane must outlive anything, and answers with it
                log.warning("storage.trouble", extra={"error": type(problem).__name__})
                self._drop(connection)
                connection = None
                for job in jobs:
                    job.fail(StorageTrouble())
            if stopping:
                if connection is not None:
                    connection.close()
                return

    def _take(self) -> tuple[list[_Job], bool]:
        first = self._jobs.get()
        if first is None:
            return [], True
        jobs = [first]
        while len(jobs) < MOST_IN_ONE_COMMIT:
            try:
                more = self._jobs.get_nowait()
            except queue.Empty:
                break
            if more is None:
                return jobs, True
            jobs.append(more)
        return jobs, False

    def _serve(self, jobs: list[_Job], connection: Connection, *, commit: bool) -> None:
        """Run the jobs in one transaction and answer them after its end. Raises whatever the database raises."""
        if not jobs:
            return
        failures: dict[int, Exception] = {}
        connection.execution_options(latchkey_reading=not commit)
        with connection.begin() as outer:
            tx = Transaction(connection, self._audit_key)
            for n, job in enumerate(jobs):
                savepoint = connection.begin_nested() if commit else None
                head = tx.audit.head
                try:
                    job.work(tx)
                    if savepoint:
                        savepoint.commit()
                except Exception as error:
                    if _is_everybodys(error):
                        raise
                    if savepoint:
                        savepoint.rollback()
                    tx.audit.head = head
                    failures[n] = error
            if not commit:
                outer.rollback()
        for n, job in enumerate(jobs):
            if n in failures:
                job.fail(failures[n])
            else:
                job.succeed()

    def _drop(self, connection: Connection | None) -> None:
        if connection is not None:
            try:
                connection.invalidate()
                connection.close()
            except SQLAlchemyError:
                log.warning("storage.connection_not_closed")


def _is_everybodys(error: Exception) -> bool:
    """Whether the database itself is broken. A broken rule (a duplicate key), a value that does not fit, and a bug are
    the failure of their own job alone."""
    return isinstance(error, DBAPIError) and not isinstance(error, (IntegrityError, DataError))


def normalised(url: str) -> str:
    """The URL as SQLAlchemy wants it: `postgres://` and `postgresql://` mean the psycopg driver here."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def open_engine(url: str) -> Engine:
    """An engine with the settings that make a commit durable (reliability.md D9). Does not connect yet.

    Raises `DatabaseUnusable` where an SQLite file's folder cannot be made.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=READ_LANES + 2)
    if parsed.database and parsed.database != ":memory:":
        try:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise DatabaseUnusable(url, problem) from None
    engine = create_engine(
        url, poolclass=StaticPool, connect_args={"check_same_thread": False, "isolation_level": None, "timeout": 5}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    # The driver's own BEGIN is deferred: two writers that both read first then cannot both go on (perf.md, D9).
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("latchkey_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    journal = "WAL" if sqlite3.sqlite_version_info >= WAL_IS_SOUND_FROM else "TRUNCATE"
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        f"journal_mode = {journal}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",  # an erased name must not stay readable in free pages
    ):
        connection.execute(f"PRAGMA {pragma}")
