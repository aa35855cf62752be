"""Seam's limits per door and minute, kept on our side so that the 429 stays an exception (seam-api.md 1.8)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import StrEnum


class Operation(StrEnum):
    """What Seam counts, each by itself, per device."""

    UNLOCK = "unlock"
    LOCK = "lock"
    CREATE_CODE = "create_code"
    UPDATE_CODE = "update_code"
    DELETE_CODE = "delete_code"


PER_MINUTE = {
    Operation.UNLOCK: 15,
    Operation.LOCK: 15,
    Operation.CREATE_CODE: 10,
    Operation.UPDATE_CODE: 10,
    Operation.DELETE_CODE: 20,
}
WINDOW_SECONDS = 60.0


class MinuteLimits:
    """Who was sent what in the last 60 seconds.

    A sliding window and not a token bucket: a bucket of 15 lets 15 at once and 14 more within the minute, and we do
    not know how Seam counts. `monotonic` is a clock in seconds that nobody turns. For one event loop; no locks.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._sent: dict[tuple[str, Operation], deque[float]] = {}

    def take(self, subject: str, operation: Operation) -> float:
        """Claim one operation on a device. Returns 0 when it may go now, else the seconds until one is free."""
        now = self._monotonic()
        sent = self._sent.setdefault((subject, operation), deque())
        while sent and sent[0] <= now - WINDOW_SECONDS:
            sent.popleft()
        if len(sent) >= PER_MINUTE[operation]:
            return sent[0] + WINDOW_SECONDS - now
        sent.append(now)
        if len(self._sent) > 1000:
            self._forget_old(now)
        return 0.0

    def _forget_old(self, now: float) -> None:
        """Doors nobody touched for a minute."""
        self._sent = {key: sent for key, sent in self._sent.items() if sent and sent[-1] > now - WINDOW_SECONDS}
