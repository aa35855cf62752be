"""What people do in Slack and what they see there, with the real bot behind it; and what happened at the doors."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from bot.audit_export import as_record
from bot.sandbox.clock import Clock
from bot.sandbox.seam import Latencies, VirtualLock
from bot.sandbox.seam.truth import EffectKind
from bot.sandbox.slack import Outcome, SeenMessage
from bot.sandbox.slack.courier import FORM
from bot.sandbox.world import World, world
from handlers.json_types import list_at, text_at

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday


@dataclass(frozen=True, slots=True)
class Stage:
    w: World

    # -- acts -----------------------------------------------------------------------------------------------------

    async def types(self, who: str, text: str, *, smart: bool = False) -> str:
        """A command in #general. Returns what the person sees of it afterwards."""
        before = self.seen(who)
        (await self.w.slack.command(who, "general", text, smart_punctuation=smart)).expect_ok()
        await self.w.settle()
        return self.new(who, before)

    async def clicks(self, who: str, action: str, message: SeenMessage | None = None) -> str:
        """A button in a message, by default the newest in #general."""
        before = self.seen(who)
        (await self.w.slack.click(who, message or self.last(who), action)).expect_ok()
        await self.w.settle()
        return self.new(who, before)

    async def submits(self, who: str, values: Mapping[str, object] | None = None) -> str:
        """The open modal, sent off. Returns what is said in channels and messages afterwards."""
        before = self.seen(who)
        (await self.w.slack.submit(who, None, values)).expect_ok()
        await self.w.settle()
        return self.new(who, before)

    async def edits(self, who: str, key: str, value: object) -> str:
        """A field of the open modal, edited. Returns the modal as it looks afterwards."""
        (await self.w.slack.act_in_view(who, None, key, value, by="typing")).expect_ok()
        await self.w.settle()
        return self.modal(who)

    async def finds(self, who: str, key: str, query: str) -> list[str]:
        """A searchable list in the open modal: the labels it offers."""
        outcome = await self.w.slack.options(who, self.w.slack.top(who), key, query)
        return [text_at(option, "text", "text") for option in outcome.expect_ok().options]

    async def later(self, **by: float) -> None:
        self.w.clock.turn(timedelta(**by))
        await self.w.settle()

    async def delivers(self, payload: Mapping[str, object]) -> Outcome:
        """Any payload at all, signed."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self.w.slack.courier.send("any", "any", body, FORM, dict(payload))

    # -- what is there --------------------------------------------------------------------------------------------

    def last(self, who: str) -> SeenMessage:
        return self.w.slack.screen(who).channel("general").last

    def dm(self, who: str) -> list[str]:
        return [m.rendered for m in self.w.slack.screen(who).dm.messages]

    def modal(self, who: str) -> str:
        modal = self.w.slack.screen(who).modal
        assert modal, f"{who} has no modal"
        return modal.rendered

    def errors(self, who: str) -> dict[str, str]:
        return dict(self.w.slack.top(who).errors)

    def has_modal(self, who: str) -> bool:
        return self.w.slack.screen(who).modal is not None

    def seen(self, who: str) -> dict[tuple[str, str], str]:
        return {(c.id, m.ts): m.rendered for c in self.w.slack.screen(who).channels for m in c.messages}

    def new(self, who: str, before: Mapping[tuple[str, str], str]) -> str:
        return "\n".join(text for place, text in self.seen(who).items() if before.get(place) != text)

    def locked(self, door: str) -> bool:
        return bool(self.w.seam.door(door).locked)

    def device(self, door: str) -> str:
        return self.w.seam.door(door).device_id

    def unlocks(self) -> int:
        return len(self.w.seam.truth.of(EffectKind.UNLOCKED))

    def codes(self) -> int:
        """How many codes were ever ordered of Seam."""
        return self.w.seam.counts["/access_codes/create"]

    async def audited(self) -> list[tuple[str, str, str, str]]:
        """(action, phase, outcome, actor) of every row."""
        records = [as_record(row) for row in await self.w.bot.db.read(lambda tx: tx.audit.after(0))]
        return [(str(r["action"]), str(r["phase"]), str(r["outcome"] or ""), str(r["actor"])) for r in records]

    def pin_shown(self, who: str) -> str:
        modal = self.w.slack.screen(who).modal
        assert modal
        return text_at(list_at(modal.content, "blocks")[0], "text", "text")


@asynccontextmanager
async def staged(path: Path, doors: list[VirtualLock] | None, progress_after: float) -> AsyncIterator[Stage]:
    clock = Clock(fixed_at=START)
    async with world(
        clock=clock,
        doors=doors,
        latencies=Latencies(command=0.01),
        database_url=f"sqlite:///{path}",
        schedule=False,
        progress_after=progress_after,
    ) as w:
        yield Stage(w)
        assert w.slack.faults == [], "a rule of Slack's was broken"
