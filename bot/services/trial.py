"""Trying the rules: what they would say, and why. Nothing is changed, asked or counted by it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.model import Action, Door
from bot.domain.policy.ask import Actor, Ask, Decision
from bot.domain.trial import at_time
from bot.domain.when import Reading
from bot.services.context import Context
from bot.services.gate import local_day
from bot.services.policy_book import PolicyBook, door_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The question as it was put to the rules, and their answer."""

    ask: Ask
    decision: Decision


class Trial:
    """Puts questions to today's rules that nobody acts upon."""

    def __init__(self, context: Context, policy: PolicyBook) -> None:
        self._context, self._policy = context, policy

    async def ask(self, *, actor: Actor, door: Door, action: Action | None, time: Reading | None) -> Tried:
        """May this person do this at this door, at this time? Without an act, the one that the time suggests."""
        policy = await self._policy.current()
        asked = Ask(actor=actor, action=Action.UNLOCK, door=door_facts(door), now=self._context.now())
        question = at_time(asked, action, time)
        day = local_day(question.door, question.now)
        used = await self._context.db.read(
            lambda tx: tx.requests.used_allowances(actor.person.ref, door.device_id, question.action, day)
        )
        question = replace(question, used_today=used)
        return Tried(ask=question, decision=policy.decide(question))
