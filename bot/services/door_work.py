"""Unlock and lock, in four beats: write what is intended, act, write what happened, tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.audit import AuditEvent, Outcome, Phase
from bot.domain.errors import DoorTrouble, NotAllowed, OutcomeUnknown
from bot.domain.model import SCHEDULER, Action, ActionResult, Door, Operation, OperationState, Origin, Person
from bot.domain.tasks import NewTask, TaskKind
from bot.domain.until_rules import why_refused
from bot.services.context import Beat, Context, new_id
from bot.services.door_book import DoorBook
from bot.services.operation_beats import AT_ONCE, OperationBeats, Telling
from bot.services.operation_records import AUDIT_ACTION, operation_event, tell_key
from bot.services.owed import Owed
from storage.transaction import Transaction

LONGEST_UNLOCK = timedelta(hours=12)

_VERB = {Action.UNLOCK: "unlock", Action.LOCK: "lock"}


class DoorWork:
    """Works doors for people."""

    def __init__(self, context: Context, doors: DoorBook, owed: Owed) -> None:
        self._context, self._doors, self._owed = context, doors, owed
        self._beats = OperationBeats(context, doors, owed)

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
        """Lock what `unlocked` opened for a time. The bot acts, on behalf of whoever unlocked; they are told: of
        the first failure, and of the end.

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
        telling = Telling(after=timedelta(), trouble_once=f"relock-trouble:{unlocked.op_id}")
        return await self._beats.carry_out(operation, asked_at=operation.intended_at, telling=telling)

    async def told(self, operation: Operation) -> None:
        """The person has been told how it ended; the outbox need not. Never raises for want of a record."""
        key = tell_key(operation.op_id)
        await self._owed.write(lambda tx: tx.tasks.settle(key, at=self._context.now()))
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
            await self._beats.end(operation, OperationState.UNKNOWN, trouble=trouble, telling=AT_ONCE)
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
        return await self._beats.carry_out(operation, asked_at=asked_at)

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
