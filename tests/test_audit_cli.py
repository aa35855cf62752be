"""The audit log from the command line: verify, search, erase, rotate the key; and a start on an old backup."""

from __future__ import annotations

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.audit_keys import audit_keys_from
from bot.domain.audit_anchors import make_anchor
from storage.anchor_file import AnchorFile
from storage.audit_rows import AuditKey
from storage.audit_search import AuditQuery
from storage.database import Database
from tests.audit_chain import NOON, event


class Records:
    """A database with its key and anchors in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {
            "DATABASE_URL": f"sqlite:///{folder}/latchkey.db",
            "LATCHKEY_AUDIT_KEY_FILE": f"{folder}/audit.key",
            "LATCHKEY_AUDIT_ANCHORS_FILE": f"{folder}/audit.anchors",
        }
        self.file = folder / "latchkey.db"
        self.anchors = AnchorFile(folder / "audit.anchors")

    def write(self, count: int, **more: object) -> None:
        async def run() -> None:
            key = AuditKey.of(*audit_keys_from(self.environ))
            db = Database(self.environ["DATABASE_URL"], key)
            for n in range(count):
                await db.write(lambda tx, n=n: tx.audit.record(event(n, **more)))  # type: ignore[misc]
            end = await db.read(lambda tx: tx.audit.end())
            self.anchors.add(make_anchor(*end[:2], NOON, end[2], key.secret))
            await db.close()

        asyncio.run(run())


@pytest.fixture
def records(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Records:
    shutil.copy(migrated, tmp_path / "latchkey.db")
    records = Records(tmp_path)
    for name, value in records.environ.items():
        monkeypatch.setenv(name, value)
    return records


def test_a_whole_log_verifies(records: Records, capsys: pytest.CaptureFixture[str]) -> None:
    records.write(30)
    assert main(["audit", "verify"]) == 0
    assert "30 rows, 1 anchors" in capsys.readouterr().out
    assert main(["audit", "verify", "--since", "30"]) == 0


def test_a_restored_backup_contradicts_the_anchor(records: Records, capsys: pytest.CaptureFixture[str]) -> None:
    records.write(10)
    shutil.copy(records.file, records.folder / "backup.db")
    records.write(10)
    shutil.copy(records.folder / "backup.db", records.file)
    assert main(["audit", "verify"]) == 3
    assert capsys.readouterr().out.startswith("Row 11: cut off.")


def test_another_key_cannot_verify(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    records.write(3)
    monkeypatch.setenv("LATCHKEY_AUDIT_KEY_FILE", str(records.folder / "other.key"))
    records.anchors.path.unlink()
    assert main(["audit", "verify"]) == 2


def test_anchors_that_are_not_there_are_said(records: Records) -> None:
    records.write(3)
    assert main(["audit", "verify", "--anchors", str(records.folder / "nowhere")]) == 4


def test_a_new_key_is_signed_by_the_old_one(records: Records, capsys: pytest.CaptureFixture[str]) -> None:
    records.write(5)
    assert main(["audit", "rotate-key"]) == 0
    records.write(5)
    assert main(["audit", "verify"]) == 0
    assert "11 rows, 2 anchors" in capsys.readouterr().out


def test_search_by_door_person_and_outcome(records: Records, capsys: pytest.CaptureFixture[str]) -> None:
    records.write(9)
    capsys.readouterr()
    assert main(["audit", "search", "--door", "door1", "--person", "U_SAM", "--outcome", "ok"]) == 0
    assert capsys.readouterr().out.count("door1") == 3
    assert main(["audit", "search", "--person", "U_NOBODY"]) == 0
    assert "Nothing happened" in capsys.readouterr().out


async def test_the_next_page_begins_where_the_last_one_ended(records: Records) -> None:
    key = AuditKey.of(*audit_keys_from(records.environ))
    db = Database(records.environ["DATABASE_URL"], key)
    for n in range(30):
        await db.write(lambda tx, n=n: tx.audit.record(event(n // 4)))  # type: ignore[misc]
    seen: list[int] = []
    place = (NOON + timedelta(seconds=5), 0)
    while page := await db.read(
        lambda tx, place=place: tx.log.page(  # type: ignore[misc]
            AuditQuery(user_id="U_SAM", since=NOON + timedelta(seconds=2), before=place, limit=3)
        )
    ):
        seen += [row.seq for row in page]
        place = (page[-1].at, page[-1].seq)
    await db.close()
    assert seen == list(range(20, 8, -1))


def test_an_erased_name_is_nowhere_and_the_chain_verifies(records: Records, capsys: pytest.CaptureFixture[str]) -> None:
    records.write(5, personal={"guest": "Zebulon Quix", "note": "plumber of the Quix family"})
    assert b"Zebulon" in records.file.read_bytes()
    assert main(["audit", "erase", "--guest", "Zebulon Quix"]) == 0
    assert b"Quix" not in records.file.read_bytes()
    assert main(["audit", "verify"]) == 0
    capsys.readouterr()
    assert main(["audit", "export"]) == 0
    exported = capsys.readouterr().out
    assert "Quix" not in exported
    assert exported.count('"door.unlock"') == 5


def test_what_is_old_is_erased_and_what_is_new_is_kept(records: Records) -> None:
    records.write(3, personal={"guest": "Old Oleander"})
    records.write(3, personal={"guest": "New Nasturtium"}, at=NOON + timedelta(days=30))
    assert main(["audit", "erase", "--before", "2026-12-15"]) == 0
    held = records.file.read_bytes()
    assert b"Oleander" not in held
    assert b"Nasturtium" in held
    assert main(["audit", "verify"]) == 0
