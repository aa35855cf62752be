"""How Seam tells us: events to catch up with, and the webhook that brings the same events as they happen.

Source: seam-api.md 8. An event is a hint, not a fact: re-read what it is about. Several kinds carry PINs in clear, so
an event here keeps ids and kinds, and nothing else of its body.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.errors import OutcomeUnknown
from bot.domain.lock_events import SeamEvent
from bot.seam import fields
from bot.seam.calls import PAGE_SIZE, Calls
from bot.seam.fields import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where Seam sends events. `secret` signs them; Seam may show it only when it is made."""

    webhook_id: str
    url: str
    event_types: tuple[str, ...]
    secret: str | None = field(default=None, repr=False)


class Notices:
    """Events and webhooks of one workspace. Raises the `DoorTrouble`s that `Calls` raises."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def events_since(self, since: datetime, *, event_types: Sequence[str] = ()) -> AsyncIterator[SeamEvent]:
        """Everything Seam stored from `since` (aware) on, oldest first, each once.

        There is no cursor: the next page starts at the last `created_at`, and doubles are dropped. A page whose
        events all have one moment cannot be stepped over, so the start then moves on by a millisecond.
        """
        seen: set[str] = set()
        while True:
            body = {"since": fields.stamp(since), "event_types": list(event_types) or None, "limit": PAGE_SIZE}
            envelope = await self._calls.read("/events/list", body, key="events")
            page = [event for item in fields.items(envelope, "events") if (event := read_event(item))]
            page.sort(key=lambda event: (event.created_at is None, event.created_at))
            fresh = [event for event in page if event.event_id not in seen]
            for event in fresh:
                yield event
            seen = {event.event_id for event in page}
            stored = [event.created_at for event in page if event.created_at]
            # The fake ignores `limit` and gives all at once: a page that is not exactly full is the last one.
            if len(page) != PAGE_SIZE or not stored:
                return
            since = max(since, stored[-1]) if fresh else since + timedelta(milliseconds=1)

    async def webhooks(self) -> tuple[Webhook, ...]:
        """All of them; the list has no pages."""
        envelope = await self._calls.read("/webhooks/list", key="webhooks")
        return tuple(hook for item in fields.items(envelope, "webhooks") if (hook := read_webhook(item)))

    async def create_webhook(self, url: str, *, event_types: Sequence[str] = ("*",)) -> Webhook:
        """Register `url`. Look with `webhooks()` first: one made twice delivers twice. Keep the `secret`."""
        body = {"url": url, "event_types": list(event_types)}
        answer = await self._calls.write("/webhooks/create", body, key="webhook")
        webhook = read_webhook(fields.nested(answer.body, "webhook"))
        if webhook is None:
            raise OutcomeUnknown(seam_code="no_webhook_id", request_id=answer.request_id)
        return webhook


def read_event(event: JsonObject) -> SeamEvent | None:
    """None without the two fields that make an event (seam-api.md 8.3)."""
    event_id, event_type = fields.text(event, "event_id"), fields.text(event, "event_type")
    if event_id is None or event_type is None:
        return None
    return SeamEvent(
        event_id=event_id,
        event_type=event_type,
        created_at=fields.moment(event, "created_at"),
        occurred_at=fields.moment(event, "occurred_at"),
        workspace_id=fields.text(event, "workspace_id") or "",
        device_id=fields.text(event, "device_id"),
        access_code_id=fields.text(event, "access_code_id"),
        action_attempt_id=fields.text(event, "action_attempt_id"),
        connected_account_id=fields.text(event, "connected_account_id"),
        connect_webview_id=fields.text(event, "connect_webview_id"),
        method=fields.text(event, "method"),
    )


def read_webhook(webhook: JsonObject) -> Webhook | None:
    webhook_id, url = fields.text(webhook, "webhook_id"), fields.text(webhook, "url")
    if webhook_id is None or url is None:
        return None
    return Webhook(
        webhook_id=webhook_id,
        url=url,
        event_types=fields.texts(webhook, "event_types"),
        secret=fields.text(webhook, "secret"),
    )
