"""Requests: submitted, decided, changed, cancelled, expired. What is carried out is in `request_acts.py`.

Whoever clicks is judged at the click, against today's rules, not those of the card. One decision wins; the loser is
told which. Nothing is decided by reading and then writing: each move is one conditional UPDATE beside its audit row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.audit import SYSTEM, AuditAction, Outcome
from bot.domain.clean_text import LONGEST_NOTE, one_line
from bot.domain.errors import BotError, NotAllowed, Refused
from bot.domain.model import SCHEDULER, Action, Door, Origin, Person, PersonRef
from bot.domain.policy.ask import Actor, Ask, AskApproval, DoorFacts
from bot.domain.policy.deciders import Bar, Deciders, MayDecide, MayNot, RequestFacts, deciders, may_decide
from bot.domain.ports import Directory
from bot.domain.requests import AccessRequest, RequestedDoor, RequestState, Review, Verdict
from bot.domain.tasks import TaskKind
from bot.domain.window import Window
from bot.services.context import Context, new_id
from bot.services.door_book import DoorBook
from bot.services.policy_book import PolicyBook, door_facts
from bot.services.request_records import card_task, request_event, requester_task, timer
from storage.transaction import Transaction

MOST_PENDING = 3  # open requests of one person (reliability.md T23)
REMIND_AFTER = timedelta(minutes=15)  # a silent channel, where the rule says nothing
CARRY_OUT_WITHIN = timedelta(seconds=30)  # then the scheduler looks whether the process that decided has died


class AlreadyDecided(Refused):
    """Somebody else was first. `request` is as it stands, so that the card can be brought up to date."""

    def __init__(self, request: AccessRequest, words: str) -> None:
        self.request = request
        super().__init__(words)


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

    async def approve(self, *, actor: Actor, request_id: str, version: int, origin: Origin) -> AccessRequest:
        """Count an approval of the version that was seen. Returns the request: APPROVED, or PENDING with one more.

        Raises `NotAllowed` (audited), `AlreadyDecided`.
        """
        return await self._decide(actor, request_id, version, Verdict.APPROVE, "", origin)

    async def deny(
        self, *, actor: Actor, request_id: str, version: int, reason: str, origin: Origin
    ) -> AccessRequest:
        """Deny, with a reason for whoever asked. One denial ends it. Raises like `approve`."""
        return await self._decide(actor, request_id, version, Verdict.DENY, one_line(reason, LONGEST_NOTE), origin)

    async def change_and_approve(
        self,
        *,
        actor: Actor,
        request_id: str,
        version: int,
        device_ids: Sequence[str],
        window: Window | None,
        length: timedelta | None,
        origin: Origin,
    ) -> AccessRequest:
        """Approve less than was asked: fewer doors, a shorter or other time. Never more. Raises like `approve`."""
        request = await self.get(request_id)
        doors = tuple(d for d in request.doors if d.device_id in set(device_ids))
        _check_less(request, doors, window, length)
        may = await self._may(request, actor, origin, "change", approving=True)
        now = self._context.now()

        def change(tx: Transaction) -> None:
            self._same_rules(tx, may[1])
            if not tx.requests.change(
                request_id, version=version, doors=doors, window=window, length=length, by=actor.person.ref
            ):
                raise _lost(tx, request_id, version)
            changed = tx.requests.get(request_id)
            assert changed is not None
            tx.audit.record(
                request_event(
                    changed, AuditAction.REQUEST_CHANGED, at=now, actor=actor.person.ref, origin=origin
                )
            )

        await self._context.db.write(change)
        return await self._decide(actor, request_id, version + 1, Verdict.APPROVE, "", origin)

    async def cancel(self, *, person: Person, request_id: str, origin: Origin) -> AccessRequest:
        """The requester does not need it any more. Raises `NotAllowed` for anybody else, `AlreadyDecided`."""
        request = await self.get(request_id)
        if person.ref != request.requester:
            await self._bar(request, person.ref, origin, "cancel", "not_the_requester")
            raise NotAllowed("Only the person who asked can cancel a request. Approvers can deny it.")
        return await self._finish(request, RequestState.CANCELLED, AuditAction.REQUEST_CANCELLED, person.ref, origin)

    async def take(self, *, actor: Actor, request_id: str, origin: Origin) -> AccessRequest:
        """“I'm on it”: the others see that somebody looks at it. Gives no right and takes none."""
        request = await self.get(request_id)
        await self._may(request, actor, origin, "take", approving=False)
        now = self._context.now()

        def take(tx: Transaction) -> None:
            if tx.requests.take(request_id, actor.person.ref):
                tx.audit.record(
                    request_event(
                        request, AuditAction.REQUEST_TAKEN, at=now, actor=actor.person.ref, origin=origin
                    )
                )
                tx.tasks.plan(card_task(request, "taken", now))

        await self._context.db.write(take)
        return await self.get(request_id)

    async def expire(self, request_id: str) -> None:
        """Its time is over and nobody decided."""
        request = await self.get(request_id)
        if request.state is RequestState.PENDING and self._context.now() >= request.expires_at:
            origin = Origin(surface=SCHEDULER, request_id=f"expire-{request_id[:12]}")
            try:
                await self._finish(request, RequestState.EXPIRED, AuditAction.REQUEST_EXPIRED, SYSTEM, origin)
            except AlreadyDecided:
                return  # in the same moment: whoever was first is right

    async def facts(self, request: AccessRequest) -> RequestFacts:
        """The request with its people and doors as they are today."""
        beneficiary = await self._directory.actor(request.beneficiary) if request.beneficiary else None
        ask = Ask(
            actor=await self._directory.actor(request.requester),
            action=request.action,
            door=await self._door_facts(request.doors[0]),
            now=self._context.now(),
            window=request.window,
            beneficiary=beneficiary,
        )
        return RequestFacts(
            ask=ask,
            asked_at=request.created_at,
            expires_at=request.expires_at,
            decided_by=frozenset(r.person for r in request.reviews),
            editors=await self._policy.editors(),
        )

    # -- deciding -------------------------------------------------------------------------------------------------

    async def _decide(
        self, actor: Actor, request_id: str, version: int, verdict: Verdict, reason: str, origin: Origin
    ) -> AccessRequest:
        request = await self.get(request_id)
        if request.state is not RequestState.PENDING:
            await self._bar(request, actor.person.ref, origin, verdict.value, "already_decided")
            raise AlreadyDecided(request, already(request))
        may, rules = await self._may(request, actor, origin, verdict.value, approving=verdict is Verdict.APPROVE)
        now = self._context.now()
        review = Review(person=actor.person.ref, verdict=verdict, reason=reason, at=now)

        def decide(tx: Transaction) -> None:
            self._same_rules(tx, rules)
            # Held first, so that two approvals of a quorum see each other's count on PostgreSQL, too.
            if not tx.requests.hold_pending(request_id, version):
                raise _lost(tx, request_id, version)
            if not tx.requests.review(request_id, review):
                raise Refused("You have already decided on this request; it needs somebody else now.")
            denied = verdict is Verdict.DENY
            complete = denied or tx.requests.approvals(request_id) >= may.approvals_needed
            if complete:
                after = RequestState.DENIED if denied else RequestState.APPROVED
                if not tx.requests.move(request_id, RequestState.PENDING, after, at=now, version=version):
                    raise _lost(tx, request_id, version)
            tx.audit.record(
                request_event(
                    request,
                    AuditAction.REQUEST_DENIED if denied else AuditAction.REQUEST_APPROVED,
                    at=now,
                    actor=actor.person.ref,
                    origin=origin,
                    reason=f"rule:{may.rule_id or may.rule_name}@{rules}",
                    complete="yes" if complete else "no",
                    as_admin="yes" if may.as_admin else "no",
                )
            )
            what = "denied" if denied else "approved" if complete else f"approval-{review.person.user_id}"
            tx.tasks.plan(card_task(request, f"{what}-{version}", now))
            if complete:
                self._call_off_timers(tx, request, now)
                tx.tasks.plan(requester_task(request, "denied" if denied else "approved", now))
            if complete and not denied:
                tx.tasks.plan(timer(request, TaskKind.CARRY_OUT, now + CARRY_OUT_WITHIN))

        await self._context.db.write(decide)
        return await self.get(request_id)

    async def _may(
        self, request: AccessRequest, actor: Actor, origin: Origin, what: str, *, approving: bool
    ) -> tuple[MayDecide, int]:
        policy = await self._policy.current()
        answers = []
        facts = await self.facts(request)
        for door in request.doors:
            asked = replace(facts.ask, door=await self._door_facts(door))
            answers.append(
                may_decide(replace(facts, ask=asked), actor, policy, self._context.now(), approving=approving)
            )
        for answer in answers:
            if isinstance(answer, MayNot):
                await self._bar(request, actor.person.ref, origin, what, answer.bar.value)
                if answer.bar is Bar.EXPIRED:
                    raise AlreadyDecided(request, answer.reason)
                raise NotAllowed(answer.reason)
        strictest = max((a for a in answers if isinstance(a, MayDecide)), key=lambda a: a.approvals_needed)
        return strictest, policy.version

    async def _bar(self, request: AccessRequest, person: PersonRef, origin: Origin, what: str, bar: str) -> None:
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
                raise _lost(tx, request.request_id, None)
            tx.audit.record(request_event(request, action, at=now, actor=by, origin=origin))
            self._call_off_timers(tx, request, now)
            tx.tasks.plan(card_task(request, state.value, now))
            tx.tasks.plan(requester_task(request, state.value, now))

        await self._context.db.write(finish)
        return await self.get(request.request_id)

    def _call_off_timers(self, tx: Transaction, request: AccessRequest, now: datetime) -> None:
        tx.tasks.drop(
            request.request_id,
            TaskKind.EXPIRE_REQUEST,
            TaskKind.REMIND_REQUEST,
            TaskKind.ESCALATE_REQUEST,
            at=now,
        )

    def _same_rules(self, tx: Transaction, version: int) -> None:
        if tx.policy.version() != version:
            raise Refused("The rules were changed at this very moment, so nothing was decided. Please press again.")

    async def _door_facts(self, door: RequestedDoor) -> DoorFacts:
        for known in await self._doors.all():
            if known.device_id == door.device_id:
                return door_facts(known)
        return DoorFacts(device_id=door.device_id, name=door.name, timezone=door.timezone)


def requested(door: Door) -> RequestedDoor:
    """The door as a request keeps it; without a zone it counts as UTC (the rules refuse timed codes there)."""
    from zoneinfo import ZoneInfo

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


def _lost(tx: Transaction, request_id: str, version: int | None) -> BotError:
    request = tx.requests.get(request_id)
    if request is None:
        return BotError("That request is gone.")
    return AlreadyDecided(request, already(request))


def _check_less(
    request: AccessRequest, doors: Sequence[RequestedDoor], window: Window | None, length: timedelta | None
) -> None:
    """An approver may give less, not more: more would be a request that nobody made."""
    if not doors:
        raise Refused("Leave at least one door, or deny the request.")
    if (window is None) != (request.window is None) or (length is None) != (request.length is None):
        raise Refused("The kind of time cannot be changed: ask for a new request instead.")
    if length is not None and request.length is not None and length > request.length:
        raise Refused("That is longer than was asked for. Choose a shorter time.")
    if window and request.window and window.length and request.window.length and window.length > request.window.length:
        raise Refused("That is longer than was asked for. Choose other hours, but not more of them.")
