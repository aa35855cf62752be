"""What every use case needs: the records, the locks, the time, and a hook at each beat."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.ports import Events, Locks
from storage.database import Database


class Beat(StrEnum):
    """The points between which a crash may fall. The tests stop the process at each of them."""

    UNLOCK_INTENDED = "unlock.intended"
    UNLOCK_ACTED = "unlock.acted"
    UNLOCK_RECORDED = "unlock.recorded"
    LOCK_INTENDED = "lock.intended"
    LOCK_ACTED = "lock.acted"
    LOCK_RECORDED = "lock.recorded"
    CODE_INTENDED = "code.intended"
    CODE_ACTED = "code.acted"
    CODE_RECORDED = "code.recorded"
    END_INTENDED = "end.intended"
    END_ACTED = "end.acted"
    EXTEND_INTENDED = "extend.intended"
    EXTEND_ACTED = "extend.acted"
    RECEIVED = "received"
    TOLD = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Handed to every service. `now` returns the present, aware, in UTC."""

    db: Database
    locks: Locks
    now: Callable[[], datetime]
    default_timezone: ZoneInfo | None
    admins: frozenset[str]
    approvals_channel: str | None = None  # where requests go until a rule says otherwise
    on_beat: Callable[[Beat], None] = lambda beat: None
    events: Events | None = None
    poll_events_every: timedelta = timedelta(seconds=15)  # seldom where webhooks come
    process_id: str = field(default_factory=lambda: secrets.token_hex(16))  # who we are among several processes


def new_id() -> str:
    """A 128-bit random id, 32 hex digits: unguessable, so that knowing one never is a right (reliability.md T13)."""
    return secrets.token_hex(16)
