"""The stage of the chaos run: virtual Seam and Slack here, one or two bots beside, all on one clock."""

from __future__ import annotations

import base64
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from bot.sandbox.clock import Clock
from bot.sandbox.seam import Latencies, VirtualSeam, many_doors
from bot.sandbox.serving import serve
from bot.sandbox.slack import Delivered, VirtualSlack
from bot.sandbox.slack.courier import HttpDelivery
from storage.audit_rows import AuditKey
from storage.migrate import upgrade
from tests.chaos.books import Books, read_tables
from tests.chaos.bots import SharedClock
from tests.chaos.witness import Witness
from tests.crash.street import PATIENCE, ROOT, Zygote, ended

DOORS, PEOPLE = 120, 80
APPROVERS = ("ana", "ben")
ASKED_DOORS = tuple(range(1, DOORS + 1, 4))  # the rules want an approval at each fourth door


class BotZygote(Zygote):
    """The process that forks chaos bots."""

    def __init__(self, log: Path) -> None:
        with log.open("wb") as said:
            self._process = self._begin(said)
        self._heard = b""

    def _begin(self, said: BinaryIO) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.bots"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,  # a bot in bad weather logs a lot, as it should
            bufsize=0,
        )


class Balancer:
    """Brings Slack's deliveries to the bot at `place`."""

    def __init__(self, ports: list[int]) -> None:
        self._ways = [HttpDelivery(f"http://127.0.0.1:{port}/slack/events") for port in ports]
        self.place = 0

    async def __call__(self, body: bytes, headers: dict[str, str]) -> Delivered:
        return await self._ways[self.place](body, headers)

    async def aclose(self) -> None:
        for way in self._ways:
            await way.aclose()


@dataclass(slots=True, kw_only=True)
class Stage:
    """`pids`: the bots, by place (0, and 1 where there are two). None: dead."""

    clock: Clock
    shared: SharedClock
    seam: VirtualSeam
    slack: VirtualSlack
    witness: Witness
    zygote: BotZygote
    order: dict[str, str]
    ports: list[int]
    key: bytes
    pids: dict[int, int | None] = field(default_factory=dict)
    kills: list[str] = field(default_factory=list)
    awake: list[dict[str, str]] = field(default_factory=list)
    balancer: Balancer

    # -- the bots ---------------------------------------------------------------------------------------------------

    async def start(self, place: int = 0) -> None:
        if not any(self.pids.values()):
            self.awake.append({"from": self.clock.now().isoformat(), "to": ""})
        self.pids[place] = await self.zygote.fork({**self.order, "port": str(self.ports[place])})

    async def kill(self, place: int = 0) -> None:
        pid = self.pids.get(place)
        if pid is None:
            return
        self.kills.append(datetime.now(UTC).isoformat())
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        await ended(pid)
        self.pids[place] = None
        if not any(self.pids.values()):
            self.awake[-1]["to"] = self.clock.now().isoformat()

    async def settle(self) -> None:
        """Until every bot that lives has nothing in hand and nothing due."""
        for pid in [p for p in self.pids.values() if p is not None]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGUSR2)
            # A bot waits for what it has in hand for as long as `PATIENCE` before it begins with what is due.
            await self.zygote.hear("rests", PATIENCE * 3)

    def turn(self, by: timedelta) -> None:
        self.shared.turn_to(self.clock.turned + by)
        self.clock.turn(by)

    def send_to(self, place: int) -> None:
        """Which bot Slack's next deliveries go to, as a load balancer would choose."""
        self.balancer.place = place

    # -- the books --------------------------------------------------------------------------------------------------

    def books(self, *, settled: bool) -> Books:
        """Everything the checker needs. `settled`: nothing is under way any more."""
        anchors = Path(self.order["folder"]) / "audit.anchors"
        awake = [{**spell, "to": spell["to"] or self.clock.now().isoformat()} for spell in self.awake]
        return {
            **self.witness.books(),
            "bot": read_tables(self.order["database"]),
            "keys": {AuditKey.of(self.key).key_id: self.key.hex()},
            "anchors": [json.loads(a) for a in anchors.read_text().splitlines()] if anchors.exists() else [],
            "approvers": [self.slack.user(a).id for a in APPROVERS],
            "awake": awake,
            "kills": self.kills,
            "settled": settled,
        }


@asynccontextmanager
async def chaos_stage(folder: Path, database_url: str) -> AsyncIterator[Stage]:
    """The stage without a bot. Whatever bots are left at the end are killed."""
    upgrade(database_url)
    clock, key = Clock(), secrets.token_bytes(32)
    (folder / "clock").write_bytes(bytes(8))
    shared = SharedClock(str(folder / "clock"))
    seam = VirtualSeam(clock, doors=many_doors(DOORS), latencies=Latencies(command=0.02))
    seam.limits.enabled = False
    ports = [_free_port(), _free_port()]
    balancer = Balancer(ports)
    zygote = BotZygote(folder / "bots.log")
    async with serve(seam.app) as seam_url:
        slack = VirtualSlack(
            clock,
            "crash-signing-secret",
            "xoxb-crash",
            deliver=balancer,
            signing_time=lambda: clock.now().timestamp(),
        )
        for n in range(PEOPLE):
            slack.add_user(f"person{n:02}", channels=("general",))
        async with slack.running() as slack_url:
            order = {
                "slack": slack_url,
                "seam": seam_url,
                "seam_key": seam.api_key,
                "database": database_url,
                "audit_key": base64.b64encode(key).decode(),
                "folder": str(folder),
                "clock": str(folder / "clock"),
                "channel": slack.channel("door-requests").id,
            }
            stage = Stage(
                clock=clock,
                shared=shared,
                seam=seam,
                slack=slack,
                witness=Witness(seam, slack, clock),
                zygote=zygote,
                order=order,
                ports=ports,
                key=key,
                balancer=balancer,
            )
            try:
                yield stage
            finally:
                for place in list(stage.pids):
                    await stage.kill(place)
                await balancer.aclose()
                zygote.stop()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
