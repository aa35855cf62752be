"""The Events API delivers again what was not answered well: at once, after 1 min, after 5 min (A1)."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.clock import Clock
from bot.sandbox.slack.courier import JSON, Courier, Outcome
from bot.sandbox.slack.wire import Json, obj, string

# After each failed attempt, on the sandbox's clock.
DELAYS = (timedelta(), timedelta(minutes=1), timedelta(minutes=5))
MARGIN_SECONDS = 0.1  # the loop's clock and the wall's are not one: never wake a moment too early
_REASONS = {
    "operation_timeout": "http_timeout",
    "http_service_error": "http_error",
    "dispatch_failed": "connection_failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An event that waits for its next attempt."""

    payload: Json
    number: int  # 1 to 3
    reason: str
    due: datetime


class Retries:
    """Delivers events and comes back to those that failed, when the clock says so."""

    def __init__(self, clock: Clock, courier: Courier) -> None:
        self._clock = clock
        self._courier = courier
        self.pending: list[Pending] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        clock.on_turn(self._turned)

    async def deliver(self, payload: Json) -> Outcome:
        """A first attempt, and the retry that comes at once if it fails."""
        outcome = await self._attempt(payload, 0, "")
        await self.deliver_due()
        return outcome

    async def deliver_due(self) -> None:
        """Make every retry whose time has come."""
        while pending := next((p for p in self.pending if p.due <= self._clock.now()), None):
            self.pending.remove(pending)
            await self._attempt(pending.payload, pending.number, pending.reason)

    async def _attempt(self, payload: Json, number: int, reason: str) -> Outcome:
        headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason} if number else {}
        name = string(obj(payload.get("event")).get("type"))
        summary = f"{name} (retry {number}, {reason})" if number else name
        body = json.dumps(payload).encode()
        outcome = await self._courier.send("event", summary, body, JSON, payload, headers)
        answered = {key.lower(): value for key, value in outcome.headers.items()}
        if outcome.failure and number < len(DELAYS) and answered.get("x-slack-no-retry") != "1":
            self._remember(payload, number + 1, _REASONS.get(outcome.failure, "unknown_error"))
        return outcome

    def _remember(self, payload: Json, number: int, reason: str) -> None:
        delay = DELAYS[number - 1]
        self.pending.append(Pending(payload=payload, number=number, reason=reason, due=self._clock.now() + delay))
        if delay:
            # Where the sandbox's clock runs by itself, nobody turns it when the minute is over.
            loop = asyncio.get_running_loop()
            timer = loop.call_later(delay.total_seconds() + MARGIN_SECONDS, self._turned)
            self._timers.add(timer)

    def _turned(self) -> None:
        if not any(p.due <= self._clock.now() for p in self.pending):
            return
        try:
            task = asyncio.get_running_loop().create_task(self.deliver_due())
        except RuntimeError:
            return  # turned outside the loop: `deliver_due()` is called by hand there
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait for the retries that are under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def forget(self) -> None:
        """Drop what waits."""
        self.pending.clear()
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    async def aclose(self) -> None:
        """Drop what waits and stop what is under way."""
        self.forget()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
