"""Taking names and free text out of the records, in small pieces so that nobody waits long for the lane."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from storage.tables import audit, audit_personal, drafts, guest_codes, requests, reviews, tasks

MOST_AT_ONCE = 2_000  # perf.md 5.2: 2,000 rows take about 55 ms

_OVER = guest_codes.c.state.in_(("ended", "failed"))
_CLOSED = requests.c.state.in_(("denied", "expired", "cancelled", "done", "failed"))


class ErasureRows:
    """One piece at a time: each method returns how many records it emptied; 0 means that it is finished."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def before(self, at: datetime) -> int:
        """What was written before `at`. Codes that may still be on a lock and open requests keep their names."""
        count = self._texts(audit_personal.c.at < at)
        if count < MOST_AT_ONCE:
            count += self._codes(guest_codes.c.changed_at < at)
        if count < MOST_AT_ONCE:
            count += self._requests(requests.c.created_at < at)
        if count == 0:
            self._connection.execute(delete(drafts).where(drafts.c.made_at < at))
            self._connection.execute(
                update(tasks)
                .where(tasks.c.state != "waiting", tasks.c.ended_at < at, tasks.c.payload != "{}")
                .values(payload="{}")
            )
        return count

    def person(self, user_id: str) -> int:
        """What this person typed or is host of."""
        by_them = select(audit.c.event_id).where(audit.c.actor_user == user_id)
        count = self._texts(audit_personal.c.event_id.in_(by_them))
        count += self._codes(guest_codes.c.user_id == user_id)
        count += self._requests(or_(requests.c.user_id == user_id, requests.c.beneficiary_user == user_id))
        mine = and_(reviews.c.user_id == user_id, reviews.c.reason != "")
        count += self._connection.execute(update(reviews).where(mine).values(reason="")).rowcount
        self._connection.execute(delete(drafts).where(drafts.c.user_id == user_id))
        return count

    def guest(self, name: str) -> int:
        """Everything that names this guest, with the notes and reasons beside the name."""
        naming = select(audit_personal.c.event_id).where(
            audit_personal.c.field == "guest", audit_personal.c.text == name
        )
        count = self._texts(audit_personal.c.event_id.in_(naming))
        count += self._codes(guest_codes.c.guest == name)
        count += self._requests(requests.c.guest == name)
        self._connection.execute(delete(drafts).where(drafts.c.content.contains(name, autoescape=True)))
        return count

    def _texts(self, which: ColumnElement[bool]) -> int:
        events = [
            row.event_id
            for row in self._connection.execute(select(audit_personal.c.event_id).where(which).limit(MOST_AT_ONCE))
        ]
        if not events:
            return 0
        # In one statement and by event: a guest's name goes together with the note beside it.
        return self._connection.execute(delete(audit_personal).where(audit_personal.c.event_id.in_(events))).rowcount

    def _codes(self, which: ColumnElement[bool]) -> int:
        found = select(guest_codes.c.code_id).where(
            which, _OVER, or_(guest_codes.c.guest != "", guest_codes.c.note != "")
        )
        statement = update(guest_codes).where(guest_codes.c.code_id.in_(found.limit(MOST_AT_ONCE).scalar_subquery()))
        return self._connection.execute(statement.values(guest="", note="")).rowcount

    def _requests(self, which: ColumnElement[bool]) -> int:
        found = select(requests.c.request_id).where(
            which, _CLOSED, or_(requests.c.guest != "", requests.c.reason != "")
        )
        ids = [row.request_id for row in self._connection.execute(found.limit(MOST_AT_ONCE))]
        if not ids:
            return 0
        self._connection.execute(update(reviews).where(reviews.c.request_id.in_(ids)).values(reason=""))
        emptied = update(requests).where(requests.c.request_id.in_(ids)).values(guest="", reason="")
        return self._connection.execute(emptied).rowcount
