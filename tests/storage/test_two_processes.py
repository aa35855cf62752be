"""One process owns a file; and if two append all the same, the chain does not fork."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from bot.domain.errors import BotError
from storage.database import Database
from storage.file_lock import DatabaseInUse
from tests.storage.rows import KEY, chain_is_whole, record, rows_of

APPEND = """
import asyncio, sys
from storage.database import Database
from tests.storage.rows import KEY, record

async def main(url, lock):
    db = Database(url, KEY, lock=lock)
    for _ in range(40):
        await db.write(record)
    await db.close()

asyncio.run(main(sys.argv[1], sys.argv[2] == "lock"))
"""
ROOT = Path(__file__).parents[2]


def start(path: Path, *, lock: bool) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", APPEND, f"sqlite:///{path}", "lock" if lock else "free"]
    return subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.PIPE, text=True)


async def test_a_second_process_is_refused_in_words(path: Path) -> None:
    db = Database(f"sqlite:///{path}", KEY)
    with start(path, lock=True) as second:
        _, said = await asyncio.to_thread(second.communicate, timeout=60)
    assert second.returncode != 0
    assert f"Another Latchkey process is using {path}" in said
    await db.close()


async def test_in_one_process_too_and_once_released_it_is_free(path: Path) -> None:
    db = Database(f"sqlite:///{path}", KEY)
    with pytest.raises(DatabaseInUse) as refused:
        Database(f"sqlite:///{path}", KEY)
    assert isinstance(refused.value, BotError)
    assert "set DATABASE_URL" in str(refused.value)
    await db.close()
    await Database(f"sqlite:///{path}", KEY).close()


async def test_two_processes_that_append_to_one_file_make_one_chain(path: Path) -> None:
    with start(path, lock=False) as one, start(path, lock=False) as two:
        await asyncio.gather(*(asyncio.to_thread(p.communicate, timeout=60) for p in (one, two)))
    assert (one.returncode, two.returncode) == (0, 0)
    db = Database(f"sqlite:///{path}", KEY)
    await db.write(record)
    rows = await rows_of(db)
    assert len(rows) == 81
    assert chain_is_whole(rows)
    await db.close()
