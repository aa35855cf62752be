"""Bots in processes of their own, on a clock that all of them and the fakes share: `python -m tests.chaos.bots`.

One JSON object a line on standard input starts a bot; it prints a line when it takes requests. SIGUSR2: it prints a
line when it has nothing in hand and nothing due. The clock is the machine's plus what the 8 bytes of a shared file
say, so that a turn reaches every process at once.
"""

from __future__ import annotations

import asyncio
import json
import mmap
import os
import signal
import struct
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import running_bot
from bot.domain import when
from bot.domain.errors import StorageTrouble
from bot.sandbox.serving import serve
from bot.secret import Secret
from tests.crash.bot_process import PATIENCE, settings


class SharedClock:
    """`now()` for a bot; the world turns it."""

    def __init__(self, path: str) -> None:
        with open(path, "r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8)

    @property
    def turned(self) -> timedelta:
        return timedelta(microseconds=struct.unpack("q", self._map[:8])[0])

    def turn_to(self, turned: timedelta) -> None:
        self._map[:8] = struct.pack("q", turned // timedelta(microseconds=1))

    def now(self) -> datetime:
        return datetime.now(UTC) + self.turned


async def run(order: dict[str, str]) -> None:
    clock = SharedClock(order["clock"])
    chosen = replace(
        settings({**order, "database": order["folder"] + "/none"}),
        database_url=order["database"],
        audit_key=Secret(order["audit_key"]),
        audit_anchors_file=Path(order["folder"]) / "audit.anchors",
        approvals_channel=order["channel"],
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    async with running_bot(chosen, now=clock.now, schedule=False) as bot:
        one_at_a_time = asyncio.Lock()

        async def due() -> None:
            async with one_at_a_time:
                try:
                    while await bot.scheduler.run_due():
                        pass
                except StorageTrouble:
                    await asyncio.sleep(0.2)

        async def look() -> None:
            while True:
                await due()
                await asyncio.sleep(0.05)

        async def rest() -> None:
            await bot.handlers.desk.drain(PATIENCE)
            await due()
            print(json.dumps({"rests": os.getpid()}), flush=True)  # noqa: T201 - it is how we talk

        jobs = {asyncio.create_task(look())}
        loop.add_signal_handler(signal.SIGUSR2, lambda: jobs.add(asyncio.create_task(rest())))
        async with serve(bot.web, port=int(order["port"])):
            print(json.dumps({"ready": os.getpid()}), flush=True)  # noqa: T201 - it is how we talk
            await stop.wait()


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended; the test watches them itself
    when.warm_up()
    for line in sys.stdin:
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            asyncio.run(run(json.loads(line)))
            os._exit(0)


if __name__ == "__main__":
    main()
