"""Decisions on requests: approve, deny, approve less, “I'm on it”.

Whoever clicks is judged at the click, against today's rules, not those of the card. One decision wins; the loser is
told which. Nothing is decided by reading and then writing: each move is one conditional UPDATE beside its audit row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.audit import AuditAction
from bot.domain.clean_text import LONGEST_NOTE, one_line
from bot.domain.errors import AlreadyDecided, NotAllowed, Refused
from bot.domain.model import Origin
from bot.domain.policy.ask import Actor
from bot.domain.policy.deciders import Bar, MayDecide, MayNot, may_decide
from bot.domain.requests import AccessRequest, RequestedDoor, RequestState, Review, Verdict
from bot.domain.tasks import TaskKind
from bot.domain.window import Window
from bot.services.context import Context
from bot.services.policy_book import PolicyBook
from bot.services.request_records import card_task, request_event, requester_task, timer
from bot.services.requests import Requests, already, lost
from storage.transaction import Transaction

CARRY_OUT_WITHIN = timedelta(seconds=30)  # then the scheduler looks whether the process that decided has died


class Decisions:
    """What approvers do with a request."""

    def __init__(self, context: Context, policy: PolicyBook, requests: Requests) -> None:
        self._context, self._policy, self._requests = context, policy, requests

    async def approve(self, *, actor: Actor, request_id: str, version: int, origin: Origin) -> AccessRequest:
        """Count an approval of the version that was seen. Returns the request: APPROVED, or PENDING with one more.

        Raises `NotAllowed` (audited), `AlreadyDecided`.
        """
        return await self._decide(actor, request_id, version, Verdict.APPROVE, "", origin)

    async def deny(self, *, actor: Actor, request_id: str, version: int, reason: str, origin: Origin) -> AccessRequest:
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
        request = await self._requests.get(request_id)
        doors = tuple(d for d in request.doors if d.device_id in set(device_ids))
        _check_less(request, doors, window, length)
        may = await self._may(request, actor, origin, "change", approving=True)
        now = self._context.now()

        def change(tx: Transaction) -> None:
            self._same_rules(tx, may[1])
            if not tx.requests.change(
                request_id, version=version, doors=doors, window=window, length=length, by=actor.person.ref
            ):
                raise lost(tx, request_id, version)
            changed = tx.requests.get(request_id)
            assert changed is not None
            tx.audit.record(
                request_event(changed, AuditAction.REQUEST_CHANGED, at=now, actor=actor.person.ref, origin=origin)
            )

        await self._context.db.write(change)
        return await self._decide(actor, request_id, version + 1, Verdict.APPROVE, "", origin)

    async def take(self, *, actor: Actor, request_id: str, origin: Origin) -> AccessRequest:
        """“I'm on it”: the others see that somebody looks at it. Gives no right and takes none."""
        request = await self._requests.get(request_id)
        await self._may(request, actor, origin, "take", approving=False)
        now = self._context.now()

        def take(tx: Transaction) -> None:
            if tx.requests.take(request_id, actor.person.ref):
                tx.audit.record(
                    request_event(request, AuditAction.REQUEST_TAKEN, at=now, actor=actor.person.ref, origin=origin)
                )
                tx.tasks.plan(card_task(request, "taken", now))

        await self._context.db.write(take)
        return await self._requests.get(request_id)

    async def check_open(self, request: AccessRequest, actor: Actor, origin: Origin) -> None:
        """May this person still decide on it? Asked before a form is shown; asked again when it is sent off."""
        if request.state is not RequestState.PENDING:
            raise AlreadyDecided(request, already(request))
        await self._may(request, actor, origin, "open", approving=False)

    async def check_place(self, request_id: str, seen_at: tuple[str, str], actor: Actor, origin: Origin) -> None:
        """A card counts only where it was posted: a copy of it elsewhere is no card (reliability.md T11). `seen_at` is
        (channel, ts) of the message that was clicked. Raises `NotAllowed` (audited)."""
        request = await self._requests.get(request_id)
        if request.card != seen_at:
            await self._requests.bar(request, actor.person.ref, origin, "click", "copied_card")
            raise NotAllowed("This is a copy of a request. Please decide on the card in the approvers' channel.")

    async def check_approver(self, request: AccessRequest, actor: Actor, origin: Origin) -> None:
        """Raises `NotAllowed` (audited) unless this person is an approver or an admin for the request's doors."""
        policy = await self._policy.current()
        facts = replace(
            await self._requests.facts(request), decided_by=frozenset(), expires_at=datetime.max.replace(tzinfo=UTC)
        )
        answer = may_decide(facts, actor, policy, self._context.now(), approving=False)
        if isinstance(answer, MayNot):
            await self._requests.bar(request, actor.person.ref, origin, "review", answer.bar.value)
            raise NotAllowed(answer.reason)

    async def _decide(
        self, actor: Actor, request_id: str, version: int, verdict: Verdict, reason: str, origin: Origin
    ) -> AccessRequest:
        request = await self._requests.get(request_id)
        if request.state is not RequestState.PENDING:
            await self._requests.bar(request, actor.person.ref, origin, verdict.value, "already_decided")
            raise AlreadyDecided(request, already(request))
        may, rules = await self._may(request, actor, origin, verdict.value, approving=verdict is Verdict.APPROVE)
        now = self._context.now()
        review = Review(person=actor.person.ref, verdict=verdict, reason=reason, at=now)

        def decide(tx: Transaction) -> None:
            self._same_rules(tx, rules)
            # Held first, so that two approvals of a quorum see each other's count on PostgreSQL, too.
            if not tx.requests.hold_pending(request_id, version):
                raise lost(tx, request_id, version)
            if not tx.requests.review(request_id, review):
                raise Refused("You have already decided on this request; it needs somebody else now.")
            denied = verdict is Verdict.DENY
            complete = denied or tx.requests.approvals(request_id) >= may.approvals_needed
            if complete:
                after = RequestState.DENIED if denied else RequestState.APPROVED
                if not tx.requests.move(request_id, RequestState.PENDING, after, at=now, version=version):
                    raise lost(tx, request_id, version)
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
                self._requests.call_off_timers(tx, request, now)
                tx.tasks.plan(requester_task(request, "denied" if denied else "approved", now))
            if complete and not denied:
                tx.tasks.plan(timer(request, TaskKind.CARRY_OUT, now + CARRY_OUT_WITHIN))

        await self._context.db.write(decide)
        return await self._requests.get(request_id)

    async def _may(
        self, request: AccessRequest, actor: Actor, origin: Origin, what: str, *, approving: bool
    ) -> tuple[MayDecide, int]:
        policy = await self._policy.current()
        answers = []
        facts = await self._requests.facts(request)
        for door in request.doors:
            asked = replace(facts.ask, door=await self._requests.door_facts(door))
            answers.append(
                may_decide(replace(facts, ask=asked), actor, policy, self._context.now(), approving=approving)
            )
        for answer in answers:
            if isinstance(answer, MayNot):
                await self._requests.bar(request, actor.person.ref, origin, what, answer.bar.value)
                if answer.bar is Bar.EXPIRED:
                    raise AlreadyDecided(request, answer.reason)
                raise NotAllowed(answer.reason)
        strictest = max((a for a in answers if isinstance(a, MayDecide)), key=lambda a: a.approvals_needed)
        return strictest, policy.version

    def _same_rules(self, tx: Transaction, version: int) -> None:
        if tx.policy.version() != version:
            raise Refused("The rules were changed at this very moment, so nothing was decided. Please press again.")


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
