"""What a crash test sees from outside: virtual Seam and Slack in this process, and a bot in another that is killed."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.audit_export import as_record
from bot.sandbox.clock import Clock
from bot.sandbox.seam import Latencies, VirtualLock, VirtualSeam
from bot.sandbox.serving import serve
from bot.sandbox.slack import SeenMessage, VirtualSlack
from storage.audit_rows import AuditKey
from storage.database import Database
from tests.crash.bot_process import HALF_A_MINUTE

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0  # seconds for things that take a fraction of one when the machine is not busy


class Zygote:
    """The process that forks bots. One for all tests: what a bot does is lost with it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.bot_process"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._heard = b""

    async def fork(self, order: dict[str, str]) -> int:
        """Start a bot; returns its process id once it takes requests."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        return await self.hear("ready")

    async def hear(self, what: str, patience: float = PATIENCE) -> int:
        """Wait for a line that says this, `patience` seconds for each line; returns the process it is from."""
        while True:
            line = await self._line(patience)
            said: dict[str, int] = json.loads(line)
            if what in said:
                return said[what]

    async def _line(self, patience: float) -> bytes:
        assert self._process.stdout
        handle = self._process.stdout.fileno()
        while b"\n" not in self._heard:
            await readable(handle, patience)
            if not (more := os.read(handle, 4096)):
                raise AssertionError("the zygote has ended")
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        return line

    def stop(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._process.stdout.close()


async def readable(handle: int, patience: float = PATIENCE) -> None:
    """Wait until there is something to read, or the process behind a pidfd has ended."""
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(handle, ready.set)
    try:
        await asyncio.wait_for(ready.wait(), patience)
    finally:
        loop.remove_reader(handle)


async def ended(pid: int) -> None:
    """Wait until a process that is not our child has ended."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        await readable(handle)
    finally:
        os.close(handle)


@dataclass(slots=True, kw_only=True)
class Street:
    """`pid` is the bot that runs now."""

    clock: Clock
    seam: VirtualSeam
    slack: VirtualSlack
    zygote: Zygote
    order: dict[str, str]
    database: Path
    turned: timedelta = field(default_factory=timedelta)
    pid: int = 0

    # -- the bot --------------------------------------------------------------------------------------------

    async def start(self, *, die_at: str = "", nth: int = 1) -> None:
        order = {**self.order, "turned": str(self.turned.total_seconds()), "die_at": die_at, "nth": str(nth)}
        self.pid = await self.zygote.fork(order)

    async def died(self) -> None:
        await ended(self.pid)

    async def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        await self.died()

    async def stop(self) -> None:
        os.kill(self.pid, signal.SIGTERM)
        await self.died()

    async def turn(self, times: int = 1) -> None:
        """Half a minute each, for everybody; after each the bot has done what is due (or has died of it)."""
        for _ in range(times):
            self.turned += HALF_A_MINUTE
            self.clock.turn(HALF_A_MINUTE)
            await self._rest(signal.SIGUSR1)

    async def settle(self) -> None:
        """Until the bot has nothing in hand and nothing due, or has died of it."""
        await self._rest(signal.SIGUSR2)

    async def _rest(self, sign: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, sign)
        waits = {asyncio.create_task(self.zygote.hear("rests")), asyncio.create_task(self.died())}
        _, late = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in late:
            task.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    # -- what can be seen -----------------------------------------------------------------------------------

    async def audit(self) -> list[dict[str, object]]:
        """The audit log, read beside the bot as `audit export` does."""
        db = Database(f"sqlite:///{self.database}", AuditKey(key_id="reading", secret=b""), lock=False)
        try:
            return [as_record(row) for row in await db.read(lambda tx: tx.audit.after(0, limit=100_000))]
        finally:
            await db.close()

    def heard(self, who: str) -> list[SeenMessage]:
        """Everything the bot (or Slack, for want of an answer) said to this person, wherever."""
        return [m for channel in self.slack.screen(who).channels for m in channel.messages]


@asynccontextmanager
async def street(
    zygote: Zygote, folder: Path, migrated: Path, *, doors: Sequence[VirtualLock] | None = None
) -> AsyncIterator[Street]:
    """Seam and Slack on sockets, and no bot yet. Whatever bot is left at the end is killed."""
    clock = Clock()
    seam = VirtualSeam(clock, doors=doors, latencies=Latencies(command=0.03))
    database = folder / "latchkey.db"
    shutil.copyfile(migrated, database)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with serve(seam.app) as seam_url:
        slack = VirtualSlack(
            clock,
            "crash-signing-secret",
            "xoxb-crash",
            request_url=f"http://127.0.0.1:{port}/slack/events",
            signing_time=lambda: clock.now().timestamp(),
        )
        async with slack.running() as slack_url:
            order = {
                "slack": slack_url,
                "seam": seam_url,
                "seam_key": seam.api_key,
                "database": str(database),
                "port": str(port),
            }
            here = Street(clock=clock, seam=seam, slack=slack, zygote=zygote, order=order, database=database)
            try:
                yield here
            finally:
                if here.pid:
                    with suppress(ProcessLookupError):
                        await here.kill()
