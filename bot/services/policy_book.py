"""TEMPORARY, replaced by branch rules."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.model import Door, PersonRef
from bot.domain.policy.ask import DoorFacts
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Outcome, Rule, Scope, Who
from bot.services.context import Context

STARTING = Policy(
    rules=(
        Rule(
            rule_id="start", name="Members", outcome=Outcome.ALLOW, scope=Scope(everything=True), who=Who(everyone=True)
        ),
    )
)


class PolicyBook:
    def __init__(self, context: Context) -> None:
        self._context = context
        self.policy = STARTING

    async def current(self) -> Policy:
        from dataclasses import replace

        return replace(self.policy, settings_admins=self._context.admins)

    async def save(self, new, *, based_on, editor, origin):  # type: ignore[no-untyped-def]
        self.policy = new
        return new
    async def editors(self) -> Mapping[str, PersonRef]:
        return {}


def door_facts(door: Door) -> DoorFacts:
    return DoorFacts(device_id=door.device_id, name=door.name, timezone=door.timezone)
