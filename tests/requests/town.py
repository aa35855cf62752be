"""A town with rules: the real bot in the sandbox world, and a few words to tell stories in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.audit_export import as_record
from bot.domain.model import Origin, Person, PersonKind
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Approvers, Outcome, Rule, Scope, Who
from bot.sandbox.clock import Clock
from bot.sandbox.seam import EffectKind, Latencies
from bot.sandbox.slack import Outcome as Delivered
from bot.sandbox.slack import SeenMessage
from bot.sandbox.world import World, world

# A Tuesday, 11:00 in Berlin.
TUESDAY = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """`w` is the world; people are named as in the cast (sam, ana, ben, mia, gus, eve)."""

    w: World

    def id_of(self, name: str) -> str:
        return self.w.slack.user(name).id

    @property
    def channel(self) -> str:
        return self.w.slack.channel("door-requests").id

    def rule(self, **changes: object) -> Rule:
        """A rule that asks Ana or Ben about everything, changed as told."""
        approvers = Approvers(people=frozenset({self.id_of("ana"), self.id_of("ben")}))
        rule = Rule(
            rule_id="ask",
            name="Ask Ana or Ben",
            outcome=Outcome.ASK,
            scope=Scope(everything=True),
            who=Who(everyone=True),
            approvers=approvers,
            channel=self.channel,
        )
        return replace(rule, **changes)  # type: ignore[arg-type]

    async def set_rules(self, *rules: Rule) -> None:
        """Mia, the admin, replaces all rules."""
        book = self.w.bot.services.policy
        now = await book.current()
        mia = Person(team_id="T0LATCH", user_id=self.id_of("mia"), name="Mia", kind=PersonKind.MEMBER)
        await book.save(
            Policy(rules=rules),
            based_on=now.version,
            editor=mia,
            origin=Origin(surface="test", request_id=f"rules-{now.version}"),
        )

    async def types(self, who: str, text: str) -> None:
        """Somebody types a command in #general; the bot does what it must."""
        (await self.w.slack.command(who, "general", text)).expect_ok()
        await self.w.settle()

    async def presses(self, who: str, message: SeenMessage, action: str) -> Delivered:
        outcome = await self.w.slack.click(who, message, action)
        await self.w.settle()
        return outcome

    async def sends(self, who: str, values: dict[str, object]) -> Delivered:
        """Somebody fills the open form and sends it off."""
        outcome = await self.w.slack.submit(who, None, values)
        await self.w.settle()
        return outcome

    async def makes_code(self, who: str, text: str) -> None:
        """Types /guest-code and presses Create."""
        await self.types(who, f"/guest-code {text}")
        await self.presses(who, self.w.slack.screen(who).channel("general").last, "code.create")

    async def turns(self, **span: float) -> None:
        self.w.clock.turn(timedelta(**span))
        await self.w.settle()

    def cards(self, who: str = "ana") -> list[SeenMessage]:
        """What stands in the approvers' channel, seen by `who`."""
        return self.w.slack.screen(who).channel("door-requests").messages

    def card(self, who: str = "ana") -> SeenMessage:
        return next(m for m in reversed(self.cards(who)) if m.thread_ts is None and not m.ephemeral)

    def told(self, who: str) -> list[str]:
        """The bot's direct messages to somebody, oldest first."""
        try:
            return [m.rendered for m in self.w.slack.screen(who).dm.messages]
        except LookupError:
            return []

    def seen(self, who: str) -> list[str]:
        """What somebody alone sees in #general."""
        return [m.rendered for m in self.w.slack.screen(who).channel("general").messages]

    def dm(self, who: str) -> SeenMessage:
        return self.w.slack.screen(who).dm.last

    def unlocks(self, door: str = "Front Door") -> int:
        """How often this door was really unlocked."""
        return len(self.w.seam.truth.of(EffectKind.UNLOCKED, self.w.seam.door(door).device_id))

    async def audit(self) -> list[tuple[str, str, str]]:
        """(action, outcome, who or why), oldest first."""
        rows = await self.w.bot.db.read(lambda tx: tx.audit.after(0))
        records = [as_record(row) for row in rows]
        return [(str(r["action"]), str(r["outcome"]), str(r["actor"])) for r in records]

    async def barred(self) -> list[str]:
        """Why clicks did not count, oldest first."""
        rows = await self.w.bot.db.read(lambda tx: tx.audit.after(0))
        return [str(r.content["reason"]) for r in rows if r.content["action"] == "request.barred"]


@asynccontextmanager
async def town() -> AsyncIterator[Town]:
    """A town on a Tuesday morning whose clock stands still between turns."""
    async with world(clock=Clock(fixed_at=TUESDAY), latencies=Latencies(command=0.0), schedule=False) as w:
        yield Town(w=w)
        assert w.slack.faults == [], "the bot broke a rule of Slack's"
