"""What Slack hands out for one use or a short time: trigger ids and response urls (slack-platform.md A1, A3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.ids import Ids
from bot.sandbox.slack.messages import Message

TRIGGER_SECONDS = 3.0  # of the machine's clock: turning the sandbox's clock expires no trigger
RESPONSE_URL_USES = 5
RESPONSE_URL_LIFE = timedelta(minutes=30)  # of the sandbox's clock


@dataclass(slots=True, kw_only=True)
class Trigger:
    """Permission to open one modal for `user`. `from_view`: it came from a modal, so a push has something below it."""

    user: str
    made_at: float
    from_view: str | None
    used: bool = False


class Triggers:
    """All trigger ids ever given."""

    def __init__(self, ids: Ids, monotonic: Callable[[], float]) -> None:
        self._ids = ids
        self._monotonic = monotonic
        self._given: dict[str, Trigger] = {}

    def give(self, user: str, *, from_view: str | None = None) -> str:
        trigger_id = f"{self._ids.ts().replace('.', '')}.{self._ids.new('t')}"
        self._given[trigger_id] = Trigger(user=user, made_at=self._monotonic(), from_view=from_view)
        return trigger_id

    def use(self, trigger_id: str) -> Trigger:
        """Raises `Refused`: unknown, older than 3 s, or used before."""
        trigger = self._given.get(trigger_id)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if self._monotonic() - trigger.made_at > TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        trigger.used = True
        return trigger


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """A way to answer without a token. `message`: the one in which the button sat, if it was a button."""

    user: str
    channel: str
    message: Message | None
    made_at: datetime
    uses: int = 0


class ResponseUrls:
    """All response urls ever given."""

    def __init__(self, ids: Ids, now: Callable[[], datetime], base_url: Callable[[], str]) -> None:
        self._ids = ids
        self._now = now
        self._base_url = base_url
        self._given: dict[str, ResponseUrl] = {}

    def give(self, user: str, channel: str, message: Message | None = None) -> str:
        key = self._ids.new("R")
        self._given[key] = ResponseUrl(user=user, channel=channel, message=message, made_at=self._now())
        return f"{self._base_url()}/respond/{key}"

    def use(self, key: str) -> ResponseUrl:
        """Raises `Refused` on the sixth use and after 30 minutes."""
        found = self._given.get(key)
        if found is None or self._now() - found.made_at > RESPONSE_URL_LIFE:
            raise Refused("expired_url")
        found.uses += 1
        if found.uses > RESPONSE_URL_USES:
            raise Refused("used_url")
        return found
