"""Seam's limits for each door and operation (seam-api.md 1.8), measured on the sandbox clock."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from bot.sandbox.seam.problems import SeamProblem

WINDOW = timedelta(minutes=1)
PER_MINUTE = {
    "/access_codes/create": 10,
    "/access_codes/update": 10,
    "/access_codes/delete": 20,
    "/locks/lock_door": 15,
    "/locks/unlock_door": 15,
}


class RateLimits:
    def __init__(self) -> None:
        self.enabled = True
        self._taken: dict[tuple[str, str], deque[datetime]] = {}

    def check(self, route: str, device_id: str | None, now: datetime) -> None:
        """Count this request. Raises 429 with `Retry-After` (whole seconds) when it is one too many in a minute."""
        allowed = PER_MINUTE.get(route)
        if allowed is None or device_id is None or not self.enabled:
            return
        taken = self._taken.setdefault((route, device_id), deque())
        while taken and taken[0] <= now - WINDOW:
            taken.popleft()
        if len(taken) >= allowed:
            wait = taken[0] + WINDOW - now
            raise too_many(wait.total_seconds())
        taken.append(now)


def too_many(retry_after: float) -> SeamProblem:
    """429. Type and body are our guess: Seam documents neither (seam-api.md 15)."""
    headers = {"retry-after": str(max(1, -int(-retry_after // 1)))}
    return SeamProblem(429, "rate_limit_exceeded", "Too many requests for this device", headers=headers)
