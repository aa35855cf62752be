"""Unlocks and locks, from intent to outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, and_, literal, or_, select, update

from bot.domain.model import Action, Operation, OperationState, Origin, PersonRef
from storage.once import insert_once
from storage.tables import operations, processes

UNSTAMPED_FOR = timedelta(minutes=5)  # a version before 0005 stamps nothing; no operation takes that long


class OperationRows:
    """The operations within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def intend(self, operation: Operation, process_id: str | None = None) -> bool:
        """Write down what this process is about to do. False when this door already has a command in flight."""
        return insert_once(
            self._connection,
            operations,
            {
                "op_id": operation.op_id,
                "action": operation.action.value,
                "device_id": operation.device_id,
                "door_name": operation.door_name,
                "timezone": operation.timezone.key,
                "team_id": operation.person.team_id,
                "user_id": operation.person.user_id,
                "surface": operation.origin.surface,
                "request_id": operation.origin.request_id,
                "channel_id": operation.origin.channel_id,
                "state": OperationState.INTENDED.value,
                "intended_at": operation.intended_at,
                "relock_at": operation.relock_at,
                "process_id": process_id,
            },
        )

    def end(
        self,
        op_id: str,
        state: OperationState,
        *,
        at: datetime,
        action_attempt_id: str | None = None,
        confirmed: bool | None = None,
        trouble: str | None = None,
        before: OperationState = OperationState.INTENDED,
    ) -> bool:
        """Move from `before` to `state`. False when it had already ended: somebody else was first."""
        statement = (
            update(operations)
            .where(operations.c.op_id == op_id, operations.c.state == before.value)
            .values(
                state=state.value,
                ended_at=at,
                action_attempt_id=action_attempt_id,
                confirmed=confirmed,
                trouble=trouble,
            )
        )
        return self._connection.execute(statement).rowcount == 1

    def get(self, op_id: str) -> Operation | None:
        row = self._connection.execute(select(operations).where(operations.c.op_id == op_id)).first()
        return _operation(row) if row else None

    def is_ours(
        self, device_id: str, action: Action, attempt_id: str | None, *, since: datetime, until: datetime
    ) -> bool:
        """Whether a bolt moved by our command: the attempt is ours or, where its id is not told, we sent such a command
        to this door between `since` and `until`."""
        if attempt_id is not None:
            which = operations.c.action_attempt_id == attempt_id
        else:
            which = and_(
                operations.c.device_id == device_id,
                operations.c.action == action.value,
                operations.c.state != OperationState.FAILED.value,
                operations.c.intended_at.between(since, until),
            )
        return self._connection.execute(select(operations.c.op_id).where(which).limit(1)).first() is not None

    def in_flight(self, device_id: str) -> Sequence[Operation]:
        """Intended and not ended on this door."""
        statement = select(operations).where(
            operations.c.state == OperationState.INTENDED.value, operations.c.device_id == device_id
        )
        return [_operation(row) for row in self._connection.execute(statement)]

    def left_behind(self, now: datetime, *, alone: bool) -> Sequence[Operation]:
        """Intended and not ended, by a process that lives no more. `alone`: no other process can be writing."""
        stamp = operations.c.process_id
        unstamped = and_(stamp.is_(None), or_(literal(alone), operations.c.intended_at < now - UNSTAMPED_FOR))
        statement = select(operations).where(
            operations.c.state == OperationState.INTENDED.value,
            # NULL is "not in" an empty table: what is unstamped is only ever judged by its age.
            or_(unstamped, and_(stamp.is_not(None), stamp.not_in(select(processes.c.process_id)))),
        )
        return [_operation(row) for row in self._connection.execute(statement)]


def _operation(row: Row[tuple[object, ...]]) -> Operation:
    return Operation(
        op_id=row.op_id,
        action=Action(row.action),
        device_id=row.device_id,
        door_name=row.door_name,
        timezone=ZoneInfo(row.timezone),
        person=PersonRef(team_id=row.team_id, user_id=row.user_id),
        origin=Origin(surface=row.surface, request_id=row.request_id, channel_id=row.channel_id),
        state=OperationState(row.state),
        intended_at=row.intended_at,
        relock_at=row.relock_at,
        action_attempt_id=row.action_attempt_id,
        confirmed=row.confirmed,
        trouble=row.trouble,
    )
