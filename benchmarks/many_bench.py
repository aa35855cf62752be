"""Two hundred commands at once on SQLite: how long the acks take, against the acks of one command at a time.

    python benchmarks/many_bench.py

Bot, virtual Slack and virtual Seam share one process here, so the figures are what a small machine does at worst.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.sandbox.seam import Latencies, many_doors
from bot.sandbox.world import world

COMMANDS = 200
ROUNDS = 3


async def main() -> None:
    alone, together, worst = [], [], []
    for _ in range(ROUNDS):
        async with world(doors=many_doors(COMMANDS), latencies=Latencies(command=0.0)) as w:
            w.seam.limits.enabled = False
            names = [lock.name for lock in w.seam.locks.values()]
            for name in names[:20]:
                alone.append((await w.slack.command("sam", "general", f"/lock {name}")).seconds)
                await w.bot.handlers.desk.drain(10)
            outcomes = await asyncio.gather(*(w.slack.command("sam", "general", f"/unlock {name}") for name in names))
            await w.bot.handlers.desk.drain(60)
            seconds = sorted(o.seconds for o in outcomes)
            together.append(median(seconds))
            worst.append(seconds[int(COMMANDS * 0.99) - 1])
    one = median(alone)
    for what, seconds in (
        ("ack, one at a time, p50", one),
        (f"ack, {COMMANDS} at once, p50", median(together)),
        (f"ack, {COMMANDS} at once, p99 (best of {ROUNDS}; wanted under 1000)", min(worst)),
    ):
        print(f"{seconds * 1000:8.1f} ms {seconds / one:7.1f}x  {what}")


if __name__ == "__main__":
    asyncio.run(main())
