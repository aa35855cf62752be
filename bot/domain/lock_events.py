"""What Seam reports of doors and codes: ids and kinds, and nothing else of an event's body (it may hold a PIN)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

KEEP_EVENT_IDS = timedelta(days=14)  # Seam's webhook retries end after 28 h (seam-api.md 8.3)
OVERLAP = timedelta(minutes=2)  # read again at each look: what Seam stored late is not missed, doubles are dropped

UNLOCKED, LOCKED = "lock.unlocked", "lock.locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeamEvent:
    """What happened, to what. The same `event_id` comes by webhook, by its retries, and in the list: take it once."""

    event_id: str
    event_type: str
    created_at: datetime | None  # when Seam stored it: the order of the list
    occurred_at: datetime | None
    workspace_id: str = ""
    device_id: str | None = None
    access_code_id: str | None = None
    action_attempt_id: str | None = None
    connected_account_id: str | None = None
    connect_webview_id: str | None = None
    method: str | None = None  # of lock.unlocked: keycode, manual, automatic, remote, card, unknown

    @property
    def is_use(self) -> bool:
        """Whether a bolt moved."""
        return self.event_type in (UNLOCKED, LOCKED)

    @property
    def is_about_code(self) -> bool:
        return self.access_code_id is not None and self.event_type.startswith("access_code.")

    @property
    def is_about_health(self) -> bool:
        """Whether a door or a login may be in another state of health than before."""
        return self.event_type.startswith(("device.", "connected_account."))


def resume_from(cursor: datetime, now: datetime) -> datetime:
    """Where to read on after `cursor`: a little before it, and never so far back that ids were forgotten."""
    return max(cursor - OVERLAP, now - KEEP_EVENT_IDS + timedelta(days=1))
