"""After the story at DEBUG: no PIN and no token in the logs, the database or the export."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from bot.audit_export import as_record
from bot.sandbox import story
from bot.sandbox.world import BOT_TOKEN, SIGNING_SECRET, world
from handlers.json_types import list_at, text_at


async def test_no_pin_and_no_token_anywhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    for ours in ("", "bot", "handlers", "storage"):
        caplog.set_level(logging.DEBUG, logger=ours)
    file = tmp_path / "l.db"
    async with world(database_url=f"sqlite:///{file}", schedule=False) as w:
        await story._unlock(w)
        await story._guest_code(w)
        modal = w.slack.screen("sam").modal
        assert modal is not None
        pin = text_at(list_at(modal.content, "blocks")[0], "text", "text")
        rows = await w.bot.db.read(lambda tx: tx.audit.after(0))
        key = w.seam.api_key
    exported = json.dumps([as_record(row) for row in rows], default=str)
    # What our own code logs; the virtual Seam and the loop's own debug lines are the other end of the wire.
    logged = "\n".join(
        f"{r.getMessage()} {r.__dict__}"
        for r in caplog.records
        if r.name.startswith(("bot.", "handlers", "storage", "latchkey")) and "sandbox" not in r.name
    )
    held = file.read_bytes().decode("latin-1")
    assert pin.isdigit()
    for secret in (BOT_TOKEN, SIGNING_SECRET, key):
        assert secret not in held + exported + logged
    for place in (held, logged):
        assert f'"{pin}"' not in place
        assert f" {pin} " not in place
    assert f'"{pin}"' not in exported
