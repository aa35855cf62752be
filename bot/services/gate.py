"""The one gate: may this person do this at this door, by the rules of this moment?

Asked when the act happens, for whoever acts (design.md 4). The answer names the version of the rules it was made
under; the transaction that writes the intent checks that they are still those, and counts against a daily cap there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.errors import NotAllowed, Refused
from bot.domain.model import Action, Door, Person, PersonKind
from bot.domain.policy.ask import Actor, Allow, Ask, AskApproval, Decision, DoorFacts, Refuse
from bot.domain.policy.roles import Role, roles_of
from bot.domain.window import Window
from bot.services.context import Context
from bot.services.policy_book import PolicyBook, door_facts
from storage.transaction import Transaction

TRIES = 3


class RulesMoved(Refused):
    """The rules changed between the question and the act; the question is put again."""

    def __init__(self) -> None:
        super().__init__("The rules were changed at this very moment, so I did nothing. Please try again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision, the version of the rules it was made under, and the day it counts for (at the door)."""

    decision: Decision
    version: int
    ask: Ask
    day: str

    @property
    def rule(self) -> str:
        """For the audit log: the rule's id and the rules' version; or the kind of account, where that decided."""
        person = self.ask.actor.person
        if self.decision.rule_id is None and person.kind is not PersonKind.MEMBER:
            return f"account:{person.kind.value}"
        return f"rule:{self.decision.rule_id or self.decision.rule_name}@{self.version}"


class Gate:
    """Puts questions to today's rules."""

    def __init__(self, context: Context, policy: PolicyBook) -> None:
        self._context, self._policy = context, policy

    async def ruling(
        self,
        *,
        person: Person,
        groups: frozenset[str] | None,
        action: Action,
        door: Door,
        window: Window | None = None,
        beneficiary: Actor | None = None,
    ) -> Ruling:
        """What the rules say now. `groups`: the Slack user groups of the person, None when Slack could not tell."""
        policy = await self._policy.current()
        now = self._context.now()
        facts = door_facts(door)
        day = local_day(facts, now)
        used = await self._context.db.read(
            lambda tx: tx.requests.used_allowances(person.ref, door.device_id, action, day)
        )
        ask = Ask(
            actor=Actor(person=person, groups=groups),
            action=action,
            door=facts,
            now=now,
            window=window,
            used_today=used,
            beneficiary=beneficiary,
        )
        return Ruling(decision=policy.decide(ask), version=policy.version, ask=ask, day=day)

    async def knows(self, person: Person) -> bool:
        """Whether the rules have anything to give to this person: a member, or somebody whom a rule names."""
        return Role.PERSON in roles_of(await self._policy.current(), Actor(person=person, groups=None))

    async def asks(self, *, actor: Actor, action: Action, doors: Sequence[Door], window: Window | None) -> AskApproval:
        """The approval that these doors need now. Raises `NotAllowed` when a rule refuses one of them by now, and
        `Refused` when none is needed any more."""
        found = None
        for door in doors:
            ruling = await self.ruling(
                person=actor.person, groups=actor.groups, action=action, door=door, window=window
            )
            if isinstance(ruling.decision, Refuse):
                raise NotAllowed(f"{door.name}: {ruling.decision.reason}")
            if isinstance(ruling.decision, AskApproval):
                found = ruling.decision
        if found is None:
            raise Refused("You no longer need an approval for this. Please type the command again.")
        return found

    def hold(self, tx: Transaction, ruling: Ruling, subject_id: str) -> None:
        """In the transaction that writes the intent: the rules are still these, and the cap is not passed.

        Raises `RulesMoved`, `Refused`.
        """
        if tx.policy.version() != ruling.version:
            raise RulesMoved()
        decision = ruling.decision
        if isinstance(decision, Allow) and decision.rule_id is not None:
            ask = ruling.ask
            counted = tx.requests.use_allowance(
                subject_id, ask.actor.person.ref, ask.door.device_id, ask.action, ruling.day, decision.caps.daily_cap
            )
            if not counted:
                raise Refused(
                    f"You have used up what you may do at {ask.door.name} today without asking. "
                    "Try again, and I will ask for an approval."
                )


def local_day(door: DoorFacts, now: datetime) -> str:
    """The day at the door, by which a daily cap counts."""
    return now.astimezone(door.timezone or ZoneInfo("UTC")).date().isoformat()
