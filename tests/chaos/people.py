"""What people do in the chaos run: each does one thing, at any moment, whether or not a bot is there to hear it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from bot.sandbox.slack import NotPossible
from bot.sandbox.slack.messages import Message
from tests.chaos.stage import APPROVERS, DOORS, PEOPLE, Stage

WAIT_S = 0.6  # how long somebody looks at the screen for a button; the bot may be dead by then
RECENT = 400  # newest messages in which somebody looks

ACTS = {
    "unlock": 22,
    "unlock_for": 10,
    "lock": 12,
    "code": 26,
    "decide": 18,
    "deny": 3,
    "meddle": 4,
    "replay": 3,
    "list": 2,
}


@dataclass(slots=True)
class People:
    """Does things. `done` counts them by kind; a person does one thing at a time."""

    stage: Stage
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    guests: int = 0
    busy: set[str] = field(default_factory=set)

    async def act(self) -> None:
        """One thing, by somebody who is free."""
        free = [who for n in range(PEOPLE) if (who := f"person{n:02}") not in self.busy]
        who, kind = self.chance.choice(free), self.chance.choices(list(ACTS), list(ACTS.values()))[0]
        door = f"Room {self.chance.randint(1, DOORS):04}"
        self.busy.add(who)
        self.done[kind] += 1
        try:
            await self._do(kind, who, door)
        except (NotPossible, LookupError, TimeoutError):
            self.done["came to nothing"] += 1  # the card is gone, the form never opened: the bot was dead
        finally:
            self.busy.discard(who)

    async def _do(self, kind: str, who: str, door: str) -> None:
        slack = self.stage.slack
        match kind:
            case "unlock":
                await slack.command(who, "general", f"/unlock {door}")
            case "unlock_for":
                await slack.command(who, "general", f"/unlock {door} for {self.chance.choice((1, 3, 30))} min")
            case "lock":
                await slack.command(who, "general", f"/lock {door}")
            case "list":
                await slack.command(who, "general", "/doors")
            case "code":
                await self._code(who, door)
            case "decide":
                action = self.chance.choices(("request.approve", "request.take"), (9, 1))[0]
                await slack.click(self.chance.choice(APPROVERS), self._card(), action)
            case "deny":
                await self._deny(self.chance.choice(APPROVERS))
            case "meddle":  # somebody who may not decide presses the button all the same
                slack.channel("door-requests").members.append(slack.user(who).id)
                try:
                    await slack.click(who, self._card(), "request.approve")
                finally:
                    slack.channel("door-requests").members.remove(slack.user(who).id)
            case "replay":
                sent = [
                    e for e in slack.traffic.exchanges[-60:] if e.headers and e.kind in {"command", "block_actions"}
                ]
                if sent:
                    await slack.replay(self.chance.choice(sent))

    async def _code(self, who: str, door: str) -> None:
        slack = self.stage.slack
        self.guests += 1
        guest = f"Dana{self.guests:05}"
        when = self.chance.choice(("for 10 min", "for 30 min", "for 3 hours", "tomorrow 09:00-17:00"))
        before = len(slack.workspace.messages.all)
        await slack.command(who, "general", f"/guest-code {guest} at {door} {when}")
        me = slack.user(who).id

        def question() -> Message | None:
            new = slack.workspace.messages.all[max(before, len(slack.workspace.messages.all) - RECENT) :]
            return next((m for m in new if m.ephemeral_to == me and not m.deleted and _has(m, "code.create")), None)

        asked = await slack.until(question, timeout=WAIT_S)
        await slack.click(who, asked, "code.create")

    async def _deny(self, who: str) -> None:
        slack = self.stage.slack
        if who in self.busy:
            raise LookupError("has a form open already")
        self.busy.add(who)
        try:
            await slack.close(who, everything=True) if slack.screen(who).modal else None
            await slack.click(who, self._card(), "request.deny")
            await slack.until(lambda: slack.workspace.views.stack(slack.user(who).id), timeout=WAIT_S)
            await slack.submit(who, None, {"reason": "Not today."})
        finally:
            self.busy.discard(who)

    def _card(self) -> Message:
        """A request's card with buttons. Raises `LookupError` when there is none."""
        slack = self.stage.slack
        channel = slack.channel("door-requests").id
        recent = slack.workspace.messages.all[-RECENT:]
        cards = [m for m in recent if m.channel == channel and not m.deleted and _has(m, "request.approve")]
        if not cards:
            raise LookupError("no card")
        return self.chance.choice(cards)


def _has(message: Message, action: str) -> bool:
    return any(
        isinstance(e, dict) and e.get("action_id") == action
        for block in message.blocks
        for e in (block.get("elements") or [])  # type: ignore[attr-defined]
    )
