"""Guest codes: ordered in four beats, found again after a crash, shown only to the person entitled."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.domain.audit import AuditAction, AuditEvent, Outcome, Phase
from bot.domain.code_names import name_on_lock, new_marker
from bot.domain.errors import BotError, DoorTrouble, NotAllowed, OutcomeUnknown, Refused, StorageTrouble
from bot.domain.model import (
    AccessCode,
    Action,
    CodeOrder,
    Door,
    GuestCode,
    GuestCodeState,
    Origin,
    Person,
    PersonKind,
    PersonRef,
)
from bot.domain.pin import Pin, pin_problem
from bot.domain.policy.ask import Actor, Allow, Refuse
from bot.domain.requests import AccessRequest
from bot.domain.tasks import NewTask, TaskKind
from bot.services.code_records import code_event, follow, follow_key, tell_key
from bot.services.context import Beat, Context, new_id
from bot.services.gate import Gate, Ruling
from bot.services.order_checks import Order, OrderChecks, zone_of
from bot.services.owed import Owed
from bot.services.reminders import plan_reminders
from storage.transaction import Transaction

OWN_TELLING = timedelta(seconds=45)


class GuestCodes:
    """Orders guest codes and shows them."""

    def __init__(self, context: Context, checks: OrderChecks, gate: Gate, owed: Owed) -> None:
        self._context, self._checks, self._gate, self._owed = context, checks, gate, owed

    async def rulings(
        self, *, person: Person, groups: frozenset[str] | None, order: Order, beneficiary: Actor | None = None
    ) -> list[tuple[Door, Ruling]]:
        """What the rules say of this code, door by door. Changes nothing."""
        return [
            (
                door,
                await self._gate.ruling(
                    person=person,
                    groups=groups,
                    action=Action.GUEST_CODE,
                    door=door,
                    window=order.window_at(door.device_id),
                    beneficiary=beneficiary,
                ),
            )
            for door in order.doors
        ]

    async def order(
        self, *, person: Person, order: Order, origin: Origin, groups: frozenset[str] | None = None
    ) -> tuple[GuestCode, ...]:
        """Put the codes on the doors, all of which the rules allow at this moment. Returns our records as they stand
        after Seam has taken (or refused) them.

        Raises `NotAllowed` when the rules do not (audited; whoever asks first, see `rulings`), and `StorageTrouble`
        when nothing could be written down and so nothing was done.
        """
        if order.open_changes:
            raise Refused("This needs changes that you have not agreed to, so I did nothing. Please ask once more.")
        rulings = await self.rulings(person=person, groups=groups, order=order)
        if any(not isinstance(ruling.decision, Allow) for _, ruling in rulings):
            await self._refuse(person, rulings, origin)
        return await self._place_all(person.ref, order, origin, new_id(), [ruling for _, ruling in rulings])

    async def carry_out_request(self, request: AccessRequest, order: Order) -> tuple[GuestCode, ...]:
        """Put an approved request's codes on the doors, once: the order has the request's id."""
        placed = await self.of_order(request.request_id)
        if placed:
            return placed
        origin = Origin(surface="request", request_id=f"request-{request.request_id[:12]}")
        return await self._place_all(request.requester, order, origin, request.request_id, [])

    async def _place_all(
        self, host: PersonRef, order: Order, origin: Origin, order_id: str, rulings: Sequence[Ruling]
    ) -> tuple[GuestCode, ...]:
        now = self._context.now()
        codes = await self._context.db.write(lambda tx: self._intend(tx, host, order, origin, order_id, now, rulings))
        self._context.on_beat(Beat.CODE_INTENDED)
        pin = order.pin or await self._checks.pin_for([d for d in order.doors if d.device_id not in order.offline])
        await asyncio.gather(
            *(self._place(code, door, order, pin, origin) for code, door in zip(codes, order.doors, strict=True))
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

    async def reveal(
        self, *, person: Person, code_id: str, origin: Origin, groups: frozenset[str] | None = None
    ) -> tuple[GuestCode, Pin]:
        """The PIN, asked of Seam at this moment, for the host alone; written to the audit log before it is shown.

        Raises `NotAllowed` for anybody else, `BotError` when there is no PIN to show, `DoorTrouble`.
        """
        code = await self._context.db.read(lambda tx: tx.guest_codes.get(code_id))
        if code is None:
            raise BotError("I do not know that code any more. It may be from before a restore; ask for a new one.")
        refused, reason = await self._why_hidden(person, groups, code)
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
            reason=reason,
            detail={"door": code.door_name, "order_id": code.order_id, "marker": code.marker},
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

    async def _why_hidden(
        self, person: Person, groups: frozenset[str] | None, code: GuestCode
    ) -> tuple[str | None, str | None]:
        """Why this person may not see this code, in words and for the log; (None, None) when they may: its host,
        unless their account or a rule refuses it."""
        door = await self._checks.door(code.device_id)
        if person.kind is PersonKind.MEMBER and code.host != person.ref:
            return "only the person who asked for a code may see it", "not_the_host"
        if door is None:
            return None, None
        ruling = await self._gate.ruling(
            person=person, groups=groups, action=Action.REVEAL, door=door, window=code.window
        )
        decision = ruling.decision
        if isinstance(decision, Refuse) and (decision.rule_id is not None or person.kind is not PersonKind.MEMBER):
            return decision.reason, ruling.rule
        return (None, None) if code.host == person.ref else ("only its host may see a code", "not_the_host")

    # -- beats ----------------------------------------------------------------------------------------------------

    def _intend(
        self,
        tx: Transaction,
        host: PersonRef,
        order: Order,
        origin: Origin,
        order_id: str,
        now: datetime,
        rulings: Sequence[Ruling],
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
                window=order.window_at(door.device_id),
                state=GuestCodeState.ORDERED,
                access_code_id=None,
                created_at=now,
            )
            tx.guest_codes.add(code)
            rule = None
            for ruling in rulings:
                if ruling.ask.door.device_id == door.device_id:
                    self._gate.hold(tx, ruling, code.code_id)
                    rule = ruling.rule
            tx.audit.record(
                code_event(code, AuditAction.CODE_CREATE, Phase.INTENT, at=now, origin=origin, names=True, rule=rule)
            )
            codes.append(code)
            # If we die before the outcome, this is what finds the code again.
            tx.tasks.plan(follow(code, now + timedelta(seconds=60)))
        if origin.delivery:
            tx.inbox.finish(origin.delivery)
        tx.tasks.plan(plan_reminders(codes[0], now, "ordered"))
        tx.tasks.plan(
            NewTask(
                kind=TaskKind.TELL_ORDER,
                subject_id=order_id,
                key=tell_key(order_id, "placed"),
                due_at=now + OWN_TELLING,
            )
        )
        return tuple(codes)

    async def _place(self, code: GuestCode, door: Door, order: Order, pin: Pin | None, origin: Origin) -> None:
        is_offline = door.device_id in order.offline
        lock_order = CodeOrder(
            device_id=code.device_id,
            name=name_on_lock(code.guest, code.marker, door.rules.name_max),
            window=code.window,
            pin=pin if pin and not is_offline and pin_problem(pin, door.rules) is None else None,
            is_offline=is_offline,
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

    async def note_refused(self, person: Person, door: Door, ruling: Ruling) -> None:
        """Write down that the rules refused this person a code for this door; nothing was done."""
        await self._context.db.write(partial(_record, event=self._refusal(person, door, ruling, "modal", "refused")))

    async def _refuse(self, person: Person, rulings: Sequence[tuple[Door, Ruling]], origin: Origin) -> None:
        reasons = []
        for door, ruling in rulings:
            if not isinstance(ruling.decision, Allow):
                event = self._refusal(person, door, ruling, origin.surface, origin.request_id)
                await self._context.db.write(partial(_record, event=event))
                reasons.append(f"{door.name}: {ruling.decision.reason}")
        raise NotAllowed("You may not make this guest code. " + " ".join(reasons))

    def _refusal(self, person: Person, door: Door, ruling: Ruling, surface: str, request_id: str) -> AuditEvent:
        return AuditEvent(
            at=self._context.now(),
            action=AuditAction.CODE_CREATE,
            phase=Phase.NOTE,
            outcome=Outcome.DENIED,
            actor=person.ref,
            surface=surface,
            request_id=request_id,
            device_id=door.device_id,
            reason=ruling.rule,
            detail={"door": door.name, "account": person.kind.value},
        )


def _record(tx: Transaction, event: AuditEvent) -> None:
    tx.audit.record(event)


def _free_marker(tx: Transaction) -> str:
    while not tx.guest_codes.marker_is_free(marker := new_marker()):
        pass
    return marker
