"""The world that is being played: it is started, kept at pace with its clock, and replaced by a new one on reset."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from bot.domain.errors import StorageTrouble
from bot.sandbox.clock import Clock
from bot.sandbox.seam import Exchange
from bot.sandbox.slack import Change
from bot.sandbox.web.passing import Passing
from bot.sandbox.web.rules import set_rules
from bot.sandbox.world import World, world
from handlers.json_types import Json

log = logging.getLogger(__name__)

PACE_S = 0.2  # how often the world is looked after while nobody does anything
PATIENCE_S = 3.0  # a turn of the clock waits this long for a slow door before it goes on


class Bell:
    """Wakes everybody who waits for a change."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Something changed."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def wait(self, seconds: float) -> bool:
        """True when it rang, False after `seconds`."""
        try:
            await asyncio.wait_for(self._rung.wait(), seconds)
        except TimeoutError:
            return False
        return True


class Stage:
    """One world at a time. `number` counts them, so that the page knows when it looks at another one.

    The bot's timers are run by the stage, by the same `Scheduler.run_due` that its own loop calls: when the clock is
    turned by a day, what was due in the morning must be over before the afternoon comes.
    """

    def __init__(self, *, clock: Callable[[], Clock] = Clock, manifest: Json | None = None) -> None:
        self.bell = Bell()
        self.number = 0
        self.weather: set[str] = set()  # switches of the whole world that are on: seam_down, slack_down
        self.passing = Passing()
        self.moves = 0  # grows with everything that a person could see happen
        self.closing = False
        self._clock, self._manifest = clock, manifest
        self._world: World | None = None
        self._ready, self._over = asyncio.Event(), asyncio.Event()
        self._beats: set[asyncio.Task[int]] = set()

    @property
    def world(self) -> World:
        """The world of this moment. Raises `LookupError` between two of them."""
        if self._world is None:
            raise LookupError("the world is being set up anew; try again in a moment")
        return self._world

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Play until the context ends. Raises what kept the first world from starting."""
        keeper = asyncio.create_task(self._keep())
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait({keeper, ready}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if keeper.done():
            keeper.result()
        try:
            yield
        finally:
            self.closing = True
            self._over.set()
            self.bell.ring()
            await keeper

    async def reset(self) -> None:
        """The first day again, with an empty database."""
        self._ready.clear()
        self._over.set()
        await self._ready.wait()

    async def _keep(self) -> None:
        while not self.closing:
            self._over.clear()
            async with world(clock=self._clock(), schedule=False, manifest=self._manifest) as w:
                await set_rules(w)
                pace = self._begin(w)
                await self._over.wait()
                self._world = None
                pace.cancel()
                await asyncio.gather(pace, return_exceptions=True)
                await self._calm(w)

    def _begin(self, w: World) -> asyncio.Task[None]:
        self.number += 1
        self.weather.clear()
        self.passing = Passing()
        w.slack.on_change(self._changed)
        w.seam.on_exchange(self._asked)
        self._world = w
        self._ready.set()
        self.bell.ring()
        return asyncio.create_task(self._pace(w))

    async def _calm(self, w: World) -> None:
        """Good weather, and every bolt at rest: nothing that was made to hang may keep us from stopping."""
        w.slack.conditions.clear()
        w.seam.faults.clear()
        w.clock.turn(timedelta(minutes=2))
        for beat in self._beats:
            beat.cancel()
        await asyncio.gather(*self._beats, return_exceptions=True)
        with suppress(StorageTrouble):
            await w.bot.handlers.desk.drain(PATIENCE_S)

    # -- changes ------------------------------------------------------------------------------------------------------

    def _changed(self, change: Change) -> None:
        if change.what in {"message", "home", "view"}:
            self.moves += 1
        self.bell.ring()

    def _asked(self, exchange: Exchange) -> None:
        w = self._world
        if w is not None:
            door = w.seam.locks.get(exchange.device_id or "")
            self.passing.seam(exchange, door.display_name if door else "")
            self.bell.ring()

    # -- time ---------------------------------------------------------------------------------------------------------

    async def _pace(self, w: World) -> None:
        """Let happen what is due, again and again; a slow door holds up nobody else's timers."""
        effects = 0
        while True:
            if not self._beats or await self._has_due(w):
                self._beat(w)
            if len(w.seam.truth) != effects:
                effects = len(w.seam.truth)
                self.bell.ring()
            if await self.passing.audited(w):
                self.bell.ring()
            await asyncio.sleep(PACE_S)

    async def _has_due(self, w: World) -> bool:
        due = await w.bot.db.read(lambda tx: tx.tasks.next_due())
        return due is not None and due <= w.clock.now()

    def _beat(self, w: World) -> asyncio.Task[int]:
        async def beat() -> int:
            try:
                return await w.bot.scheduler.run_due()
            except StorageTrouble:
                log.warning("stage.no_database")
                return 0

        task = asyncio.create_task(beat())
        self._beats.add(task)
        task.add_done_callback(self._beats.discard)
        return task

    async def settle(self, w: World) -> None:
        """Wait until the bot has done what it began and what is due is done, or until our patience ends."""
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_S
        while (left := until - loop.time()) > 0:
            if await w.bot.handlers.desk.drain(left):
                return
            beat = self._beat(w)
            await asyncio.wait(set(self._beats), timeout=left)
            if not beat.done() or not beat.result():
                return

    async def next_due(self, w: World) -> datetime | None:
        """When the next thing happens by itself: at a lock, in the bot, or in Slack's retries."""
        w.seam.settle()
        timers = await w.bot.db.read(lambda tx: tx.tasks.next_due())
        moments = [w.seam.next_due(), timers, *(pending.due for pending in w.slack.retries.pending)]
        return min((moment for moment in moments if moment is not None), default=None)
