"""The weather: outages, failures that were asked for, and rate limits (slack-platform.md A10)."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

# Calls a minute, by method: Slack's tiers 2 (20), 3 (50) and 4 (100). chat.postMessage has its own limit by channel.
PER_MINUTE: dict[str, int] = {
    "users.info": 100,
    "users.list": 20,
    "usergroups.list": 20,
    "usergroups.users.list": 20,
    "conversations.open": 50,
    "conversations.info": 50,
    "conversations.list": 20,
    "conversations.history": 50,
    "conversations.members": 100,
    "chat.update": 50,
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "views.open": 100,
    "views.push": 100,
    "views.update": 100,
    "views.publish": 100,
    "files.getUploadURLExternal": 100,
    "files.completeUploadExternal": 100,
    "reactions.add": 50,
}
OTHERS_PER_MINUTE = 600
CHANNEL_BURST = 3  # messages that may come at once; after that one a second for each channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """How a call goes wrong. `lost`: it is done, and then the connection breaks before the answer is read."""

    how: Literal["error", "status", "ratelimited", "hang", "cut", "lost"]
    code: str = "internal_error"
    http_status: int = 200
    retry_after: int = 1  # seconds

    @classmethod
    def error(cls, code: str) -> Failure:
        """200 with `ok: false`."""
        return cls(how="error", code=code)

    @classmethod
    def status(cls, http_status: int) -> Failure:
        """A page of a broken server, not JSON."""
        return cls(how="status", http_status=http_status)

    @classmethod
    def ratelimited(cls, retry_after: int = 1) -> Failure:
        """429 with `Retry-After` in seconds."""
        return cls(how="ratelimited", http_status=429, retry_after=retry_after)

    @classmethod
    def hang(cls) -> Failure:
        """Nothing is done and nothing answered until the bot gives up."""
        return cls(how="hang")

    @classmethod
    def cut(cls) -> Failure:
        """Nothing is done and the connection breaks."""
        return cls(how="cut")

    @classmethod
    def lost(cls) -> Failure:
        """It is done, and the answer is lost."""
        return cls(how="lost")


class Conditions:
    """The switches. Method names are Slack's, and `response_url` and `upload` for the two without a name."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self.outage: Failure | None = None
        self.limits_on = False
        self._scripts: dict[str, deque[Failure]] = {}
        self._calls: dict[str, deque[float]] = {}

    def fail_next(self, method: str, failure: Failure, *, times: int = 1) -> None:
        """Let the next `times` calls of `method` go wrong, after those already asked for."""
        self._scripts.setdefault(method, deque()).extend([failure] * times)

    def clear(self) -> None:
        """Good weather."""
        self.outage, self.limits_on = None, False
        self._scripts.clear()
        self._calls.clear()

    def now(self, method: str, channel: str = "") -> Failure | None:
        """What happens to a call of `method` at this moment."""
        if self.outage is not None:
            return self.outage
        if script := self._scripts.get(method):
            return script.popleft()
        if not self.limits_on:
            return None
        if method == "chat.postMessage" and channel:
            return self._limit(f"#{channel}", most=CHANNEL_BURST, seconds=float(CHANNEL_BURST))
        if method == "response_url":
            return self._limit("response_url", most=CHANNEL_BURST, seconds=float(CHANNEL_BURST))
        return self._limit(method, most=PER_MINUTE.get(method, OTHERS_PER_MINUTE), seconds=60.0)

    def _limit(self, key: str, *, most: int, seconds: float) -> Failure | None:
        """A sliding window: at most `most` calls in `seconds`."""
        now, calls = self._monotonic(), self._calls.setdefault(key, deque())
        while calls and now - calls[0] >= seconds:
            calls.popleft()
        if len(calls) >= most:
            return Failure.ratelimited(max(1, math.ceil(seconds - (now - calls[0]))))
        calls.append(now)
        return None
