"""`python -m bot backup` and `restore`: whole and verified, or nothing at all."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest

from bot.__main__ import main
from storage.database import Database
from tests.storage.rows import KEY
from tests.test_audit_cli import Records


@pytest.fixture
def records(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Records:
    shutil.copy(migrated, tmp_path / "latchkey.db")
    records = Records(tmp_path)
    for name, value in records.environ.items():
        monkeypatch.setenv(name, value)
    return records


def rows(file: Path) -> list[tuple[object, ...]]:
    db = sqlite3.connect(file)
    found = db.execute("SELECT * FROM audit ORDER BY seq").fetchall()
    db.close()
    return found


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


def tamper(file: Path) -> None:
    db = sqlite3.connect(file, isolation_level=None)
    for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {trigger}")
    db.execute("UPDATE audit SET payload = replace(payload, 'door', 'wall') WHERE seq = 3")
    db.close()


def test_there_and_back(records: Records, capsys: pytest.CaptureFixture[str]) -> None:
    records.write(10)
    saved = records.folder / "saved.db"
    assert main(["backup", str(saved)]) == 0
    assert "verified" in capsys.readouterr().out
    assert saved.stat().st_mode & 0o777 == 0o600, "names of guests are in it"
    then = rows(records.file)
    records.write(5)
    later = rows(records.file)
    assert main(["restore", str(saved)]) == 0
    assert "--accept-rollback" in capsys.readouterr().out
    assert rows(records.file) == then == later[:10]
    (kept,) = (p for p in records.folder.glob("latchkey.db.before-*") if not p.name.endswith("-journal"))
    assert rows(kept) == later, "nothing is thrown away"
    assert not [name for name in names(records.folder) if "unfinished" in name]


async def test_a_running_bot_is_copied_and_not_replaced(records: Records) -> None:

    await asyncio.to_thread(records.write, 3)
    bot = Database(records.environ["DATABASE_URL"], KEY)
    try:
        saved = records.folder / "saved.db"
        assert await asyncio.to_thread(main, ["backup", str(saved)]) == 0
        before = rows(records.file)
        assert await asyncio.to_thread(main, ["restore", str(saved)]) == 1
        assert rows(records.file) == before
    finally:
        await bot.close()


def test_a_log_that_was_changed_makes_no_backup(records: Records, capsys: pytest.CaptureFixture[str]) -> None:
    records.write(5)
    tamper(records.file)
    there = names(records.folder)
    assert main(["backup", str(records.folder / "saved.db")]) == 1
    said = capsys.readouterr()
    assert "Row 3" in said.out
    assert "There is no backup" in said.err
    assert names(records.folder) == there


@pytest.mark.parametrize("harm", ["changed", "torn", "another key"])
def test_a_bad_backup_changes_nothing(records: Records, harm: str, capsys: pytest.CaptureFixture[str]) -> None:
    records.write(5)
    saved = records.folder / "saved.db"
    assert main(["backup", str(saved)]) == 0
    if harm == "changed":
        tamper(saved)
    elif harm == "torn":
        saved.write_bytes(saved.read_bytes()[:-5000])
    else:
        (records.folder / "audit.key").unlink()
    before, there = rows(records.file), names(records.folder) | {"audit.key"}
    assert main(["restore", str(saved)]) == 1
    assert capsys.readouterr().err
    assert rows(records.file) == before
    assert names(records.folder) - {"latchkey.db.lock"} == there - {"latchkey.db.lock"}


def test_no_file_is_overwritten_and_none_is_made_up(records: Records, capsys: pytest.CaptureFixture[str]) -> None:
    there = records.folder / "precious"
    there.write_text("precious")
    assert main(["backup", str(there)]) == 1
    assert there.read_text() == "precious"
    assert main(["restore", str(records.folder / "missing.db")]) == 1
    assert main(["backup", "/proc/nowhere/saved.db"]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_postgresql_has_its_own(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://u:hunter2@h/x")
    assert main(["backup", "x"]) == 1
    said = capsys.readouterr().err
    assert "pg_dump" in said
    assert "hunter2" not in said
