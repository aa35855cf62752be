"""Texts for the door log, each row of past.jsonl reasoned in its note."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.when import Reading, read_past

ROWS = [json.loads(line) for line in Path(__file__).with_name("past.jsonl").read_text("utf-8").splitlines()]


def test_there_are_sixty_reasoned_rows() -> None:
    assert len(ROWS) >= 60
    assert all(row["note"] for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[f"{r['lang']} {r['text']} {r['locale']} {r['now'][:10]}" for r in ROWS])
def test_row(row: dict[str, Any]) -> None:
    now = datetime.fromisoformat(row["now"])
    found = read_past(row["text"], now=now, tz=ZoneInfo(row["tz"]), locale=row["locale"], lang=row["lang"])
    if "error" in row:
        assert not isinstance(found, Reading)
        assert found.code == row["error"]
        return
    assert isinstance(found, Reading)
    assert f"{found.starts_at:%Y-%m-%dT%H:%M}" == row["start"]
    assert found.ends_at is not None
    assert f"{found.ends_at:%Y-%m-%dT%H:%M}" == row["end"]
