"""After `/unlock … for 30 min`: lock again, and check that it did. Also the late look at an open attempt."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.audit import SYSTEM, AuditAction, AuditEvent, Outcome, Phase
from bot.domain.errors import AlreadyUnderway, DoorTrouble, OutcomeUnknown
from bot.domain.model import SCHEDULER, ActionResult, Operation, OperationState
from bot.domain.tasks import NewTask, Task, TaskKind
from bot.services.context import Context
from bot.services.door_work import DoorWork
from bot.services.operation_beats import LOOKS
from storage.transaction import Transaction

CHECK_AFTER = timedelta(seconds=15)  # `locked` right after a success may be stale (seam-api.md 4.2)
TRY_AGAIN = (30, 60, 120, 300, 900)  # seconds between tries; the last one repeats
GIVE_UP_AFTER = timedelta(hours=24)


class Relock:
    """The timers that follow an unlock. Each returns when it wants to be called again, or None when it is done."""

    def __init__(self, context: Context, work: DoorWork) -> None:
        self._context, self._work = context, work

    async def lock_again(self, task: Task) -> datetime | None:
        """Lock the door of a RELOCK task, unless somebody has meanwhile opened it for longer."""
        now = self._context.now()
        unlocked = await self._work.operation(task.payload["op_id"])
        if unlocked is None or unlocked.relock_at is None or await self._is_open_for_longer(task, unlocked):
            return None
        try:
            locked = await self._work.lock_again(unlocked, attempt=task.attempts)
        except AlreadyUnderway:
            return now + timedelta(seconds=5)
        if locked.state is OperationState.DONE:
            await self._context.db.write(lambda tx: tx.tasks.plan(_check(locked, now + CHECK_AFTER)))
            return None
        if now - unlocked.relock_at > GIVE_UP_AFTER:
            await self._context.db.write(lambda tx: self._alarm(tx, locked))
            return None
        return now + timedelta(seconds=TRY_AGAIN[min(task.attempts, len(TRY_AGAIN)) - 1])

    async def check(self, task: Task) -> datetime | None:
        """Look whether a door that was locked again is locked; tell the person loudly if it is not."""
        locked = await self._work.operation(task.subject_id)
        if locked is None:
            return None
        try:
            door = await self._context.locks.door(locked.device_id)
        except DoorTrouble:
            return None if task.attempts > 3 else self._context.now() + timedelta(seconds=30)
        if door.locked is False:
            await self._context.db.write(lambda tx: self._alarm(tx, locked))
        return None

    async def look_again(self, task: Task) -> datetime | None:
        """Look at an attempt that was open when we stopped waiting. A late success is told at once: a door opened."""
        operation = await self._work.operation(task.subject_id)
        if operation is None or operation.state is not OperationState.UNKNOWN or not operation.action_attempt_id:
            return None
        now = self._context.now()
        result: ActionResult | None = None
        trouble: DoorTrouble | None = None
        try:
            result = await self._context.locks.attempt(operation.action_attempt_id)
        except OutcomeUnknown:
            return None  # Seam has lost the attempt: nobody will ever know, and "failed" would be a guess
        except DoorTrouble as problem:
            trouble = problem.at(operation.door_name)
        if result is None and trouble is None:
            return now + timedelta(seconds=LOOKS[task.attempts]) if task.attempts < len(LOOKS) else None
        await self._work.settle_late(operation, result=result, trouble=trouble)
        return None

    async def _is_open_for_longer(self, task: Task, unlocked: Operation) -> bool:
        """Whether another unlock of this door, whose re-lock is still to come, was meant to last longer.

        By what was asked for, not by when the other timer is due: a claim and each retry move that, and two timers
        that both took the other for the later one would leave the door open.
        """

        def meant(tx: Transaction) -> list[datetime]:
            others = tx.tasks.waiting(unlocked.device_id, TaskKind.RELOCK, besides=task.task_id)
            found = [tx.operations.get(other["op_id"]) for other in others]
            return [operation.relock_at for operation in found if operation and operation.relock_at]

        ends = await self._context.db.read(meant)
        return unlocked.relock_at is not None and any(end > unlocked.relock_at for end in ends)

    def _alarm(self, tx: Transaction, locked: Operation) -> None:
        now = self._context.now()
        tx.audit.record(
            AuditEvent(
                at=now,
                action=AuditAction.DOOR_RELOCK,
                phase=Phase.NOTE,
                outcome=Outcome.FAILED,
                actor=SYSTEM,
                surface=SCHEDULER,
                request_id=locked.origin.request_id,
                device_id=locked.device_id,
                subject_id=locked.op_id,
                reason="still_unlocked",
                detail={"door": locked.door_name},
            )
        )
        tx.tasks.plan(
            NewTask(
                kind=TaskKind.TELL_NOT_LOCKED,
                subject_id=locked.op_id,
                key=f"not-locked:{locked.op_id}",
                due_at=now,
            )
        )


def _check(locked: Operation, due_at: datetime) -> NewTask:
    return NewTask(kind=TaskKind.CHECK_RELOCK, subject_id=locked.op_id, key=f"check:{locked.op_id}", due_at=due_at)
