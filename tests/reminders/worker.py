"""One worker that does nothing but remind: `python -m tests.reminders.worker DATABASE SLACK EPOCH`."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import UTC, datetime, timedelta

import aiohttp
import httpx
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.tasks import TaskKind
from bot.scheduler import Scheduler
from bot.seam import SeamClient
from bot.services import Services
from bot.services.context import Context
from handlers import Handlers
from handlers.notifier import Notifier
from handlers.people import People
from handlers.slack_out import SlackOut
from storage.audit_rows import AuditKey
from storage.database import Database

KEY = AuditKey.of(b"k" * 32)
SPEED = 4  # their clock goes four times as fast, so that a dead worker's lease is over in 7.5 s


def clock_from(epoch: float) -> datetime:
    """The test's present: SPEED times as many seconds after `epoch` as have passed."""
    return datetime.fromtimestamp(epoch, UTC) + timedelta(seconds=(time.time() - epoch) * SPEED)


async def work(database: str, slack_url: str, epoch: float) -> None:
    def now() -> datetime:
        return clock_from(epoch)

    db = Database(database, KEY)
    async with aiohttp.ClientSession() as session, httpx.AsyncClient(base_url="http://127.0.0.1:9") as nowhere:
        client = AsyncWebClient(token=f"xoxb-{os.getpid()}", base_url=f"{slack_url}/api/", session=session, timeout=10)
        slack = SlackOut(client, session)
        people = People(slack, "T1")
        context = Context(db=db, locks=SeamClient(nowhere, now=now), now=now, default_timezone=None, admins=frozenset())
        services = Services.over(context, people)
        handlers = Handlers.over(services, slack, people)
        notifier = Notifier(services=services, slack=slack, people=people, codes=handlers.codes, names=handlers.names)
        await Scheduler(db, now, {TaskKind.REMIND_END: notifier.end_is_near}, renew_every=1.0).run_forever()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2], float(sys.argv[3])))
