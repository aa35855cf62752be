"""This process among the others on the same database: says that it lives, and takes over what the dead have left.

A process that is silent for a lease counts as dead. Nobody judges before its own beats have come through for a while:
after an outage of the database all look silent, and the living speak up first.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.domain.errors import StorageTrouble
from bot.services.context import Context
from storage.transaction import Transaction

log = logging.getLogger(__name__)

BEAT_EVERY = timedelta(seconds=5)
# Longer than an unlock may take (25 s at Seam), and than `LATEST_SEND`: whoever is taken for dead by mistake (a machine
# that stood still) sends nothing late.
LEASE = timedelta(seconds=45)
JUDGES_AFTER = timedelta(seconds=15)


class Living:
    """Beats, and buries the dead."""

    def __init__(self, context: Context, take_over: Callable[[], Awaitable[None]]) -> None:
        """`take_over` settles what belongs to no living process."""
        self._context, self._take_over = context, take_over
        self._beats_since: datetime | None = None
        self._last_beat: datetime | None = None
        self.is_eldest = True

    async def begin(self) -> None:
        """The first beat. Where one process owns the database (SQLite), whoever was here before is dead, and what it
        left is taken over now; else in a while, by `beat`. Raises `StorageTrouble`."""
        alone = self._context.db.is_sqlite
        me = self._context.process_id

        def write(tx: Transaction) -> None:
            if alone:
                tx.processes.bury(besides=me, silent_since=None)
            tx.processes.beat(me, self._context.now())

        await self._context.db.write(write)
        if alone:
            await self._take_over()

    async def beat(self) -> None:
        """Every `BEAT_EVERY`. Never raises for want of a database."""
        now = self._context.now()
        try:
            judged = await self._context.db.write(lambda tx: self._beat(tx, now))
            if judged and not self._context.db.is_sqlite:
                await self._take_over()
        except StorageTrouble:
            self._last_beat = None
            log.warning("process.no_database")

    async def end(self) -> None:
        """The last word, after all jobs have ended."""
        try:
            await self._context.db.write(lambda tx: tx.processes.leave(self._context.process_id))
        except StorageTrouble:
            log.warning("process.not_signed_off")

    def _beat(self, tx: Transaction, now: datetime) -> bool:
        """Returns whether we may judge the others, and have done so."""
        me = self._context.process_id
        fresh = tx.processes.beat(me, now)
        if self._last_beat is None or now - self._last_beat > LEASE / 2:
            self._beats_since = now
        elif fresh:
            log.warning("process.was_taken_for_dead")
        self._last_beat = now
        self.is_eldest = tx.processes.eldest() in (me, None)
        if self._context.db.is_sqlite or self._beats_since is None or now - self._beats_since < JUDGES_AFTER:
            return False
        buried = tx.processes.bury(besides=me, silent_since=now - LEASE)
        if buried:
            log.warning("process.buried", extra={"processes": buried})
        return True
