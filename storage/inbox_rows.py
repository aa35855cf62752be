"""What Slack delivered: each thing once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, literal, or_, select, update

from bot.domain.model import PersonRef
from storage.once import insert_once
from storage.tables import inbox, processes, seen_signatures

UNSTAMPED_FOR = timedelta(minutes=5)  # a version before 0005 stamps nothing; by then it has answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Something taken on: who sent it and what it was ("/unlock")."""

    key: str
    person: PersonRef
    what: str
    received_at: datetime
    process_id: str | None = None  # who took it on


class InboxRows:
    """The inbox within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(self, received: Received) -> bool:
        """Take it on. False when this key was taken before: a retry, a replay, a second click."""
        return insert_once(
            self._connection,
            inbox,
            {
                "key": received.key,
                "received_at": received.received_at,
                "team_id": received.person.team_id,
                "user_id": received.person.user_id,
                "what": received.what,
                "done": False,
                "process_id": received.process_id,
            },
        )

    def finish(self, key: str) -> None:
        """The person has been answered, or what was begun has a record of its own."""
        self._connection.execute(update(inbox).where(inbox.c.key == key).values(done=True))

    def left_behind(self, now: datetime, *, alone: bool) -> Sequence[Received]:
        """Taken on and never finished by a process that lives no more. `alone`: no other process can be writing."""
        unstamped = and_(inbox.c.process_id.is_(None), or_(literal(alone), inbox.c.received_at < now - UNSTAMPED_FOR))
        gone = or_(
            unstamped, and_(inbox.c.process_id.is_not(None), inbox.c.process_id.not_in(select(processes.c.process_id)))
        )
        rows = self._connection.execute(select(inbox).where(~inbox.c.done, inbox.c.received_at < now, gone))
        return [
            Received(
                key=r.key,
                person=PersonRef(team_id=r.team_id, user_id=r.user_id),
                what=r.what,
                received_at=r.received_at,
            )
            for r in rows
        ]

    def is_new_signature(self, signature: str, at: datetime) -> bool:
        """False when exactly this signed request was seen before."""
        return insert_once(self._connection, seen_signatures, {"signature": signature, "seen_at": at})

    def forget(self, *, signatures_before: datetime, deliveries_before: datetime) -> None:
        """Let go of what can no longer come again."""
        self._connection.execute(delete(seen_signatures).where(seen_signatures.c.seen_at < signatures_before))
        self._connection.execute(delete(inbox).where(inbox.c.done, inbox.c.received_at < deliveries_before))
