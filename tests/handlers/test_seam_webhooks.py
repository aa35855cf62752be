"""From Seam's webhook, signed and over HTTP, to what somebody reads in Slack."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import httpx

from bot.sandbox.clock import Clock
from bot.sandbox.seam import Latencies
from bot.sandbox.world import world
from tests.handlers.stage import START, Stage


async def test_the_guest_types_the_pin_and_the_host_reads_that_they_arrived(migrated: Path, tmp_path: Path) -> None:
    path = tmp_path / "latchkey.db"
    shutil.copy(migrated, path)
    async with world(
        clock=Clock(fixed_at=START),
        latencies=Latencies(command=0.01),
        database_url=f"sqlite:///{path}",
        schedule=False,
        webhooks=True,
    ) as w:
        s = Stage(w)
        await s.types("sam", "/guest-code Dana at Front Door today 10:00-12:00")
        await s.clicks("sam", "code.create")
        await s.later(minutes=5)
        pin = next(iter(w.seam.door("Front Door").loaded.values())).pin
        assert w.seam.enter_pin(s.device("Front Door"), pin).opened
        assert await w.deliver_webhooks() > 0
        await s.later(seconds=10)
        (told,) = [text for text in s.dm("sam") if "arrived" in text]
        assert "Dana arrived at Front Door: the code was used for the first time, 10:05, Berlin time." in told
        w.clock.turn(timedelta(minutes=1))
        w.seam.enter_pin(s.device("Front Door"), pin)
        await w.deliver_webhooks()
        await s.later(minutes=20)  # the list is read, too
        assert len([text for text in s.dm("sam") if "arrived" in text]) == 1
        used = [row for row in await s.audited() if row[0] == "door.used"]
        assert used == [("door.used", "note", "ok", "latchkey")] * 2
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=w.bot.web)) as http:
            assert (await http.post("https://bot.test/seam/webhooks", content=b"{}")).status_code == 401
