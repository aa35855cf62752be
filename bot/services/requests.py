"""Requests: submitted, shown, cancelled, expired. Decided in `decisions.py`, carried out in `request_acts.py`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.audit import SYSTEM, AuditAction, Outcome
from bot.domain.clean_text import LONGEST_NOTE, one_line
from bot.domain.errors import AlreadyDecided, BotError, NotAllowed, Refused
from bot.domain.model import SCHEDULER, Action, Door, Origin, Person, PersonRef
from bot.domain.policy.ask import Ask, AskApproval, DoorFacts
from bot.domain.policy.deciders import Deciders, RequestFacts, deciders
from bot.domain.ports import Directory
from bot.domain.requests import AccessRequest, RequestedDoor, RequestState
from bot.domain.tasks import TaskKind
from bot.domain.window import Window
from bot.services.context import Context, new_id
from bot.services.door_book import DoorBook
from bot.services.policy_book import PolicyBook, door_facts
from bot.services.request_records import card_task, request_event, requester_task, timer
from storage.transaction import Transaction

MOST_PENDING = 3  # open requests of one person (reliability.md T23)
REMIND_AFTER = timedelta(minutes=15)  # a silent channel, where the rule says nothing


class Requests:
    """The life of a request up to its decision."""

    def __init__(self, context: Context, policy: PolicyBook, doors: DoorBook, directory: Directory) -> None:
        self._context, self._policy, self._doors, self._directory = context, policy, doors, directory

    async def submit(
        self,
        *,
        person: Person,
        decision: AskApproval,
        action: Action,
        doors: Sequence[Door],
        window: Window | None,
        length: timedelta | None,
        guest: str,
        reason: str,
        channel: str,
        origin: Origin,
        beneficiary: PersonRef | None = None,
        order_id: str | None = None,
    ) -> AccessRequest:
        """Write the request down; its card and the requester's message follow from the outbox.

        Raises `Refused` when the rule wants a reason and there is none, or too many are open.
        """
        why = one_line(reason, LONGEST_NOTE)
        if decision.reason_required and not why:
            raise Refused("This door's rule asks for a reason. Say in a few words what you need it for.")
        now = self._context.now()
        request = AccessRequest(
            request_id=new_id(),
            action=action,
            doors=tuple(requested(d) for d in doors),
            requester=person.ref,
            beneficiary=beneficiary,
            guest=guest,
            reason=why,
            window=window,
            length=length,
            rule_id=decision.rule_id,
            rule_name=decision.rule_name,
            channel=channel,
            state=RequestState.PENDING,
            version=1,
            created_at=now,
            expires_at=decision.expires_at,
            order_id=order_id,
        )

        def write(tx: Transaction) -> None:
            if tx.requests.count_pending(person.ref) >= MOST_PENDING:
                raise Refused(
                    f"You already have {MOST_PENDING} open requests. Wait until one is decided, or cancel one first."
                )
            tx.requests.add(request)
            tx.audit.record(
                request_event(
                    request, AuditAction.REQUEST_SUBMITTED, at=now, actor=person.ref, origin=origin, names=True
                )
            )
            if origin.delivery:
                tx.inbox.finish(origin.delivery)
            tx.tasks.plan(card_task(request, "asked", now))
            tx.tasks.plan(requester_task(request, "asked", now))
            tx.tasks.plan(timer(request, TaskKind.EXPIRE_REQUEST, request.expires_at))
            remind_at = now + (decision.remind_after or REMIND_AFTER)
            if remind_at < request.expires_at:
                tx.tasks.plan(timer(request, TaskKind.REMIND_REQUEST, remind_at))
            for step, escalation in enumerate(decision.escalation):
                if now + escalation.after < request.expires_at:
                    tx.tasks.plan(timer(request, TaskKind.ESCALATE_REQUEST, now + escalation.after, step))

        await self._context.db.write(write)
        return request

    async def get(self, request_id: str) -> AccessRequest:
        """The request as it stands. Raises `BotError` when there is none with this id."""
        request = await self._context.db.read(lambda tx: tx.requests.get(request_id))
        if request is None:
            raise BotError("I do not know that request. The card may be from before a restore; ask again.")
        return request

    async def who_decides(self, request: AccessRequest) -> Deciders:
        """The people and groups who can decide now, by today's rules."""
        return deciders(await self.facts(request), await self._policy.current(), self._context.now())

    async def cancel(self, *, person: Person, request_id: str, origin: Origin) -> AccessRequest:
        """The requester does not need it any more. Raises `NotAllowed` for anybody else, `AlreadyDecided`."""
        request = await self.get(request_id)
        if person.ref != request.requester:
            await self.bar(request, person.ref, origin, "cancel", "not_the_requester")
            raise NotAllowed("Only the person who asked can cancel a request. Approvers can deny it.")
        return await self._finish(request, RequestState.CANCELLED, AuditAction.REQUEST_CANCELLED, person.ref, origin)

    async def expire(self, request_id: str) -> None:
        """Its time is over and nobody decided."""
        request = await self.get(request_id)
        if request.state is RequestState.PENDING and self._context.now() >= request.expires_at:
            origin = Origin(surface=SCHEDULER, request_id=f"expire-{request_id[:12]}")
            try:
                await self._finish(request, RequestState.EXPIRED, AuditAction.REQUEST_EXPIRED, SYSTEM, origin)
            except AlreadyDecided:
                return  # in the same moment: whoever was first is right

    async def pings(self, request: AccessRequest) -> bool:
        """Whether today's rule wants its approvers mentioned on the card."""
        policy = await self._policy.current()
        rule = policy.rule(request.rule_id) if request.rule_id else None
        return rule is None or rule.notify.ping_approvers

    async def has_emergency(self, request: AccessRequest) -> bool:
        """Whether today's rule lets the requester act first."""
        policy = await self._policy.current()
        decision = policy.decide((await self.facts(request)).ask)
        return isinstance(decision, AskApproval) and decision.break_glass is not None

    async def keep_card(self, request_id: str, channel: str, ts: str) -> None:
        """Remember where the card stands; only there its buttons count."""
        await self._context.db.write(lambda tx: tx.requests.keep_card(request_id, channel, ts))

    async def keep_dm(self, request_id: str, channel: str, ts: str) -> None:
        """Remember where the requester's own card stands."""
        await self._context.db.write(lambda tx: tx.requests.keep_dm(request_id, channel, ts))

    async def note_reminded(self, request: AccessRequest, kind: TaskKind) -> None:
        """Write down that the approvers were reminded, or the next ones asked."""
        origin = Origin(surface=SCHEDULER, request_id=f"{kind.value}-{request.request_id[:8]}")
        action = AuditAction.REQUEST_ESCALATED if kind is TaskKind.ESCALATE_REQUEST else AuditAction.REQUEST_REMINDED
        event = request_event(request, action, at=self._context.now(), actor=SYSTEM, origin=origin)
        await self._context.db.write(lambda tx: tx.audit.record(event))

    async def facts(self, request: AccessRequest) -> RequestFacts:
        """The request with its people and doors as they are today."""
        beneficiary = await self._directory.actor(request.beneficiary) if request.beneficiary else None
        ask = Ask(
            actor=await self._directory.actor(request.requester),
            action=request.action,
            door=await self.door_facts(request.doors[0]),
            now=self._context.now(),
            window=request.window_at(self._context.now()),
            beneficiary=beneficiary,
        )
        return RequestFacts(
            ask=ask,
            asked_at=request.created_at,
            expires_at=request.expires_at,
            decided_by=frozenset(r.person for r in request.reviews),
            editors=await self._policy.editors(),
        )

    async def bar(self, request: AccessRequest, person: PersonRef, origin: Origin, what: str, bar: str) -> None:
        event = request_event(
            request,
            AuditAction.REQUEST_BARRED,
            at=self._context.now(),
            actor=person,
            origin=origin,
            reason=bar,
            outcome=Outcome.DENIED,
            tried=what,
        )
        await self._context.db.write(lambda tx: tx.audit.record(event))

    async def _finish(
        self, request: AccessRequest, state: RequestState, action: AuditAction, by: PersonRef, origin: Origin
    ) -> AccessRequest:
        now = self._context.now()

        def finish(tx: Transaction) -> None:
            if not tx.requests.move(request.request_id, RequestState.PENDING, state, at=now):
                raise lost(tx, request.request_id, None)
            tx.audit.record(request_event(request, action, at=now, actor=by, origin=origin))
            self.call_off_timers(tx, request, now)
            tx.tasks.plan(card_task(request, state.value, now))
            tx.tasks.plan(requester_task(request, state.value, now))

        await self._context.db.write(finish)
        return await self.get(request.request_id)

    def call_off_timers(self, tx: Transaction, request: AccessRequest, now: datetime) -> None:
        tx.tasks.drop(
            request.request_id,
            TaskKind.EXPIRE_REQUEST,
            TaskKind.REMIND_REQUEST,
            TaskKind.ESCALATE_REQUEST,
            at=now,
        )

    async def door_facts(self, door: RequestedDoor) -> DoorFacts:
        for known in await self._doors.all():
            if known.device_id == door.device_id:
                return door_facts(known)
        return DoorFacts(device_id=door.device_id, name=door.name, timezone=door.timezone)


def requested(door: Door) -> RequestedDoor:
    """The door as a request keeps it; without a zone it counts as UTC (the rules refuse timed codes there)."""
    return RequestedDoor(device_id=door.device_id, name=door.name, timezone=door.timezone or ZoneInfo("UTC"))


def already(request: AccessRequest) -> str:
    """“Already approved at 14:02 UTC”: what the second of two learns. The card says by whom."""
    at = f" at {request.decided_at:%H:%M} UTC" if request.decided_at else ""
    words = {
        RequestState.APPROVED: "already approved",
        RequestState.DONE: "already approved and carried out",
        RequestState.FAILED: "already approved; carrying it out failed",
        RequestState.DENIED: "already denied",
        RequestState.EXPIRED: "expired",
        RequestState.CANCELLED: "cancelled by the person who asked",
        RequestState.PENDING: "changed since you saw it; look at the card again",
    }[request.state]
    return f"This request was {words}{at}, so your click changed nothing."


def lost(tx: Transaction, request_id: str, version: int | None) -> BotError:
    request = tx.requests.get(request_id)
    if request is None:
        return BotError("That request is gone.")
    return AlreadyDecided(request, already(request))
