"""Our record of guest codes. The PIN is not in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, insert, or_, select, update

from bot.domain.model import GUEST_CODE_MOVES, LIVE_CODES, GuestCode, GuestCodeState, PersonRef
from bot.domain.window import Window
from storage.tables import guest_codes

_LIVE = [state.value for state in LIVE_CODES]


class GuestCodeRows:
    """The guest codes within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, code: GuestCode) -> None:
        """Write down a code that is about to be ordered. Raises `IntegrityError` if the marker is taken."""
        self._connection.execute(
            insert(guest_codes),
            {
                "code_id": code.code_id,
                "order_id": code.order_id,
                "marker": code.marker,
                "device_id": code.device_id,
                "door_name": code.door_name,
                "timezone": code.timezone.key,
                "guest": code.guest,
                "note": code.note,
                "team_id": code.host.team_id,
                "user_id": code.host.user_id,
                "starts_at": code.window.starts_at,
                "ends_at": code.window.ends_at,
                "state": code.state.value,
                "access_code_id": code.access_code_id,
                "created_at": code.created_at,
                "changed_at": code.created_at,
                "trouble": code.trouble,
                "replaces": code.replaces,
            },
        )

    def move(
        self,
        code_id: str,
        before: GuestCodeState,
        after: GuestCodeState,
        *,
        at: datetime,
        trouble: str | None = None,
    ) -> bool:
        """Move from `before` to `after`. False when it was no longer in `before`: somebody else was first.

        Raises `ValueError` for a move that the life of a code does not have: that is a bug.
        """
        if after not in GUEST_CODE_MOVES[before]:
            raise ValueError(f"a guest code cannot go from {before} to {after}")
        statement = (
            update(guest_codes)
            .where(guest_codes.c.code_id == code_id, guest_codes.c.state == before.value)
            .values(state=after.value, changed_at=at, trouble=trouble)
        )
        return self._connection.execute(statement).rowcount == 1

    def begin_end(self, code_id: str, *, at: datetime) -> bool:
        """Somebody ends it before its time. False when its life was over, or ending, already."""
        # An extension under way is left to whoever settles it: its outcome is theirs to write down.
        return self._change_live(code_id, state=GuestCodeState.ENDING.value, changed_at=at, end_asked_at=at)

    def want_end(self, code_id: str, ends_at: datetime, *, seen: datetime | None) -> bool:
        """Note that Seam is about to be asked for another end. False when the code no longer ends when the person saw
        it end (`seen`), another change is on its way, or its life is over."""
        statement = (
            update(guest_codes)
            .where(
                guest_codes.c.code_id == code_id,
                guest_codes.c.state.in_(_LIVE),
                guest_codes.c.wanted_ends_at.is_(None),
                guest_codes.c.ends_at == seen if seen else guest_codes.c.ends_at.is_(None),
            )
            .values(wanted_ends_at=ends_at)
        )
        return self._connection.execute(statement).rowcount == 1

    def settle_end(self, code_id: str, ends_at: datetime, *, taken: bool) -> bool:
        """Seam has taken the end that was wanted, or has not. A code whose life is over keeps its old end. False when
        somebody else has settled it."""
        wanted = update(guest_codes).where(guest_codes.c.code_id == code_id, guest_codes.c.wanted_ends_at == ends_at)
        if taken:
            live = wanted.where(guest_codes.c.state.in_(_LIVE)).values(wanted_ends_at=None, ends_at=ends_at)
            if self._connection.execute(live).rowcount == 1:
                return True
        return self._connection.execute(wanted.values(wanted_ends_at=None)).rowcount == 1

    def hand_over(self, code_id: str, before: PersonRef, after: PersonRef) -> bool:
        """Give it another host. False when it was no longer `before`'s, or its life is over."""
        statement = update(guest_codes).where(
            guest_codes.c.code_id == code_id,
            guest_codes.c.state.in_(_LIVE),
            guest_codes.c.team_id == before.team_id,
            guest_codes.c.user_id == before.user_id,
        )
        values = {"team_id": after.team_id, "user_id": after.user_id, "card_channel": None, "card_ts": None}
        return self._connection.execute(statement.values(**values)).rowcount == 1

    def replacement_of(self, code_id: str) -> GuestCode | None:
        """The code that was made in the place of this one."""
        row = self._connection.execute(select(guest_codes).where(guest_codes.c.replaces == code_id)).first()
        return _guest_code(row) if row else None

    def live_of_host(self, team_id: str, user_id: str) -> Sequence[GuestCode]:
        """Every code of this person that may open a door now or later, by its end."""
        return self._many(
            select(guest_codes)
            .where(guest_codes.c.team_id == team_id, guest_codes.c.user_id == user_id, guest_codes.c.state.in_(_LIVE))
            .order_by(guest_codes.c.ends_at)
        )

    def keep_alarm(self, code_id: str, channel: str, ts: str) -> None:
        """Where the message stands that says it is stuck."""
        self._connection.execute(
            update(guest_codes).where(guest_codes.c.code_id == code_id).values(alarm_channel=channel, alarm_ts=ts)
        )

    def _change_live(self, code_id: str, **values: object) -> bool:
        statement = update(guest_codes).where(guest_codes.c.code_id == code_id, guest_codes.c.state.in_(_LIVE))
        return self._connection.execute(statement.values(**values)).rowcount == 1

    def adopt(self, code_id: str, access_code_id: str) -> bool:
        """Keep Seam's id, once. False when it already had one."""
        statement = (
            update(guest_codes)
            .where(guest_codes.c.code_id == code_id, guest_codes.c.access_code_id.is_(None))
            .values(access_code_id=access_code_id)
        )
        return self._connection.execute(statement).rowcount == 1

    def get(self, code_id: str) -> GuestCode | None:
        row = self._connection.execute(select(guest_codes).where(guest_codes.c.code_id == code_id)).first()
        return _guest_code(row) if row else None

    def at_seam(self, access_code_id: str) -> GuestCode | None:
        """The code that Seam calls so, or None: it is not ours."""
        row = self._connection.execute(
            select(guest_codes).where(guest_codes.c.access_code_id == access_code_id)
        ).first()
        return _guest_code(row) if row else None

    def note_use(self, code_id: str, at: datetime) -> None:
        """It opened the door at `at`; kept if that is the first time, whatever the order in which we hear of it."""
        first = guest_codes.c.first_used_at
        statement = update(guest_codes).where(guest_codes.c.code_id == code_id, or_(first.is_(None), first > at))
        self._connection.execute(statement.values(first_used_at=at))

    def of_order(self, order_id: str) -> Sequence[GuestCode]:
        """All codes of one order, in the order of their doors' names."""
        return self._many(select(guest_codes).where(guest_codes.c.order_id == order_id).order_by("door_name"))

    def of_host(self, team_id: str, user_id: str) -> Sequence[GuestCode]:
        """Every code this person asked for, newest first."""
        return self._many(
            select(guest_codes)
            .where(guest_codes.c.team_id == team_id, guest_codes.c.user_id == user_id)
            .order_by(guest_codes.c.created_at.desc())
        )

    def alive_on(self, device_id: str) -> Sequence[GuestCode]:
        """Every code that is, or will be, or may still be, on this door."""
        over = (GuestCodeState.ENDED.value, GuestCodeState.FAILED.value)
        return self._many(
            select(guest_codes).where(guest_codes.c.device_id == device_id, guest_codes.c.state.not_in(over))
        )

    def in_state(self, state: GuestCodeState) -> Sequence[GuestCode]:
        return self._many(select(guest_codes).where(guest_codes.c.state == state.value))

    def markers(self) -> frozenset[str]:
        """Every marker that was ever given out."""
        return frozenset(self._connection.execute(select(guest_codes.c.marker)).scalars())

    def marker_is_free(self, marker: str) -> bool:
        return (
            self._connection.execute(select(guest_codes.c.marker).where(guest_codes.c.marker == marker)).first() is None
        )

    def card(self, order_id: str) -> tuple[str, str] | None:
        """Where the order's card stands in Slack: (channel, ts), or None."""
        row = self._connection.execute(
            select(guest_codes.c.card_channel, guest_codes.c.card_ts).where(
                guest_codes.c.order_id == order_id, guest_codes.c.card_ts.is_not(None)
            )
        ).first()
        return (row.card_channel, row.card_ts) if row else None

    def keep_card(self, order_id: str, channel: str, ts: str) -> None:
        self._connection.execute(
            update(guest_codes).where(guest_codes.c.order_id == order_id).values(card_channel=channel, card_ts=ts)
        )

    def _many(self, statement: object) -> Sequence[GuestCode]:
        return [_guest_code(row) for row in self._connection.execute(statement)]  # type: ignore[call-overload]


def _guest_code(row: Row[tuple[object, ...]]) -> GuestCode:
    return GuestCode(
        code_id=row.code_id,
        order_id=row.order_id,
        marker=row.marker,
        device_id=row.device_id,
        door_name=row.door_name,
        timezone=ZoneInfo(row.timezone),
        guest=row.guest,
        note=row.note,
        host=PersonRef(team_id=row.team_id, user_id=row.user_id),
        window=Window(starts_at=row.starts_at, ends_at=row.ends_at),
        state=GuestCodeState(row.state),
        access_code_id=row.access_code_id,
        created_at=row.created_at,
        trouble=row.trouble,
        wanted_ends_at=row.wanted_ends_at,
        end_asked_at=row.end_asked_at,
        replaces=row.replaces,
        first_used_at=row.first_used_at,
        alarm=(row.alarm_channel, row.alarm_ts) if row.alarm_ts else None,
    )
