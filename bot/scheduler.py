"""A loop over what is due. The database says what, a claim says whose, so that a restart loses nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.domain.errors import StorageTrouble
from bot.domain.tasks import LEASE, Task, TaskKind, retry_delay
from storage.database import Database
from storage.transaction import Transaction

log = logging.getLogger(__name__)

# Returns when the task is to be done again, or None when it is done.
Run = Callable[[Task], Awaitable[datetime | None]]

AT_ONCE = 20  # reliability.md D7
RENEW_EVERY_S = 10.0
LOOK_EVERY_S = 1.0
AFTER_TROUBLE_S = 5.0


class Scheduler:
    """Runs due tasks, each in a lease; one that fails comes again later and does not stop the others."""

    def __init__(
        self,
        db: Database,
        now: Callable[[], datetime],
        runs: Mapping[TaskKind, Run],
        *,
        renew_every: float = RENEW_EVERY_S,
    ) -> None:
        self._db, self._now, self._runs = db, now, runs
        self._wake, self._renew_every = asyncio.Event(), renew_every
        self._held: dict[asyncio.Task[None], Task] = {}

    async def run_forever(self) -> None:
        """Until cancelled. One slow lock holds up no other task: each free place is filled as soon as it is free, and
        what takes longer than its lease keeps it."""
        renewing = asyncio.create_task(self._renew_leases())
        try:
            await self._look()
        finally:
            renewing.cancel()
            for running in self._held:
                running.cancel()

    async def _look(self) -> None:
        while True:
            try:
                await self._start_due()
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

    async def _start_due(self) -> None:
        """Claim as many due tasks as there are free places, and start them."""
        free = AT_ONCE - len(self._held)
        if free <= 0:
            return
        for task in await self._db.write(lambda tx: tx.tasks.claim_due(self._now(), limit=free)):
            running = asyncio.create_task(self._run_alone(task))
            self._held[running] = task
            running.add_done_callback(self._let_go)

    def _let_go(self, running: asyncio.Task[None]) -> None:
        self._held.pop(running, None)
        self._wake.set()  # a place is free, and the next task may be due

    async def _run_alone(self, task: Task) -> None:
        try:
            await self._run(task)
        except StorageTrouble:
            log.warning("scheduler.no_database")  # its lease runs out, and it comes again

    async def _renew_leases(self) -> None:
        """While a task runs its lease is kept: nobody else starts it, however slow the lock is."""
        while True:
            await asyncio.sleep(self._renew_every)
            for running, task in list(self._held.items()):
                longer = replace(task, due_at=self._now() + LEASE)
                try:
                    renewed = await self._db.write(partial(_renew, task, longer))
                except StorageTrouble:
                    log.warning("scheduler.leases_not_renewed")
                    break
                if renewed and running in self._held:
                    self._held[running] = longer

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


def _renew(task: Task, longer: Task, tx: Transaction) -> bool:
    return tx.tasks.renew(task, longer.due_at)
