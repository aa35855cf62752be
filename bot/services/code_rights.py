"""Who may change a code: its host, an admin, and whoever decides on codes of that door by today's rules."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.audit import AuditAction, Outcome, Phase
from bot.domain.errors import BotError, NotAllowed
from bot.domain.model import Action as DoorAction
from bot.domain.model import GuestCode, Origin, PersonKind
from bot.domain.policy.ask import Actor, Ask
from bot.domain.policy.decide import ruling
from bot.domain.policy.ids import named
from bot.domain.policy.rule import Rule
from bot.domain.ports import Directory
from bot.services.code_records import act_event
from bot.services.context import Context
from bot.services.door_book import DoorBook
from bot.services.policy_book import PolicyBook, door_facts


class CodeRights:
    """Finds the codes that a button means, and judges who pressed it, at that moment."""

    def __init__(self, context: Context, policy: PolicyBook, doors: DoorBook, directory: Directory) -> None:
        self._context, self._policy, self._doors, self._directory = context, policy, doors, directory

    async def codes(self, target: str) -> tuple[GuestCode, ...]:
        """The codes of an order, or the one code with this id. Raises `BotError` when there is none."""
        found = await self._context.db.read(
            lambda tx: tuple(tx.guest_codes.of_order(target)) or (tx.guest_codes.get(target),)
        )
        codes = tuple(code for code in found if code is not None)
        if not codes:
            raise BotError("I do not know that code any more. It may be from before a restore; look for a newer card.")
        return codes

    async def check(self, actor: Actor, code: GuestCode, action: AuditAction, origin: Origin) -> None:
        """Raises `NotAllowed` (audited) unless this person may change this code."""
        person = actor.person
        if person.kind not in {PersonKind.BOT, PersonKind.DEACTIVATED}:
            policy = await self._policy.current()
            if person.ref == code.host or policy.is_admin(person) or await self._decides(actor, code):
                return
        event = act_event(
            code,
            action,
            Phase.NOTE,
            at=self._context.now(),
            origin=origin,
            actor=person.ref,
            outcome=Outcome.DENIED,
            reason="not_theirs",
        )
        await self._context.db.write(lambda tx: tx.audit.record(event))
        raise NotAllowed("Only the person who asked for a code, an admin, or who decides on that door may change it.")

    async def rule_of(self, code: GuestCode) -> Rule | None:
        """The rule that holds for this code today: for its host, its door and its time. None where no rule does."""
        policy = await self._policy.current()
        host = await self._directory.actor(code.host)
        if host.person.kind is PersonKind.DEACTIVATED:  # the rule under which it was made, not "nobody may"
            host = replace(host, person=replace(host.person, kind=PersonKind.MEMBER))
        ask = Ask(
            actor=host,
            action=DoorAction.GUEST_CODE,
            door=door_facts(await self._doors.get(code.device_id)),
            now=self._context.now(),
            window=code.window,
        )
        return ruling(policy, ask).rule

    async def channel_of(self, code: GuestCode) -> str | None:
        """Where those are who look after this code's door: the rule's channel, or the house's. None when there is
        none, or it cannot be found out now."""
        try:
            rule = await self.rule_of(code)
        except BotError:
            rule = None
        policy = await self._policy.current()
        return (rule.channel if rule else None) or policy.default_channel or self._context.approvals_channel

    async def keep_alarm(self, code: GuestCode, place: tuple[str, str]) -> None:
        """Remember where the alarm stands: (channel, ts)."""
        await self._context.db.write(lambda tx: tx.guest_codes.keep_alarm(code.code_id, *place))

    async def _decides(self, actor: Actor, code: GuestCode) -> bool:
        rule = await self.rule_of(code)
        policy = await self._policy.current()
        approvers = (rule.approvers if rule else None) or policy.default_approvers
        if named(actor.person, approvers.people):
            return True
        return actor.person.kind is PersonKind.MEMBER and bool(approvers.user_groups & (actor.groups or frozenset()))
