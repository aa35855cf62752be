"""Questions to the audit log: by door, by person, by outcome, newest first, a page at a time.

Each is a walk down one index from one bound, so that it costs the same in a table of any size; the other end of the
time is where the walk stops (perf.md 5.2: two bounds make PostgreSQL sort all matches).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Connection, literal, select, tuple_

from storage.audit_rows import AuditRow, AuditRows
from storage.tables import audit, guest_codes, requests
from storage.types import UtcDateTime

SHORTEST_ID = 6  # characters of an id that somebody typed; codes' markers are shorter


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """What is asked; None means any. `before` is exclusive, (time, row): where the last page ended, or the end."""

    device_id: str | None = None
    user_id: str | None = None
    team_id: str | None = None  # with `user_id`: the same id may be somebody else in another workspace
    outcomes: tuple[str, ...] = ()
    since: datetime | None = None
    before: tuple[datetime, int]
    limit: int = 20
    without_intents: bool = False  # what happened, not what was about to
    without: str | None = None  # an action to leave out


class AuditSearch:
    """The log's questions within one transaction."""

    def __init__(self, connection: Connection, rows: AuditRows) -> None:
        self._connection, self._rows = connection, rows

    def page(self, query: AuditQuery) -> Sequence[AuditRow]:
        """The newest rows before `query.before` that fit, newest first."""
        if len(query.outcomes) <= 1:
            return self._walk(query, query.outcomes[0] if query.outcomes else None)
        # One walk an outcome, then merged: an OR would lose the index's order.
        found = [row for outcome in query.outcomes for row in self._walk(query, outcome)]
        return sorted(found, key=lambda row: (row.at, row.seq), reverse=True)[: query.limit]

    def about(self, subject_ids: Sequence[str], *, limit: int = 200) -> Sequence[AuditRow]:
        """Every row about these operations, codes and requests, oldest first."""
        found = self._connection.execute(
            select(audit).where(audit.c.subject_id.in_(subject_ids)).order_by(audit.c.seq).limit(limit)
        ).all()
        return self._rows.with_personal(found)

    def starting_with(self, typed: str) -> tuple[str, ...]:
        """The ids of acts, codes and requests that begin like this (small hex digits), at most two; () for less than
        six characters, or when it is a code's marker."""
        start = typed.lower()
        if len(start) < SHORTEST_ID:
            return ()
        found = self._connection.execute(
            select(audit.c.subject_id)
            .where(audit.c.subject_id >= start, audit.c.subject_id < f"{start}g")
            .distinct()
            .limit(2)
        )
        return tuple(row.subject_id for row in found)

    def family(self, typed: str) -> tuple[str, ...]:
        """The ids that belong together with `typed`: a code's marker, or the id of a code, order, request or act."""
        codes = self._connection.execute(
            select(guest_codes.c.code_id, guest_codes.c.order_id).where(
                (guest_codes.c.marker == typed.upper())
                | (guest_codes.c.code_id == typed.lower())
                | (guest_codes.c.order_id == typed.lower())
            )
        ).all()
        wanted = {typed.lower(), *(c.code_id for c in codes), *(c.order_id for c in codes)}
        asked = self._connection.execute(
            select(requests.c.request_id, requests.c.order_id).where(
                requests.c.request_id.in_(wanted) | requests.c.order_id.in_(wanted)
            )
        ).all()
        for row in asked:
            wanted |= {row.request_id, *([row.order_id] if row.order_id else [])}
        more = self._connection.execute(select(guest_codes.c.code_id).where(guest_codes.c.order_id.in_(wanted)))
        return tuple(sorted(wanted | {row.code_id for row in more}))

    def _walk(self, query: AuditQuery, outcome: str | None) -> Sequence[AuditRow]:
        at, seq = query.before
        end = tuple_(literal(at, UtcDateTime()), literal(seq, BigInteger()))
        statement = (
            select(audit)
            .where(tuple_(audit.c.at, audit.c.seq) < end)
            .order_by(audit.c.at.desc(), audit.c.seq.desc())
            .limit(query.limit)
        )
        if query.device_id is not None:
            statement = statement.where(audit.c.device_id == query.device_id)
        if query.user_id is not None:
            statement = statement.where(audit.c.actor_user == query.user_id)
        if query.team_id is not None:
            statement = statement.where(audit.c.actor_team == query.team_id)
        if query.without_intents:
            statement = statement.where(audit.c.phase != "intent")
        if query.without is not None:
            statement = statement.where(audit.c.action != query.without)
        if outcome is not None:
            statement = statement.where(audit.c.outcome == outcome)
        found = [r for r in self._connection.execute(statement).all() if query.since is None or r.at >= query.since]
        return self._rows.with_personal(found)
