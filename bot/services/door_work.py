"""Unlock and lock, in four beats: write what is intended, act, write what happened, tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.audit import AuditEvent, Outcome, Phase
from bot.domain.errors import DoorTrouble, NotAllowed, OutcomeUnknown
from bot.domain.model import (
    SCHEDULER,
    Action,
    ActionResult,
    Door,
    Operation,
    OperationState,
    Origin,
    Person,
    PersonKind,
)
from bot.domain.policy.ask import AskApproval, Refuse
from bot.domain.requests import AccessRequest
from bot.domain.window import Window
from bot.services.context import Beat, Context, new_id
from bot.services.door_book import DoorBook
from bot.services.gate import Gate, Ruling
from bot.services.late_outcome import settle_late
from bot.services.operation_beats import AT_ONCE, OperationBeats, Telling
from bot.services.operation_records import AUDIT_ACTION, tell_key
from bot.services.owed import Owed

LONGEST_UNLOCK = timedelta(hours=12)

_VERB = {Action.UNLOCK: "unlock", Action.LOCK: "lock"}


class DoorWork:
    """Works doors for people."""

    def __init__(self, context: Context, doors: DoorBook, owed: Owed, gate: Gate) -> None:
        self._context, self._doors, self._owed, self._gate = context, doors, owed, gate
        self._beats = OperationBeats(context, doors, owed, gate)

    async def unlock(
        self,
        *,
        person: Person,
        device_id: str,
        origin: Origin,
        asked_at: datetime,
        relock_at: datetime | None = None,
        groups: frozenset[str] | None = None,
    ) -> Operation | AskApproval:
        """Unlock a door for `person`, and lock it again at `relock_at` (aware) if given.

        `groups`: the Slack user groups they are in, None when Slack could not tell. Returns the ended operation (DONE,
        FAILED or UNKNOWN with the sentence in `trouble`), or what the rules want first; then nothing was done. Raises
        `NotAllowed` and `AlreadyUnderway` when nothing was begun, `StorageTrouble` when it could not be written down,
        `DoorGone`.
        """
        return await self._work(Action.UNLOCK, person, groups, device_id, origin, asked_at, relock_at)

    async def lock(
        self,
        *,
        person: Person,
        device_id: str,
        origin: Origin,
        asked_at: datetime,
        groups: frozenset[str] | None = None,
    ) -> Operation | AskApproval:
        """Lock a door for `person`; calls off a planned re-lock. Returns and raises like `unlock`."""
        return await self._work(Action.LOCK, person, groups, device_id, origin, asked_at, None)

    async def carry_out_request(self, request: AccessRequest) -> Operation:
        """Do what was approved, once: the operation has the request's id, so a second try finds the first.

        Not when the approval is too old by now (a door must not open late): then it FAILED with the sentence.
        """
        before = await self.operation(request.request_id)
        if before is not None:
            return before
        now = self._context.now()
        door = request.doors[0]
        operation = Operation(
            op_id=request.request_id,
            action=request.action,
            device_id=door.device_id,
            door_name=door.name,
            timezone=door.timezone,
            person=request.requester,
            origin=Origin(surface="request", request_id=f"request-{request.request_id[:12]}"),
            state=OperationState.INTENDED,
            intended_at=now,
            relock_at=now + request.length if request.length else request.window.ends_at if request.window else None,
        )
        return await self._beats.carry_out(operation, asked_at=request.decided_at or now)

    def check_may_look(self, person: Person) -> None:
        """Raises `NotAllowed` for somebody who may not even see the doors."""
        if person.kind is not PersonKind.MEMBER:
            raise NotAllowed("I show the doors only to members of this workspace.")

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
        """What a process that died began and did not end is unknown. Never repeated; the person is told.

        A door that was to be locked again still will be. Returns how many there were.
        """
        now, alone = self._context.now(), self._context.db.is_sqlite
        lost = await self._context.db.read(lambda tx: tx.operations.left_behind(now, alone=alone))
        for operation in lost:
            trouble = OutcomeUnknown(operation.door_name, seam_code="restart")
            await self._beats.end(operation, OperationState.UNKNOWN, trouble=trouble, telling=AT_ONCE, own=False)
        return len(lost)

    async def settle_late(
        self, operation: Operation, *, result: ActionResult | None, trouble: DoorTrouble | None
    ) -> None:
        """An outcome that was unknown is known after all: write it down, and tell it again, now truly."""
        now = self._context.now()
        state = OperationState.DONE if result else OperationState.FAILED
        await self._context.db.write(
            lambda tx: settle_late(tx, operation, state, at=now, result=result, trouble=trouble)
        )

    async def _work(
        self,
        action: Action,
        person: Person,
        groups: frozenset[str] | None,
        device_id: str,
        origin: Origin,
        asked_at: datetime,
        relock_at: datetime | None,
    ) -> Operation | AskApproval:
        door = await self._doors.get(device_id)
        window = Window(starts_at=self._context.now(), ends_at=relock_at) if relock_at else None
        ruling = await self._gate.ruling(person=person, groups=groups, action=action, door=door, window=window)
        if isinstance(ruling.decision, AskApproval):
            return ruling.decision
        if isinstance(ruling.decision, Refuse):
            await self._refuse(action, person, door, origin, ruling)
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
        return await self._beats.carry_out(operation, asked_at=asked_at, ruling=ruling)

    async def _refuse(self, action: Action, person: Person, door: Door, origin: Origin, ruling: Ruling) -> None:
        event = AuditEvent(
            at=self._context.now(),
            action=AUDIT_ACTION[action],
            phase=Phase.NOTE,
            outcome=Outcome.DENIED,
            actor=person.ref,
            surface=origin.surface,
            request_id=origin.request_id,
            device_id=door.device_id,
            reason=ruling.rule,
            detail={"door": door.name, "account": person.kind.value},
        )
        await self._context.db.write(lambda tx: tx.audit.record(event))
        raise NotAllowed(f"You may not {_VERB[action]} {door.name}. {ruling.decision.reason}")
