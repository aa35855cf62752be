"""Which processes of the bot live: each says so every few seconds; whoever is silent for a lease is dead."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from storage.once import insert_once
from storage.tables import processes


class ProcessRows:
    """The processes within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def beat(self, process_id: str, now: datetime) -> bool:
        """Say that this process lives. True when it was not known: its first beat, or it had been taken for dead."""
        known = update(processes).where(processes.c.process_id == process_id).values(seen_at=now)
        if self._connection.execute(known).rowcount:
            return False
        row = {"process_id": process_id, "started_at": now, "seen_at": now}
        return insert_once(self._connection, processes, row)

    def bury(self, *, besides: str, silent_since: datetime | None) -> int:
        """Forget every process but `besides` that was last seen before `silent_since` (None: whenever it was).

        What is stamped with a process that is not in the table belongs to nobody. Returns how many there were.
        """
        statement = delete(processes).where(processes.c.process_id != besides)
        if silent_since is not None:
            statement = statement.where(processes.c.seen_at < silent_since)
        return self._connection.execute(statement).rowcount

    def leave(self, process_id: str) -> None:
        """This process stops: what it leaves may be looked at by the others at once."""
        self._connection.execute(delete(processes).where(processes.c.process_id == process_id))

    def eldest(self) -> str | None:
        """The living process that does what only one should do."""
        oldest = select(processes.c.process_id).order_by(processes.c.started_at, processes.c.process_id).limit(1)
        return self._connection.execute(oldest).scalar()
