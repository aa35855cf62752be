"""What somebody sees of their own, and what needs an admin: short lists, newest or most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, text

from bot.domain.model import GuestCode, GuestCodeState, PersonRef
from bot.domain.requests import AccessRequest, RequestState
from storage.guest_code_rows import GuestCodeRows
from storage.request_rows import RequestRows
from storage.tables import guest_codes, requests

S = GuestCodeState


class ListRows:
    """Reads only. A list holds ids; each is read whole, so that there is one place that knows a row."""

    def __init__(self, connection: Connection, codes: GuestCodeRows, asked: RequestRows) -> None:
        self._connection, self._codes, self._requests = connection, codes, asked

    def count_codes(self, host: PersonRef, since: datetime) -> int:
        """How many codes `codes` has in all."""
        statement = select(func.count()).select_from(guest_codes).where(_seen_by(host, since))
        return self._connection.execute(statement).scalar_one()

    def codes(self, host: PersonRef, since: datetime, *, limit: int, offset: int) -> Sequence[GuestCode]:
        """The host's codes that are not over, and those that failed after `since`; the next to start first."""
        statement = (
            select(guest_codes.c.code_id)
            .where(_seen_by(host, since))
            .order_by(guest_codes.c.starts_at, guest_codes.c.code_id)
            .limit(limit)
            .offset(offset)
        )
        found = (self._codes.get(code_id) for code_id in self._connection.execute(statement).scalars())
        return [code for code in found if code]

    def requests(self, person: PersonRef, *, limit: int) -> Sequence[AccessRequest]:
        """What this person has asked for and is not over."""
        statement = (
            select(requests.c.request_id)
            .where(
                requests.c.team_id == person.team_id,
                requests.c.user_id == person.user_id,
                requests.c.state.in_((RequestState.PENDING.value, RequestState.APPROVED.value)),
            )
            .order_by(requests.c.created_at.desc())
            .limit(limit)
        )
        found = (self._requests.get(request_id) for request_id in self._connection.execute(statement).scalars())
        return [request for request in found if request]

    def need_attention(self, now: datetime, since: datetime, *, limit: int) -> Sequence[GuestCode]:
        """Whoever asked for it: what is stuck, what failed after `since`, and what has begun and is not on its lock."""
        # Three questions, each answered by an index; stuck first, since it may still open a door. The terms are
        # literals, as a partial index asks for them.
        waiting = text("guest_codes.state in ('ordered','scheduled','stuck')")
        stuck = and_(waiting, guest_codes.c.state == S.STUCK.value)
        late = and_(waiting, guest_codes.c.state != S.STUCK.value, guest_codes.c.starts_at <= now)
        failed = and_(text("guest_codes.state = 'failed'"), guest_codes.c.changed_at >= since)
        found: list[GuestCode] = []
        for which, newest in (
            (stuck, guest_codes.c.starts_at),
            (late, guest_codes.c.starts_at),
            (failed, guest_codes.c.changed_at),
        ):
            statement = select(guest_codes.c.code_id).where(which).order_by(newest.desc()).limit(limit - len(found))
            codes = (self._codes.get(code_id) for code_id in self._connection.execute(statement).scalars())
            found += [code for code in codes if code]
        return found


def _seen_by(host: PersonRef, since: datetime) -> ColumnElement[bool]:
    return and_(
        guest_codes.c.team_id == host.team_id,
        guest_codes.c.user_id == host.user_id,
        guest_codes.c.state != S.ENDED.value,
        or_(guest_codes.c.state != S.FAILED.value, guest_codes.c.changed_at >= since),
    )
