"""What an approved request becomes: a door that opens, codes on locks; and acts that came before their approval."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.audit import AuditAction, Outcome
from bot.domain.clean_text import LONGEST_NOTE, one_line
from bot.domain.errors import AlreadyDecided, BotError, NotAllowed, Refused
from bot.domain.model import SCHEDULER, Action, Door, GuestCodeState, OperationState, Origin, PersonKind
from bot.domain.policy.ask import Actor, AskApproval, Refuse
from bot.domain.ports import Directory
from bot.domain.preflight import CannotBecause, Verdict, Wanted, Works, WorksWithChanges
from bot.domain.requests import AccessRequest, RequestState
from bot.domain.tasks import TaskKind
from bot.services.code_extensions import CodeExtensions
from bot.services.context import Context
from bot.services.decisions import Decisions
from bot.services.door_book import DoorBook
from bot.services.door_work import DoorWork
from bot.services.gate import Gate
from bot.services.guest_codes import GuestCodes
from bot.services.order_checks import Order, OrderChecks
from bot.services.request_records import card_task, request_event, requester_task, timer
from bot.services.requests import Requests, already
from storage.transaction import Transaction

REVIEW_WITHIN = timedelta(days=1)
SHORTEST_BREAK_GLASS_REASON = 15  # characters (reliability.md T31)


class RequestActs:
    """Carries approved requests out, once, and lets the truth follow."""

    def __init__(
        self,
        context: Context,
        requests: Requests,
        decisions: Decisions,
        doors: DoorBook,
        work: DoorWork,
        codes: GuestCodes,
        extensions: CodeExtensions,
        gate: Gate,
        directory: Directory,
        checks: OrderChecks,
    ) -> None:
        self._context, self._requests, self._decisions, self._doors = context, requests, decisions, doors
        self._extensions = extensions
        self._work, self._codes, self._gate, self._directory, self._checks = work, codes, gate, directory, checks

    async def carry_out(self, request_id: str) -> AccessRequest:
        """Do what was approved, and write down what became of it. A second call finds the first one's traces.

        The person is looked at again first: who was deactivated since, or is refused by today's rules, gets nothing.
        """
        request = await self._requests.get(request_id)
        if request.state is not RequestState.APPROVED:
            return request
        try:
            await self._check_still_allowed(request)
            if request.action is Action.GUEST_CODE:
                return await self._make_codes(request)
            if request.action is Action.EXTEND:
                words = await self._extensions.carry_out_request(request)
                return await self._end(request, RequestState.DONE, words)
            operation = await self._work.carry_out_request(request)
        except BotError as trouble:
            return await self._end(request, RequestState.FAILED, str(trouble))
        done = operation.state is OperationState.DONE
        words = "done" if done else operation.trouble or "not done"
        ended = await self._end(request, RequestState.DONE if done else RequestState.FAILED, words)
        await self._work.told(operation)
        return ended

    async def break_glass(self, *, actor: Actor, request_id: str, reason: str, origin: Origin) -> AccessRequest:
        """Act now, without waiting: for whoever asked, where the rule allows it, with a reason everybody will read.

        The request counts as approved by nobody; the channel hears it loudly, and somebody else must look at it
        within a day. Raises `NotAllowed`, `Refused`, `AlreadyDecided`.
        """
        request = await self._requests.get(request_id)
        person = actor.person
        if person.ref != request.requester:
            raise NotAllowed("Only the person who asked can use the emergency way.")
        if request.state is not RequestState.PENDING:
            raise AlreadyDecided(request, already(request))
        why = one_line(reason, LONGEST_NOTE)
        if len(why) < SHORTEST_BREAK_GLASS_REASON:
            raise Refused("Please say what the emergency is, in a whole sentence: others will read it.")
        for requested in request.doors:
            door = await self._doors.get(requested.device_id)
            ruling = await self._gate.ruling(
                person=person,
                groups=actor.groups,
                action=request.action,
                door=door,
                window=request.window_at(self._context.now()),
            )
            if isinstance(ruling.decision, Refuse):
                raise NotAllowed(ruling.decision.reason)
            if isinstance(ruling.decision, AskApproval) and ruling.decision.break_glass is None:
                raise NotAllowed("The rule for this door has no emergency way. Please wait for an approver.")
        now = self._context.now()

        def break_it(tx: Transaction) -> None:
            if not tx.requests.break_glass(request_id, reason=why, at=now):
                raise AlreadyDecided(request, already(request))
            broken = tx.requests.get(request_id)
            assert broken is not None
            tx.audit.record(
                request_event(broken, AuditAction.BREAK_GLASS, at=now, actor=person.ref, origin=origin, names=True)
            )
            tx.tasks.drop(
                request_id, TaskKind.EXPIRE_REQUEST, TaskKind.REMIND_REQUEST, TaskKind.ESCALATE_REQUEST, at=now
            )
            tx.tasks.plan(card_task(broken, "break_glass", now))
            tx.tasks.plan(timer(broken, TaskKind.CARRY_OUT, now + timedelta(seconds=30)))
            tx.tasks.plan(timer(broken, TaskKind.REVIEW_DUE, now + REVIEW_WITHIN))

        await self._context.db.write(break_it)
        return await self.carry_out(request_id)

    async def look_over(self, *, actor: Actor, request_id: str, origin: Origin) -> AccessRequest:
        """Somebody else has looked at an emergency act. Raises `NotAllowed` for its own person, `AlreadyDecided`."""
        request = await self._requests.get(request_id)
        if actor.person.ref in {request.requester, request.beneficiary}:
            raise NotAllowed("Somebody else has to look at it: it was your own emergency.")
        await self._decisions.check_approver(request, actor, origin)
        now = self._context.now()

        def look(tx: Transaction) -> None:
            if not tx.requests.look_over(request_id, actor.person.ref, now):
                raise AlreadyDecided(request, "Somebody has already looked at this one.")
            tx.audit.record(
                request_event(request, AuditAction.BREAK_GLASS_REVIEWED, at=now, actor=actor.person.ref, origin=origin)
            )
            tx.tasks.drop(request_id, TaskKind.REVIEW_DUE, at=now)
            tx.tasks.plan(card_task(request, "reviewed", now))

        await self._context.db.write(look)
        return await self._requests.get(request_id)

    async def verdict(self, request: AccessRequest) -> list[tuple[str, str | None]]:
        """Pre-flight: would each door do this now? (door's name, why not or what would be different; None when it
        simply would)."""
        known = {d.device_id: d for d in await self._doors.all()}
        window = request.window_at(self._context.now())
        words: dict[str, str | None] = {}
        if request.action is Action.GUEST_CODE and window is not None:
            doors = [known[d.device_id] for d in request.doors if d.device_id in known]
            wanted = Wanted(guest=request.guest, window=window)
            words = {v.door.device_id: _in_words(v) for v in await self._checks.verdicts(doors, wanted)}
        return [
            (d.name, words[d.device_id] if d.device_id in words else _why_not(request.action, known.get(d.device_id)))
            for d in request.doors
        ]

    async def _make_codes(self, request: AccessRequest) -> AccessRequest:
        now = self._context.now()
        window = request.window_at(now)
        if window is None or (window.ends_at is not None and window.ends_at <= now):
            return await self._end(request, RequestState.FAILED, "Its time was over before it was approved.")
        doors = tuple([await self._doors.get(d.device_id) for d in request.doors])
        order = await self._checks.again(Order(guest=request.guest, doors=doors, window=window, note=request.reason))
        codes = await self._codes.carry_out_request(request, order)
        failed = [c for c in codes if c.state is GuestCodeState.FAILED]
        if len(failed) == len(codes):
            return await self._end(request, RequestState.FAILED, " ".join(c.trouble or "" for c in failed))
        words = "ordered" if not failed else "ordered, but not on " + ", ".join(c.door_name for c in failed)
        return await self._end(request, RequestState.DONE, words, order_id=request.request_id)

    async def _check_still_allowed(self, request: AccessRequest) -> None:
        """Today's rules, for today's person (reliability.md T9): an approval is not a right for ever."""
        who = await self._directory.actor(request.requester)
        if who.person.kind in {PersonKind.DEACTIVATED, PersonKind.BOT}:
            raise NotAllowed("The account of the person who asked is no longer active, so nothing was done.")
        for requested in request.doors:
            door = await self._doors.get(requested.device_id)
            ruling = await self._gate.ruling(
                person=who.person,
                groups=who.groups,
                action=request.action,
                door=door,
                window=request.window_at(self._context.now()),
            )
            if isinstance(ruling.decision, Refuse):
                raise NotAllowed(f"The rules do not allow this any more, so nothing was done. {ruling.decision.reason}")

    async def _end(
        self, request: AccessRequest, state: RequestState, words: str, *, order_id: str | None = None
    ) -> AccessRequest:
        now = self._context.now()
        origin = Origin(surface=SCHEDULER, request_id=f"request-{request.request_id[:12]}")

        def end(tx: Transaction) -> None:
            if not tx.requests.move(
                request.request_id, RequestState.APPROVED, state, at=now, outcome=words, order_id=order_id
            ):
                return
            tx.audit.record(
                request_event(
                    request,
                    AuditAction.REQUEST_ENDED,
                    at=now,
                    actor=request.requester,
                    origin=origin,
                    outcome=Outcome.OK if state is RequestState.DONE else Outcome.FAILED,
                )
            )
            tx.tasks.drop(request.request_id, TaskKind.CARRY_OUT, at=now)
            tx.tasks.plan(card_task(request, state.value, now))
            tx.tasks.plan(requester_task(request, state.value, now))

        await self._context.db.write(end)
        return await self._requests.get(request.request_id)


def _in_words(verdict: Verdict) -> str | None:
    match verdict:
        case CannotBecause(reason=reason):
            return reason
        case WorksWithChanges(changes=changes):
            return "; ".join(change.words for change in changes)
        case Works():
            return None


def _why_not(action: Action, door: Door | None) -> str | None:
    if door is None:
        return "no longer known"
    if action is Action.EXTEND:
        return None if door.can_program_codes else "cannot take a change of its codes right now"
    can = door.can_unlock if action is Action.UNLOCK else door.can_lock
    if can is not True or not door.online:
        return next((t.message for t in door.troubles), "offline" if not door.online else "takes no remote commands")
    return None
