"""Two hundred commands at once on SQLite: all acked and answered, none lost or done twice, no lock contention.

How fast the acks are is measured in benchmarks/many_bench.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import timedelta

import pytest

from bot.sandbox.seam import EffectKind, Latencies, many_doors
from bot.sandbox.world import world

COMMANDS = 200


async def test_two_hundred_commands_at_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with world(doors=many_doors(COMMANDS), latencies=Latencies(command=0.0)) as w:
        w.seam.limits.enabled = False
        names = [lock.name for lock in w.seam.locks.values()]
        outcomes = await asyncio.gather(*(w.slack.command("sam", "general", f"/unlock {name}") for name in names))
        assert [o for o in outcomes if not o.ok] == [], "Slack shows a failure after three seconds"
        await w.bot.handlers.desk.drain(60)
        w.clock.turn(timedelta(minutes=2))  # an answer that did not get through at once is told by the outbox
        await w.settle()

        opened = Counter(e.device_id for e in w.seam.truth.of(EffectKind.UNLOCKED))
        assert len(opened) == COMMANDS
        assert set(opened.values()) == {1}
        said = "\n".join(m.rendered for c in w.slack.screen("sam").channels for m in c.messages)
        assert [name for name in names if f"{name} is unlocked" not in said] == []
        rows = await w.bot.db.read(lambda tx: tx.audit.after(0, limit=10_000))
        kinds = Counter((r.content["action"], r.content["phase"], r.content["outcome"]) for r in rows)
        assert kinds == {("door.unlock", "intent", None): COMMANDS, ("door.unlock", "outcome", "ok"): COMMANDS}
    assert not [r for r in caplog.records if r.getMessage().startswith("storage.")]
