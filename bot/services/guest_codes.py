"""Guest codes: ordered in four beats, found again after a crash, shown only to the person entitled."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.domain.audit import AuditAction, AuditEvent, Outcome, Phase
from bot.domain.code_names import name_on_lock, new_marker
from bot.domain.errors import BotError, DoorTrouble, NotAllowed, OutcomeUnknown, StorageTrouble
from bot.domain.model import (
    AccessCode,
    Action,
    CodeOrder,
    Door,
    GuestCode,
    GuestCodeState,
    Origin,
    Person,
    PersonRef,
)
from bot.domain.pin import Pin, pin_problem
from bot.domain.tasks import NewTask, TaskKind
from bot.domain.until_rules import why_refused
from bot.services.code_records import code_event, follow, follow_key, tell_key
from bot.services.context import Beat, Context, new_id
from bot.services.order_checks import Order, OrderChecks, zone_of
from bot.services.owed import Owed
from storage.transaction import Transaction

OWN_TELLING = timedelta(seconds=45)


class GuestCodes:
    """Orders guest codes and shows them."""

    def __init__(self, context: Context, checks: OrderChecks, owed: Owed) -> None:
        self._context, self._checks, self._owed = context, checks, owed

    async def order(self, *, person: Person, order: Order, origin: Origin) -> tuple[GuestCode, ...]:
        """Put the codes on the doors. Returns our records as they stand after Seam has taken (or refused) them.

        Raises `NotAllowed`, and `StorageTrouble` when nothing could be written down and so nothing was done.
        """
        if reason := why_refused(person, Action.GUEST_CODE):
            await self._refuse(person, order, origin, reason)
        now = self._context.now()
        order_id = new_id()
        codes = await self._context.db.write(lambda tx: self._intend(tx, person.ref, order, origin, order_id, now))
        self._context.on_beat(Beat.CODE_INTENDED)
        pin = order.pin or await self._checks.pin_for(order.doors)
        await asyncio.gather(
            *(self._place(code, door, pin, origin) for code, door in zip(codes, order.doors, strict=True))
        )
        self._context.on_beat(Beat.CODE_RECORDED)
        try:
            return await self.of_order(order_id)
        except StorageTrouble:
            return codes  # ordered they are, and how each ended is told later

    async def of_order(self, order_id: str) -> tuple[GuestCode, ...]:
        """The codes of one order as they stand."""
        return tuple(await self._context.db.read(lambda tx: tx.guest_codes.of_order(order_id)))

    async def card_place(self, order_id: str) -> tuple[str, str] | None:
        """Where the order's card stands: (channel, ts), or None when none was posted."""
        return await self._context.db.read(lambda tx: tx.guest_codes.card(order_id))

    async def keep_card_place(self, order_id: str, channel: str, ts: str) -> None:
        """Remember where the card stands, to rewrite it."""
        await self._owed.write(lambda tx: tx.guest_codes.keep_card(order_id, channel, ts))

    async def told(self, order_id: str) -> None:
        """The person has seen the order's result; the outbox need not tell it."""
        await self._owed.write(lambda tx: tx.tasks.settle(tell_key(order_id, "placed"), at=self._context.now()))
        self._context.on_beat(Beat.TOLD)

    async def reveal(self, *, person: Person, code_id: str, origin: Origin) -> tuple[GuestCode, Pin]:
        """The PIN, asked of Seam at this moment, for the host alone; written to the audit log before it is shown.

        Raises `NotAllowed` for anybody else, `BotError` when there is no PIN to show, `DoorTrouble`.
        """
        code = await self._context.db.read(lambda tx: tx.guest_codes.get(code_id))
        if code is None:
            raise BotError("I do not know that code any more. It may be from before a restore; ask for a new one.")
        refused = why_refused(person, Action.REVEAL) or (
            None if code.host == person.ref else "only the person who asked for a code may see it"
        )
        event = AuditEvent(
            at=self._context.now(),
            action=AuditAction.CODE_REVEAL,
            phase=Phase.NOTE,
            outcome=Outcome.DENIED if refused else Outcome.OK,
            actor=person.ref,
            surface=origin.surface,
            request_id=origin.request_id,
            device_id=code.device_id,
            subject_id=code.code_id,
            reason="not_the_host" if refused else None,
            detail={"door": code.door_name},
        )
        if refused:
            await self._context.db.write(lambda tx: tx.audit.record(event))
            raise NotAllowed(f"I cannot show you this code, because {refused}.")
        if code.state in {GuestCodeState.ENDED, GuestCodeState.FAILED} or code.access_code_id is None:
            raise BotError(f"There is no PIN to show: this code for {code.door_name} is not on the lock.")
        held = await self._context.locks.code(code.access_code_id)
        if held is None or held.pin is None:
            raise BotError(
                f"{code.door_name} has not given out the PIN yet. Try again in a minute."
                if held
                else f"The code is no longer on {code.door_name}. Ask for a new one."
            )
        await self._context.db.write(lambda tx: tx.audit.record(event))
        return code, held.pin

    # -- beats ----------------------------------------------------------------------------------------------------

    def _intend(
        self, tx: Transaction, host: PersonRef, order: Order, origin: Origin, order_id: str, now: datetime
    ) -> tuple[GuestCode, ...]:
        codes = []
        for door in order.doors:
            code = GuestCode(
                code_id=new_id(),
                order_id=order_id,
                marker=_free_marker(tx),
                device_id=door.device_id,
                door_name=door.name,
                timezone=zone_of(door),
                guest=order.guest,
                note=order.note,
                host=host,
                window=order.window,
                state=GuestCodeState.ORDERED,
                access_code_id=None,
                created_at=now,
            )
            tx.guest_codes.add(code)
            tx.audit.record(code_event(code, AuditAction.CODE_CREATE, Phase.INTENT, at=now, origin=origin, names=True))
            codes.append(code)
            # If we die before the outcome, this is what finds the code again.
            tx.tasks.plan(follow(code, now + timedelta(seconds=60)))
        if origin.delivery:
            tx.inbox.finish(origin.delivery)
        tx.tasks.plan(
            NewTask(
                kind=TaskKind.TELL_ORDER,
                subject_id=order_id,
                key=tell_key(order_id, "placed"),
                due_at=now + OWN_TELLING,
            )
        )
        return tuple(codes)

    async def _place(self, code: GuestCode, door: Door, pin: Pin | None, origin: Origin) -> None:
        lock_order = CodeOrder(
            device_id=code.device_id,
            name=name_on_lock(code.guest, code.marker, door.rules.name_max),
            window=code.window,
            pin=pin if pin and pin_problem(pin, door.rules) is None else None,
        )
        placed: AccessCode | None = None
        trouble: DoorTrouble | None = None
        try:
            placed = await self._context.locks.create_code(lock_order)
        except DoorTrouble as problem:
            trouble = problem.at(code.door_name)
        self._context.on_beat(Beat.CODE_ACTED)
        now = self._context.now()

        def record(tx: Transaction) -> None:
            if placed:
                tx.guest_codes.adopt(code.code_id, placed.access_code_id)
            elif not isinstance(trouble, OutcomeUnknown):
                tx.guest_codes.move(
                    code.code_id, GuestCodeState.ORDERED, GuestCodeState.FAILED, at=now, trouble=str(trouble)
                )
            tx.audit.record(
                code_event(
                    code, AuditAction.CODE_CREATE, Phase.OUTCOME, at=now, origin=origin, placed=placed, trouble=trouble
                )
            )
            # Unknown: look soon (the follower adopts it by its name). Placed: follow it to the lock.
            tx.tasks.hasten(follow_key(code.code_id), now + timedelta(seconds=2 if placed else 5))

        await self._owed.write(record)

    async def _refuse(self, person: Person, order: Order, origin: Origin, reason: str) -> None:
        for door in order.doors:
            event = AuditEvent(
                at=self._context.now(),
                action=AuditAction.CODE_CREATE,
                phase=Phase.NOTE,
                outcome=Outcome.DENIED,
                actor=person.ref,
                surface=origin.surface,
                request_id=origin.request_id,
                device_id=door.device_id,
                reason=f"account:{person.kind.value}",
                detail={"door": door.name},
            )
            await self._context.db.write(lambda tx, event=event: tx.audit.record(event))  # type: ignore[misc]
        raise NotAllowed(
            f"You may not make a guest code, because {reason}. Ask somebody who works here to make one for you."
        )


def _free_marker(tx: Transaction) -> str:
    while not tx.guest_codes.marker_is_free(marker := new_marker()):
        pass
    return marker
