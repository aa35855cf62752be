"""Runs the real bot in processes that can be killed: `python bot_process.py`, then one JSON object a line on stdin.

Python and all imports are paid for once: this process waits, and forks a bot for each line. Each bot prints one line
when it takes requests. SIGUSR1 turns its clock by half a minute, SIGUSR2 by nothing; both are answered by a line
once all that is due is done. With `die_at` it kills itself with SIGKILL at the `nth` occurrence of that beat: nothing
is flushed, closed or said.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import running_bot
from bot.config import Settings
from bot.domain import when
from bot.sandbox.clock import Clock
from bot.sandbox.serving import serve
from bot.secret import Secret
from bot.services.context import Beat

HALF_A_MINUTE = timedelta(seconds=30)
PATIENCE = 30.0


def settings(order: dict[str, str]) -> Settings:
    return Settings(
        slack_bot_token=Secret("xoxb-crash"),
        slack_app_token=None,
        slack_signing_secret=Secret("crash-signing-secret"),
        slack_api_url=f"{order['slack']}/api/",
        port=0,
        seam_api_key=Secret(order["seam_key"]),
        seam_endpoint=order["seam"],
        database_url=order.get("database_url") or f"sqlite:///{order['database']}",
        audit_key=None,
        audit_key_file=Path(order["database"]).with_name("audit.key"),
        audit_anchors_file=Path(order["database"]).with_name("audit.anchors"),
        admins=frozenset(),
        timezone=ZoneInfo("Europe/Berlin"),
        approvals_channel=None,
        log_level="ERROR",
    )


async def run(order: dict[str, str]) -> None:
    clock = Clock()
    clock.turn(timedelta(seconds=float(order["turned"])))
    left = int(order.get("nth", "1"))

    def on_beat(beat: Beat) -> None:
        nonlocal left
        if beat.value == order.get("die_at"):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    async with running_bot(settings(order), now=clock.now, on_beat=on_beat, schedule=False) as bot:
        one_at_a_time = asyncio.Lock()

        async def rest(by: timedelta) -> None:
            clock.turn(by)
            async with one_at_a_time:
                await bot.handlers.desk.drain(PATIENCE)
                while await bot.scheduler.run_due():
                    pass
            # Answered, since two signals that come at once are one.
            print(json.dumps({"rests": os.getpid()}), flush=True)  # noqa: T201 - it is how we talk

        async def look() -> None:
            while True:
                async with one_at_a_time:
                    await bot.scheduler.run_due()
                await asyncio.sleep(0.05)

        jobs = {asyncio.create_task(look())}
        loop.add_signal_handler(signal.SIGUSR1, lambda: jobs.add(asyncio.create_task(rest(HALF_A_MINUTE))))
        loop.add_signal_handler(signal.SIGUSR2, lambda: jobs.add(asyncio.create_task(rest(timedelta()))))
        async with serve(bot.web, port=int(order["port"])):
            sys.stdout.write(json.dumps({"ready": os.getpid()}) + "\n")
            sys.stdout.flush()
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
