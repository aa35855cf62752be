"""A loop over what is due. The database says what, a claim says whose, so that a restart loses nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from bot.domain.errors import StorageTrouble
from bot.domain.tasks import Task, TaskKind, retry_delay
from storage.database import Database

log = logging.getLogger(__name__)

# Returns when the task is to be done again, or None when it is done.
Run = Callable[[Task], Awaitable[datetime | None]]

AT_ONCE = 20  # reliability.md D7
LOOK_EVERY_S = 1.0
AFTER_TROUBLE_S = 5.0


class Scheduler:
    """Runs due tasks, each in a lease; one that fails comes again later and does not stop the others."""

    def __init__(self, db: Database, now: Callable[[], datetime], runs: Mapping[TaskKind, Run]) -> None:
        self._db, self._now, self._runs = db, now, runs
        self._wake = asyncio.Event()

    async def run_forever(self) -> None:
        """Until cancelled."""
        while True:
            try:
                while await self.run_due():
                    pass
                await self._sleep(LOOK_EVERY_S)
            except StorageTrouble:
                log.warning("scheduler.no_database")
                await self._sleep(AFTER_TROUBLE_S)
            except Exception:
                # A bug. Doors must be locked again and codes taken off all the same, so the loop goes on.
                log.exception("scheduler.unexpected")
                await self._sleep(AFTER_TROUBLE_S)

    def wake(self) -> None:
        """Look now (the sandbox's clock was turned, or something was just planned)."""
        self._wake.set()

    async def run_due(self) -> int:
        """Run what is due now. Returns how many tasks that were. Raises `StorageTrouble`."""
        tasks = await self._db.write(lambda tx: tx.tasks.claim_due(self._now(), limit=AT_ONCE))
        await asyncio.gather(*(self._run(task) for task in tasks))
        return len(tasks)

    async def _run(self, task: Task) -> None:
        try:
            again = await self._runs[task.kind](task)
        except StorageTrouble:
            raise
        except Exception:
            log.exception("scheduler.failed", extra={"kind": task.kind.value, "task_id": task.task_id})
            again = self._now() + retry_delay(task.attempts)
        if again is None:
            kept = await self._db.write(lambda tx: tx.tasks.finish(task, at=self._now()))
        else:
            kept = await self._db.write(lambda tx: tx.tasks.postpone(task, again))
        if not kept:
            log.warning("scheduler.lease_lost", extra={"kind": task.kind.value, "task_id": task.task_id})

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return
        finally:
            self._wake.clear()
