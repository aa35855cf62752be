"""Everything that passed between Slack and the bot, in order: for the "how it works" drawer and for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.sandbox.slack.wire import Json

MOST_KEPT = 5000  # a demo that runs for days must not grow for ever


class Direction(StrEnum):
    """Which way a request goes; its answer goes the other."""

    TO_BOT = "to_bot"
    FROM_BOT = "from_bot"


@dataclass(slots=True, kw_only=True)
class Exchange:
    """A request and, once it is there, its answer. `at` is the sandbox's time in UTC, `seconds` the machine's."""

    number: int
    at: datetime
    direction: Direction
    kind: str  # command, block_actions, view_submission, event, ...; or api, response_url, upload
    summary: str  # for people: `/unlock front door by Mia in #general`, or the name of the API method
    payload: Json
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""  # the raw bytes, of deliveries to the bot
    status: int | None = None  # None: no answer (yet)
    answer: object = None
    seconds: float | None = None
    trouble: str | None = None  # what Slack made of it, if it was not well


class Traffic:
    """The log."""

    def __init__(self, now: Callable[[], datetime], ring: Callable[[], None]) -> None:
        self._now = now
        self._ring = ring
        self._count = 0
        self.exchanges: list[Exchange] = []

    def begin(
        self,
        direction: Direction,
        kind: str,
        summary: str,
        payload: Json,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> Exchange:
        """Note a request."""
        self._count += 1
        exchange = Exchange(
            number=self._count,
            at=self._now(),
            direction=direction,
            kind=kind,
            summary=summary,
            payload=payload,
            headers=headers or {},
            body=body,
        )
        self.exchanges.append(exchange)
        del self.exchanges[:-MOST_KEPT]
        self._ring()
        return exchange

    def end(
        self, exchange: Exchange, *, status: int | None, answer: object, seconds: float, trouble: str | None = None
    ) -> None:
        """Note its answer."""
        exchange.status, exchange.answer, exchange.seconds, exchange.trouble = status, answer, seconds, trouble
        self._ring()

    def calls(self, method: str) -> list[Exchange]:
        """The bot's calls of one Web API method, oldest first."""
        return [e for e in self.exchanges if e.direction is Direction.FROM_BOT and e.summary == method]
