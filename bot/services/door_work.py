"""Unlock and lock, in four beats: write what is intended, act, write what happened, tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.audit import AuditEvent, Outcome, Phase
from bot.domain.errors import AlreadyUnderway, DoorTrouble, NotAllowed, OutcomeUnknown
from bot.domain.model import SCHEDULER, Action, ActionResult, Door, Operation, OperationState, Origin, Person
from bot.domain.tasks import NewTask, TaskKind
from bot.domain.until_rules import why_refused
from bot.services.context import Beat, Context, new_id
from bot.services.door_book import DoorBook
from bot.services.operation_records import AUDIT_ACTION, TooLate, operation_event, tell_key
from storage.transaction import Transaction

# A command older than this is not sent any more: a door must not open minutes after the click (reliability.md D3).
LATEST_SEND = timedelta(seconds=10)
# How long the running process has to tell the person itself before the scheduler does.
OWN_TELLING = timedelta(seconds=45)
# When an attempt was still open at the deadline, when to look again; after the last look it stays unknown (T20).
LOOKS = (10, 20, 30, 60, 120, 300, 600, 1800, 3600, 14400, 64800)
LONGEST_UNLOCK = timedelta(hours=12)

_VERB = {Action.UNLOCK: "unlock", Action.LOCK: "lock"}
_DOING = {Action.UNLOCK: "unlocking", Action.LOCK: "locking"}
_BEATS = {
    Action.UNLOCK: (Beat.UNLOCK_INTENDED, Beat.UNLOCK_ACTED, Beat.UNLOCK_RECORDED),
    Action.LOCK: (Beat.LOCK_INTENDED, Beat.LOCK_ACTED, Beat.LOCK_RECORDED),
}


class DoorWork:
    """Works doors for people."""

    def __init__(self, context: Context, doors: DoorBook) -> None:
        self._context, self._doors = context, doors

    async def unlock(
        self,
        *,
        person: Person,
        device_id: str,
        origin: Origin,
        asked_at: datetime,
        relock_at: datetime | None = None,
    ) -> Operation:
        """Unlock a door for `person`, and lock it again at `relock_at` (aware) if given.

        Returns the ended operation: DONE, FAILED or UNKNOWN with the sentence in `trouble`. Raises `NotAllowed` and
        `AlreadyUnderway` when nothing was begun, `StorageTrouble` when it could not be written down, `DoorGone`.
        """
        return await self._work(Action.UNLOCK, person, device_id, origin, asked_at, relock_at)

    async def lock(self, *, person: Person, device_id: str, origin: Origin, asked_at: datetime) -> Operation:
        """Lock a door for `person`; calls off a planned re-lock. Returns and raises like `unlock`."""
        return await self._work(Action.LOCK, person, device_id, origin, asked_at, None)

    def check_may_look(self, person: Person) -> None:
        """Raises `NotAllowed` for somebody who may not even see the doors."""
        if reason := why_refused(person, Action.UNLOCK):
            raise NotAllowed(f"I cannot show you the doors, because {reason}.")

    async def lock_again(self, unlocked: Operation, *, attempt: int) -> Operation:
        """Lock what `unlocked` opened for a time. The bot acts, on behalf of whoever unlocked; they are told.

        Also when they may no longer unlock: closing is always allowed (reliability.md D2). Raises `AlreadyUnderway`.
        """
        origin = Origin(surface=SCHEDULER, request_id=f"{unlocked.origin.request_id}-relock{attempt}")
        operation = replace(
            unlocked,
            op_id=new_id(),
            action=Action.LOCK,
            origin=origin,
            state=OperationState.INTENDED,
            intended_at=self._context.now(),
            relock_at=None,
        )
        return await self._carry_out(operation, asked_at=operation.intended_at, tell_after=timedelta())

    async def told(self, operation: Operation) -> None:
        """The person has been told how it ended; the outbox need not."""
        key = tell_key(operation.op_id)
        await self._context.db.write(lambda tx: tx.tasks.settle(key, at=self._context.now()))
        self._context.on_beat(Beat.TOLD)

    async def operation(self, op_id: str) -> Operation | None:
        """The operation of this id as it stands."""
        return await self._context.db.read(lambda tx: tx.operations.get(op_id))

    async def resume(self) -> int:
        """After a restart: what was begun and not ended is unknown. Never repeated; the person is told.

        A door that was to be locked again still will be. Returns how many there were.
        """
        lost = await self._context.db.read(lambda tx: tx.operations.in_flight())
        for operation in lost:
            trouble = OutcomeUnknown(operation.door_name, seam_code="restart")
            await self._end(operation, OperationState.UNKNOWN, trouble=trouble, tell_after=timedelta())
        return len(lost)

    async def settle_late(
        self, operation: Operation, *, result: ActionResult | None, trouble: DoorTrouble | None
    ) -> None:
        """An outcome that was unknown is known after all: write it down, and tell it again, now truly."""
        now = self._context.now()
        state = OperationState.DONE if result else OperationState.FAILED

        def record(tx: Transaction) -> None:
            if tx.operations.end(
                operation.op_id,
                state,
                at=now,
                action_attempt_id=operation.action_attempt_id,
                confirmed=result.confirmed if result else None,
                trouble=str(trouble) if trouble else None,
                before=OperationState.UNKNOWN,
            ):
                tx.audit.record(
                    operation_event(operation, Phase.NOTE, at=now, state=state, result=result, trouble=trouble)
                )
                tx.tasks.plan(
                    NewTask(
                        kind=TaskKind.TELL_OPERATION,
                        subject_id=operation.op_id,
                        key=f"{tell_key(operation.op_id)}:late",
                        due_at=now,
                        payload={"late": "yes"},
                    )
                )

        await self._context.db.write(record)

    # -- the four beats -------------------------------------------------------------------------------------------

    async def _work(
        self,
        action: Action,
        person: Person,
        device_id: str,
        origin: Origin,
        asked_at: datetime,
        relock_at: datetime | None,
    ) -> Operation:
        door = await self._doors.get(device_id)
        if reason := why_refused(person, action):
            await self._refuse(action, person, door, origin, reason)
        operation = Operation(
            op_id=new_id(),
            action=action,
            device_id=door.device_id,
            door_name=door.name,
            timezone=door.timezone or ZoneInfo("UTC"),
            person=person.ref,
            origin=origin,
            state=OperationState.INTENDED,
            intended_at=self._context.now(),
            relock_at=relock_at,
        )
        return await self._carry_out(operation, asked_at=asked_at, tell_after=OWN_TELLING)

    async def _carry_out(self, operation: Operation, *, asked_at: datetime, tell_after: timedelta) -> Operation:
        intended, acted, _ = _BEATS[operation.action]
        await self._context.db.write(lambda tx: self._intend(tx, operation))
        self._context.on_beat(intended)
        try:
            result = await self._act(operation, asked_at)
        except DoorTrouble as trouble:
            named = trouble.at(operation.door_name)
            state = OperationState.UNKNOWN if isinstance(trouble, OutcomeUnknown) else OperationState.FAILED
            self._context.on_beat(acted)
            return await self._end(operation, state, trouble=named, tell_after=tell_after)
        self._context.on_beat(acted)
        self._doors.note_locked(operation.device_id, operation.action is Action.LOCK)
        return await self._end(operation, OperationState.DONE, result=result, tell_after=tell_after)

    def _intend(self, tx: Transaction, operation: Operation) -> None:
        if not tx.operations.intend(operation):
            other = tx.operations.in_flight(operation.device_id)[0]
            raise AlreadyUnderway(
                operation.door_name, _DOING[other.action], by_the_same=other.person == operation.person
            )
        tx.audit.record(operation_event(operation, Phase.INTENT, at=operation.intended_at))
        if operation.origin.delivery:
            tx.inbox.finish(operation.origin.delivery)

    async def _act(self, operation: Operation, asked_at: datetime) -> ActionResult:
        if self._context.now() - asked_at > LATEST_SEND:
            raise TooLate(operation.door_name)
        if operation.action is Action.UNLOCK:
            return await self._context.locks.unlock(operation.device_id)
        return await self._context.locks.lock(operation.device_id)

    async def _end(
        self,
        operation: Operation,
        state: OperationState,
        *,
        result: ActionResult | None = None,
        trouble: DoorTrouble | None = None,
        tell_after: timedelta = OWN_TELLING,
    ) -> Operation:
        now = self._context.now()
        attempt_id = result.action_attempt_id if result else (trouble.action_attempt_id if trouble else "") or None

        def record(tx: Transaction) -> None:
            if not tx.operations.end(
                operation.op_id,
                state,
                at=now,
                action_attempt_id=attempt_id,
                confirmed=result.confirmed if result else None,
                trouble=str(trouble) if trouble else None,
            ):
                return
            tx.audit.record(
                operation_event(operation, Phase.OUTCOME, at=now, state=state, result=result, trouble=trouble)
            )
            tx.tasks.plan(
                NewTask(
                    kind=TaskKind.TELL_OPERATION,
                    subject_id=operation.op_id,
                    key=tell_key(operation.op_id),
                    due_at=now + tell_after,
                )
            )
            self._plan_what_follows(tx, operation, state, attempt_id, now)

        await self._context.db.write(record)
        self._context.on_beat(_BEATS[operation.action][2])
        ended = await self.operation(operation.op_id)
        return ended or operation

    def _plan_what_follows(
        self, tx: Transaction, operation: Operation, state: OperationState, attempt_id: str | None, now: datetime
    ) -> None:
        by_itself = operation.origin.surface == SCHEDULER  # a re-lock ends its own timer
        if operation.action is Action.LOCK and state is OperationState.DONE and not by_itself:
            tx.tasks.drop(operation.device_id, TaskKind.RELOCK, at=now)
        if operation.relock_at and state is not OperationState.FAILED:
            # Also when the unlock's outcome is unknown: the door may be open, and locking is the safe direction.
            tx.tasks.plan(
                NewTask(
                    kind=TaskKind.RELOCK,
                    subject_id=operation.device_id,
                    key=f"relock:{operation.op_id}",
                    due_at=operation.relock_at,
                    payload={"op_id": operation.op_id},
                )
            )
        if state is OperationState.UNKNOWN and attempt_id:
            tx.tasks.plan(
                NewTask(
                    kind=TaskKind.LOOK_AGAIN,
                    subject_id=operation.op_id,
                    key=f"look:{operation.op_id}",
                    due_at=now + timedelta(seconds=LOOKS[0]),
                )
            )

    async def _refuse(self, action: Action, person: Person, door: Door, origin: Origin, reason: str) -> None:
        event = AuditEvent(
            at=self._context.now(),
            action=AUDIT_ACTION[action],
            phase=Phase.NOTE,
            outcome=Outcome.DENIED,
            actor=person.ref,
            surface=origin.surface,
            request_id=origin.request_id,
            device_id=door.device_id,
            reason=f"account:{person.kind.value}",
            detail={"door": door.name},
        )
        await self._context.db.write(lambda tx: tx.audit.record(event))
        raise NotAllowed(
            f"You may not {_VERB[action]} {door.name}, because {reason}. "
            "If you need this door, ask somebody who works here to open it for you."
        )
