"""The bot anchors when it stops, and does not start on a database that is older than its anchors."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import running_bot
from bot.domain.errors import ConfigError
from bot.sandbox.world import world
from storage.anchor_file import AnchorFile
from tests.audit_chain import event


async def test_a_stop_anchors_and_an_old_backup_is_refused_until_accepted(tmp_path: Path) -> None:
    file, backup = tmp_path / "l.db", tmp_path / "backup.db"
    async with world(database_url=f"sqlite:///{tmp_path}/unused.db", schedule=False) as outer:
        settings = replace(
            outer.settings,
            database_url=f"sqlite:///{file}",
            audit_key_file=tmp_path / "audit.key",
            audit_anchors_file=tmp_path / "audit.anchors",
        )
        anchors = AnchorFile(settings.audit_anchors_file)

        async def live(count: int, *, accept: bool = False) -> None:
            async with running_bot(settings, now=outer.clock.now, schedule=False, accept_rollback=accept) as bot:
                for n in range(count):
                    await bot.db.write(lambda tx, n=n: tx.audit.record(event(n)))  # type: ignore[misc]

        await live(3)
        assert [a.seq for a in anchors.read()[0]] == [3]
        shutil.copy(file, backup)
        await live(2)
        shutil.copy(backup, file)
        with pytest.raises(ConfigError, match="older than the newest anchor"):
            await live(1)
        await live(1, accept=True)
        assert [(a.seq, a.rollback) for a in anchors.read()[0]] == [
            (3, False), (5, False), (3, True), (4, False), (5, False),
        ]  # fmt: skip
        await live(0)
