"""An approval against counterparts nobody here wrote: rules from a file, a card in a channel, two people, a lock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.counterparts import ALICE, BOB, GENERAL
from tests.e2e.stage import OFFICE, Stage, until

pytestmark = pytest.mark.counterpart

RULES = f"""
version = 0

[[rule]]
id = "office"
name = "The office asks Bob"
outcome = "ask"
everything = true
who = ["everyone"]
approvers = ["{BOB}"]
channel = "{GENERAL}"
"""


async def _with_rules(stage: Stage, folder: Path) -> None:
    file = folder / "rules.toml"
    file.write_text(RULES)
    said = await stage.bot.command("policy", "apply", str(file), "--yes")
    assert "The office asks Bob" in said


async def test_asked_approved_opened_and_told(stage: Stage, tmp_path: Path) -> None:
    await _with_rules(stage, tmp_path)
    await stage.type(ALICE, "/unlock office lock")
    card = await stage.said("asks to open")
    assert await stage.seam.locked(OFFICE) is True

    await stage.slack.click(ALICE, GENERAL, card, "request.approve")
    await until(lambda: _row(stage, "request.barred"), "Alice's own click in the audit log")
    assert await stage.seam.locked(OFFICE) is True, "Alice approved her own request"

    await stage.slack.click(BOB, GENERAL, card, "request.approve")
    await stage.said("Approved by")
    assert await stage.seam.locked(OFFICE) is False
    told = await stage.said("Office Lock is open now", await stage.dm(ALICE))
    assert BOB in json.dumps(told)
    rewritten = await stage.said("the door is open")
    assert rewritten["ts"] == card["ts"]
    assert "request.approve" not in json.dumps(rewritten["blocks"])
    approved = await until(lambda: _row(stage, "request.approved"), "the approval in the audit log")
    assert approved["actor"] == BOB


async def test_the_one_who_asked_can_call_it_off(stage: Stage, tmp_path: Path) -> None:
    await _with_rules(stage, tmp_path)
    await stage.type(ALICE, "/lock office lock")
    await stage.said("asks to lock")
    channel = await stage.dm(ALICE)
    mine = await stage.said("waiting for a decision", channel)
    await stage.slack.click(ALICE, channel, mine, "request.cancel")
    await stage.said("Cancelled")
    assert await until(lambda: _row(stage, "request.cancelled"), "the cancelling in the audit log")


async def _row(stage: Stage, action: str) -> dict[str, object] | None:
    return next((r for r in await stage.bot.audit() if r["action"] == action), None)
