"""The four beats of an unlock or lock: write what is intended, act, write what happened, have it told."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.audit import Phase
from bot.domain.errors import AlreadyUnderway, DoorTrouble, OutcomeUnknown, StorageTrouble
from bot.domain.model import SCHEDULER, Action, ActionResult, Operation, OperationState
from bot.domain.tasks import NewTask, TaskKind
from bot.services.context import Beat, Context
from bot.services.door_book import DoorBook
from bot.services.gate import Gate, Ruling
from bot.services.late_outcome import settle_late
from bot.services.operation_records import TooLate, operation_event, tell_key
from bot.services.owed import Owed
from storage.transaction import Transaction

log = logging.getLogger(__name__)

# A command older than this is not sent any more: a door must not open minutes after the click (reliability.md D3).
LATEST_SEND = timedelta(seconds=10)
# How long the running process has to tell the person itself before the scheduler does.
OWN_TELLING = timedelta(seconds=45)
# When an attempt was still open at the deadline, when to look again; after the last look it stays unknown (T20).
LOOKS = (10, 20, 30, 60, 120, 300, 600, 1800, 3600, 14400, 64800)

_DOING = {Action.UNLOCK: "unlocking", Action.LOCK: "locking"}
_BEATS = {
    Action.UNLOCK: (Beat.UNLOCK_INTENDED, Beat.UNLOCK_ACTED, Beat.UNLOCK_RECORDED),
    Action.LOCK: (Beat.LOCK_INTENDED, Beat.LOCK_ACTED, Beat.LOCK_RECORDED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """When the outbox tells how it ended. With `trouble_once`, all failures that share that key are told once."""

    after: timedelta
    trouble_once: str | None = None

    def key(self, operation: Operation, state: OperationState) -> str:
        if self.trouble_once and state is not OperationState.DONE:
            return self.trouble_once
        return tell_key(operation.op_id)


OURSELVES = Telling(after=OWN_TELLING)
AT_ONCE = Telling(after=timedelta())


class OperationBeats:
    """Carries operations from intent to outcome."""

    def __init__(self, context: Context, doors: DoorBook, owed: Owed, gate: Gate) -> None:
        self._context, self._doors, self._owed, self._gate = context, doors, owed, gate

    async def carry_out(
        self,
        operation: Operation,
        *,
        asked_at: datetime,
        telling: Telling = OURSELVES,
        ruling: Ruling | None = None,
    ) -> Operation:
        """All beats but the telling. With a `ruling`, only while it still holds.

        Raises `Refused` when it does not, `AlreadyUnderway` and `StorageTrouble`, only before anything was sent.
        """
        intended, acted, _ = _BEATS[operation.action]
        await self._context.db.write(lambda tx: self._intend(tx, operation, ruling))
        self._context.on_beat(intended)
        result: ActionResult | None = None
        trouble: DoorTrouble | None = None
        try:
            result = await self._act(operation, asked_at)
        except DoorTrouble as problem:
            trouble = problem.at(operation.door_name)
        except Exception:
            # A bug of ours. The command may have gone out; and an intent that never ends would block the door.
            log.exception("operation.unexpected", extra={"op_id": operation.op_id})
            trouble = OutcomeUnknown(operation.door_name, seam_code="unexpected")
        self._context.on_beat(acted)
        if result:
            self._doors.note_locked(operation.device_id, operation.action is Action.LOCK)
            return await self.end(operation, OperationState.DONE, result=result, telling=telling)
        state = OperationState.UNKNOWN if isinstance(trouble, OutcomeUnknown) else OperationState.FAILED
        return await self.end(operation, state, trouble=trouble, telling=telling)

    async def end(
        self,
        operation: Operation,
        state: OperationState,
        *,
        result: ActionResult | None = None,
        trouble: DoorTrouble | None = None,
        telling: Telling = OURSELVES,
        own: bool = True,
    ) -> Operation:
        """Write how it ended, now or as soon as that is possible, and return it as it ended.

        `own`: this process has acted and knows. If another one took us for dead meanwhile and called the outcome
        unknown, ours corrects it.
        """
        now = self._context.now()
        ended = replace(
            operation,
            state=state,
            action_attempt_id=result.action_attempt_id if result else (trouble and trouble.action_attempt_id) or None,
            confirmed=result.confirmed if result else None,
            trouble=str(trouble) if trouble else None,
        )

        def record(tx: Transaction) -> None:
            if not tx.operations.end(
                ended.op_id,
                state,
                at=now,
                action_attempt_id=ended.action_attempt_id,
                confirmed=ended.confirmed,
                trouble=ended.trouble,
            ):
                if own and state is not OperationState.UNKNOWN:
                    settle_late(tx, operation, state, at=now, result=result, trouble=trouble)
                return
            tx.audit.record(
                operation_event(operation, Phase.OUTCOME, at=now, state=state, result=result, trouble=trouble)
            )
            tx.tasks.plan(
                NewTask(
                    kind=TaskKind.TELL_OPERATION,
                    subject_id=ended.op_id,
                    key=telling.key(ended, state),
                    due_at=now + telling.after,
                )
            )
            self._plan_what_follows(tx, ended, now)

        if not await self._owed.write(record):
            return ended
        self._context.on_beat(_BEATS[operation.action][2])
        try:
            return await self._context.db.read(lambda tx: tx.operations.get(ended.op_id)) or ended
        except StorageTrouble:
            return ended

    def _intend(self, tx: Transaction, operation: Operation, ruling: Ruling | None) -> None:
        if ruling:
            self._gate.hold(tx, ruling, operation.op_id)
        if not tx.operations.intend(operation, self._context.process_id):
            other = tx.operations.in_flight(operation.device_id)[0]
            raise AlreadyUnderway(
                operation.door_name, _DOING[other.action], by_the_same=other.person == operation.person
            )
        rule = ruling.rule if ruling else None
        tx.audit.record(operation_event(operation, Phase.INTENT, at=operation.intended_at, rule=rule))
        if operation.origin.delivery:
            tx.inbox.finish(operation.origin.delivery)

    async def _act(self, operation: Operation, asked_at: datetime) -> ActionResult:
        if self._context.now() - asked_at > LATEST_SEND:
            raise TooLate(operation.door_name)
        if operation.action is Action.UNLOCK:
            return await self._context.locks.unlock(operation.device_id, not_after=asked_at + LATEST_SEND)
        return await self._context.locks.lock(operation.device_id)

    def _plan_what_follows(self, tx: Transaction, ended: Operation, now: datetime) -> None:
        by_itself = ended.origin.surface == SCHEDULER  # a re-lock ends its own timer
        if ended.action is Action.LOCK and ended.state is OperationState.DONE and not by_itself:
            tx.tasks.drop(ended.device_id, TaskKind.RELOCK, at=now)
        if ended.relock_at and ended.state is not OperationState.FAILED:
            # Also when the unlock's outcome is unknown: the door may be open, and locking is the safe direction.
            tx.tasks.plan(
                NewTask(
                    kind=TaskKind.RELOCK,
                    subject_id=ended.device_id,
                    key=f"relock:{ended.op_id}",
                    due_at=ended.relock_at,
                    payload={"op_id": ended.op_id},
                )
            )
        if ended.state is OperationState.UNKNOWN and ended.action_attempt_id:
            tx.tasks.plan(
                NewTask(
                    kind=TaskKind.LOOK_AGAIN,
                    subject_id=ended.op_id,
                    key=f"look:{ended.op_id}",
                    due_at=now + timedelta(seconds=LOOKS[0]),
                )
            )
