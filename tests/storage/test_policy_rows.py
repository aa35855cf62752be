"""Versions of the rules: only ever added, one winner for each number, whoever comes at the same time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from bot.domain.model import PersonRef
from storage.database import Database, normalised
from storage.migrate import upgrade
from storage.transaction import Transaction
from tests.storage.rows import KEY, NOON, SAM

ROOT = Path(__file__).parents[2]
VERSIONS = 30
RACE = """
import asyncio, sys
from bot.domain.model import PersonRef
from storage.database import Database
from tests.storage.rows import KEY, NOON

async def main(url, name):
    db = Database(url, KEY, lock=False)
    me = PersonRef(team_id="T1", user_id=name)
    won = 0
    for version in range(1, int(sys.argv[3]) + 1):
        for _ in range(3):
            won += await db.write(lambda tx: tx.policy.save(version, {"by": name}, editor=me, changed=["r"], at=NOON))
    print(won)
    await db.close()

asyncio.run(main(sys.argv[1], sys.argv[2]))
"""


def save(version: int, by: PersonRef = SAM, *changed: str) -> Callable[[Transaction], bool]:
    def run(tx: Transaction) -> bool:
        return tx.policy.save(version, {"version": version}, editor=by, changed=changed, at=NOON)

    return run


async def test_nothing_was_saved_at_first(db: Database) -> None:
    assert await db.read(lambda tx: tx.policy.version()) == 0
    assert await db.read(lambda tx: tx.policy.content(0)) is None
    assert await db.read(lambda tx: tx.policy.editors()) == {}


async def test_a_version_is_saved_once_and_can_be_read_again(db: Database) -> None:
    assert await db.write(save(1, SAM, "r"))
    other = PersonRef(team_id="T1", user_id="U_OTHER")
    assert not await db.write(save(1, other, "r"))
    assert await db.read(lambda tx: tx.policy.content(1)) == {"version": 1}
    assert await db.read(lambda tx: tx.policy.editors()) == {"r": SAM}  # the loser is no editor
    assert await db.write(save(2, other, "r", "s"))
    assert await db.read(lambda tx: tx.policy.editors()) == {"r": other, "s": other}
    assert await db.read(lambda tx: tx.policy.version()) == 2


@pytest.mark.parametrize("statement", ["UPDATE policy_versions SET content = '{}'", "DELETE FROM policy_versions"])
async def test_the_database_itself_refuses_to_change_a_version(path: Path, statement: str) -> None:
    db = Database(f"sqlite:///{path}", KEY)
    await db.write(save(1))
    await db.close()
    engine = create_engine(f"sqlite:///{path}")
    with pytest.raises(DatabaseError, match="only ever added"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


async def race(url: str) -> None:
    """Two processes that save the same versions: each number has one winner, and its editor is the winner."""

    def start(name: str) -> subprocess.Popen[str]:
        arguments = [sys.executable, "-c", RACE, url, name, str(VERSIONS)]
        return subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    with start("U_ONE") as one, start("U_TWO") as two:
        said = await asyncio.gather(*(asyncio.to_thread(p.communicate, timeout=90) for p in (one, two)))
    assert (one.returncode, two.returncode) == (0, 0)
    assert sum(int(out) for out, _ in said) == VERSIONS
    db = Database(url, KEY, lock=False)
    assert await db.read(lambda tx: tx.policy.version()) == VERSIONS
    last = await db.read(lambda tx: tx.policy.content(VERSIONS))
    editors = await db.read(lambda tx: tx.policy.editors())
    await db.close()
    assert last is not None
    assert editors["r"].user_id == last["by"]


async def test_two_processes_save_each_version_once(path: Path) -> None:
    await race(f"sqlite:///{path}")


async def test_two_processes_save_each_version_once_on_postgresql(postgres_url: str) -> None:
    await asyncio.to_thread(upgrade, postgres_url)
    await race(normalised(postgres_url))
