"""What happens next in the virtual building, in order, on a clock that can be turned.

A discrete-event queue: each thing that will happen has its moment on the sandbox clock. `settle()` runs
everything that is due, oldest first, and while one runs `now` is the moment it was due. So a clock turned by a
day gives the same events with the same times as a day of small steps.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.sandbox.clock import Clock


@dataclass(order=True, slots=True)
class _Entry:
    due: datetime
    order: int
    do: Callable[[], None] = field(compare=False)
    cause: str | None = field(compare=False)
    is_done: bool = field(default=False, compare=False)


class Timeline:
    """`cause` is the request (or the hand) behind what is happening now; what it schedules inherits it."""

    def __init__(self, clock: Clock, monotonic: Callable[[], float]) -> None:
        self._clock, self._monotonic = clock, monotonic
        self._entries: list[_Entry] = []
        self._physical: list[tuple[float, int, _Entry]] = []
        self._order = itertools.count()
        self._at: datetime | None = None
        self._latest = clock.now()
        self.cause: str | None = None
        clock.on_turn(self.settle)

    @property
    def now(self) -> datetime:
        """The moment of what is happening. Never goes back, so that events are in the order of their times."""
        self._latest = max(self._latest, self._at or self._clock.now())
        return self._latest

    def at(self, due: datetime, do: Callable[[], None], *, cause: str | None = None) -> None:
        """Do it when the sandbox clock says so."""
        heapq.heappush(self._entries, _Entry(due, next(self._order), do, cause or self.cause))

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        self.at(self.now + timedelta(seconds=seconds), do)

    def physically(self, seconds: float, do: Callable[[], None]) -> None:
        """Do it after that many real seconds, or when the clock is turned past them, whichever comes first.

        For what a person waits for (a bolt that moves), which must also end under a clock that stands still.
        """
        entry = _Entry(self.now + timedelta(seconds=seconds), next(self._order), do, self.cause)
        heapq.heappush(self._entries, entry)
        heapq.heappush(self._physical, (self._monotonic() + seconds, entry.order, entry))

    def next_due(self) -> datetime | None:
        """When the next thing happens, for a clock that is turned "to the next event"."""
        while self._entries and self._entries[0].is_done:
            heapq.heappop(self._entries)
        return self._entries[0].due if self._entries else None

    def settle(self) -> None:
        """Run everything that is due. Does nothing when called from within."""
        if self._at is not None:
            return
        cause = self.cause
        try:
            while entry := self._next():
                entry.is_done = True
                self._at, self.cause = max(min(entry.due, self._clock.now()), self._latest), entry.cause
                entry.do()
        finally:
            self._at, self.cause = None, cause

    def _next(self) -> _Entry | None:
        due = self.next_due()
        if due is not None and due <= self._clock.now():
            return heapq.heappop(self._entries)
        while self._physical and self._physical[0][0] <= self._monotonic():
            entry = heapq.heappop(self._physical)[2]
            if not entry.is_done:
                return entry  # its twin in `_entries` is skipped later, being done
        return None
