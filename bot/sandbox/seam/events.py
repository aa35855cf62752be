"""Everything Seam would report, in order: `/events/list`, `/events/get`, and the feed of the webhooks."""

from __future__ import annotations

import bisect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.seam.json_types import Json, iso, new_id
from bot.sandbox.seam.params import Params, read_moment
from bot.sandbox.seam.problems import invalid, not_found
from bot.sandbox.seam.timeline import Timeline

DEFAULT_LIMIT = 500  # seam-api.md 1.10; events have no cursor


@dataclass(frozen=True, slots=True)
class Event:
    created_at: datetime
    body: Json


class EventLog:
    def __init__(self, timeline: Timeline, workspace_id: str) -> None:
        self._timeline, self._workspace_id = timeline, workspace_id
        self._events: list[Event] = []
        self._by_id: dict[str, Event] = {}
        self._listeners: list[Callable[[Json], None]] = []

    def listen(self, listener: Callable[[Json], None]) -> None:
        """Hand every new event to `listener`, as it happens."""
        self._listeners.append(listener)

    def add(self, event_type: str, fields: Json, *, occurred_at: datetime | None = None) -> None:
        """Report something now; `occurred_at` is earlier where the news came late (a lock that was offline)."""
        now = self._timeline.now
        body: Json = {
            "event_id": new_id(),
            "event_type": event_type,
            "workspace_id": self._workspace_id,
            "created_at": iso(now),
            "occurred_at": iso(occurred_at or now),
            **fields,
        }
        event = Event(now, body)
        self._events.append(event)
        self._by_id[str(body["event_id"])] = event
        for listener in self._listeners:
            listener(body)

    def all(self) -> list[Json]:
        """Every event so far, oldest first."""
        return [event.body for event in self._events]

    def types(self, **where: str) -> list[str]:
        """The types of all events whose fields have these values, oldest first: for tests and the demo page."""
        return [str(e.body["event_type"]) for e in self._events if all(e.body.get(k) == v for k, v in where.items())]

    def list(self, params: Params) -> Json:
        after, before = _interval(params)
        first = bisect.bisect_right(self._events, after, key=lambda e: e.created_at)
        wanted = [e.body for e in self._events[first:] if before is None or e.created_at < before]
        for name in ("event_type", "device_id", "access_code_id", "connected_account_id", "connect_webview_id"):
            value = params.text(name)
            if value is not None:
                wanted = [body for body in wanted if body.get(name) == value]
        for plural, name in (
            ("event_types", "event_type"),
            ("event_ids", "event_id"),
            ("device_ids", "device_id"),
            ("access_code_ids", "access_code_id"),
        ):
            values = params.texts(plural)
            if values is not None:
                wanted = [body for body in wanted if body.get(name) in values]
        limit = params.number("limit")
        return {"events": wanted[: DEFAULT_LIMIT if limit is None else int(limit)]}

    def get(self, params: Params) -> Json:
        event_id = params.text("event_id")
        if event_id is not None:
            if event_id not in self._by_id:
                raise not_found("event", "event_id", event_id)
            return {"event": self._by_id[event_id].body}
        keys = {k: params.text(k) for k in ("event_type", "device_id")}
        asked = {k: v for k, v in keys.items() if v is not None}
        if not asked:
            raise invalid("One of event_id, event_type or device_id is required")
        for event in reversed(self._events):
            if all(event.body.get(k) == v for k, v in asked.items()):
                return {"event": event.body}
        raise not_found("event")


def _interval(params: Params) -> tuple[datetime, datetime | None]:
    """Both ends exclusive (seam-api.md 8.1); exactly one of `since` and `between`."""
    since, between = params.moment("since"), params.texts("between")
    if (since is None) == (between is None):
        raise invalid("Exactly one of since or between is required")
    if since is not None:
        return since, None
    if between is None or len(between) != 2:
        raise invalid("between takes two times", "between")
    return read_moment(between[0], "between"), read_moment(between[1], "between")
