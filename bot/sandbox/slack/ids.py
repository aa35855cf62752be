"""Ids and message timestamps that look like Slack's and never repeat."""

from __future__ import annotations

from bot.sandbox.clock import Clock


class Ids:
    """Counts up: the same story gives the same ids, so a failing test reads the same twice."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._count = 0
        self._last_microsecond = 0

    def new(self, prefix: str) -> str:
        """A fresh id, such as V00000012."""
        self._count += 1
        return f"{prefix}{self._count:08d}"

    def ts(self) -> str:
        """A message timestamp: seconds of the sandbox's clock and six digits, unique and rising."""
        now = int(self._clock.now().timestamp() * 1_000_000)
        self._last_microsecond = max(now, self._last_microsecond + 1)
        return f"{self._last_microsecond // 1_000_000}.{self._last_microsecond % 1_000_000:06d}"
