"""What Seam reported: each event once, how far the list was read, and what each door last said of its bolt."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from storage.once import insert_once
from storage.tables import bolt_reports, seam_cursor, seam_events

_LIST = "events"


class EventRows:
    """The events within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(self, event_id: str, at: datetime) -> bool:
        """Take it. False when it was taken before."""
        return insert_once(self._connection, seam_events, {"event_id": event_id, "taken_at": at})

    def forget(self, before: datetime) -> int:
        """Let go of the ids taken before then. Returns how many."""
        return self._connection.execute(delete(seam_events).where(seam_events.c.taken_at < before)).rowcount

    def cursor(self) -> datetime | None:
        """How far the list was read."""
        return self._connection.execute(select(seam_cursor.c.at).where(seam_cursor.c.name == _LIST)).scalar()

    def advance(self, to: datetime) -> None:
        """The list was read up to `to`. Never back."""
        if not insert_once(self._connection, seam_cursor, {"name": _LIST, "at": to}):
            self._connection.execute(
                update(seam_cursor).where(seam_cursor.c.name == _LIST, seam_cursor.c.at < to).values(at=to)
            )

    def report_bolt(self, device_id: str, *, locked: bool, occurred_at: datetime) -> bool:
        """Keep what the door said of its bolt. False when it has said something newer before."""
        row = {"device_id": device_id, "locked": locked, "occurred_at": occurred_at}
        if insert_once(self._connection, bolt_reports, row):
            return True
        statement = update(bolt_reports).where(
            bolt_reports.c.device_id == device_id, bolt_reports.c.occurred_at < occurred_at
        )
        return self._connection.execute(statement.values(locked=locked, occurred_at=occurred_at)).rowcount == 1

    def bolt(self, device_id: str) -> tuple[bool, datetime] | None:
        """(locked, since when) as the door last reported it, or None."""
        row = self._connection.execute(select(bolt_reports).where(bolt_reports.c.device_id == device_id)).first()
        return (row.locked, row.occurred_at) if row else None
