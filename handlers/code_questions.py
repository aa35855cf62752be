"""What is shown before a guest code is made: the question under a line that was understood, or the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Door, Person
from bot.domain.preflight import ChangeKind
from bot.domain.when import Reading, Unclear
from bot.domain.window import Window
from bot.domain.wishes import CodeWish
from bot.services import Services
from bot.services.order_checks import Order
from handlers.code_reading import CodeReading
from handlers.desk import Reply
from handlers.json_types import Json
from handlers.payloads import Delivery
from handlers.people import People
from handlers.slack_out import SlackOut
from handlers.views import code_form as shown
from handlers.views import talk as spoken
from handlers.views.times import short


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeQuestions:
    """Asks back; makes nothing."""

    services: Services
    people: People
    slack: SlackOut
    reading: CodeReading

    async def understand(self, delivery: Delivery, text: str, reply: Reply) -> None:
        person = await self.people.person(delivery.person)
        wish = await self.reading.wish(text, person) if text.strip() else None
        windows = self.reading.readings(wish.time) if wish and isinstance(wish.time, Reading) else []
        if wish is None or not wish.guest or not wish.doors or wish.which or not windows:
            when = wish.time_typed if wish else ""
            if delivery.trigger_id:
                await self.open_form(delivery.trigger_id, person, wish, when=when)
            else:  # a message opens no form: say what is missing, and offer the button that does
                draft_id = await self.services.drafts.keep(person.ref, {"text": text, "when": when})
                await reply.say(spoken.incomplete(_missing(wish), draft_id))
            return
        # Checked before it is offered, so that the button is not a promise that cannot be kept.
        orders = [
            await self.services.order_checks.checked(
                guest=wish.guest, device_ids=[d.device_id for d in wish.doors], window=window
            )
            for window, _ in windows
        ]
        await reply.say(await self._question(person, text, wish, windows, orders))

    async def changes(self, person: Person, order: Order, when: str, colleague: str) -> Json:
        """A form was sent off, and some door takes the code only with changes: they are offered, not made."""
        question = await self.services.drafts.keep(person.ref, {"text": order.guest, "when": when})
        choice = await self._choice(person, question, order, when, colleague=colleague, surface="modal")
        return shown.confirm(order.guest, [d.name for d in order.doors], [choice], question, can_change=False)

    async def _question(
        self,
        person: Person,
        text: str,
        wish: CodeWish,
        windows: list[tuple[Window, tuple[str, ...]]],
        orders: list[Order],
    ) -> Json:
        question = await self.services.drafts.keep(person.ref, {"text": text, "when": wish.time_typed})
        choices = [
            await self._choice(person, question, order, wish.time_typed, assumptions)
            for (_, assumptions), order in zip(windows, orders, strict=True)
        ]
        return shown.confirm(wish.guest, [d.name for d in wish.doors], choices, question)

    async def _choice(
        self,
        person: Person,
        question: str,
        order: Order,
        when: str,
        assumptions: tuple[str, ...] = (),
        colleague: str = "",
        surface: str = "command",
    ) -> shown.Choice:
        zone = order.doors[0].timezone or self.reading.fallback_zone(person)
        assert order.window.ends_at is not None
        content = {
            "question": question,
            "guest": order.guest,
            "doors": " ".join(d.device_id for d in order.doors),
            "starts_at": order.window.starts_at.isoformat(),
            "ends_at": order.window.ends_at.isoformat(),
            "when": when,
            "note": order.note,
            "colleague": colleague,
            "surface": surface,
            # Pressing the button is agreeing to just these.
            "agreed": " ".join(sorted(order.changes)),
        }
        draft_id = await self.services.drafts.keep(person.ref, content)
        words = self.reading.said(order.window, zone, person)
        echo = shown.Echo(words=words, assumptions=assumptions)
        return shown.Choice(draft_id=draft_id, echo=echo, label=short(order.window, zone), verdicts=order.verdicts)

    async def order_of(self, draft: Mapping[str, str]) -> Order:
        """The order that a draft stands for, checked anew. Raises `BadField` when a door does not take it any more."""
        return await self.services.order_checks.checked(
            guest=draft["guest"],
            device_ids=draft["doors"].split(" "),
            window=Window(
                starts_at=datetime.fromisoformat(draft["starts_at"]),
                ends_at=datetime.fromisoformat(draft["ends_at"]),
            ),
            note=draft.get("note", ""),
            agreed=frozenset(ChangeKind(kind) for kind in draft.get("agreed", "").split()),
        )

    async def open_form(self, trigger_id: str, person: Person, wish: CodeWish | None, *, when: str) -> None:
        hint = ""
        doors: tuple[Door, ...] = ()
        if wish:
            doors = () if wish.which else wish.doors
            if wish.door_typed:
                hint = f"I know no door called “{wish.door_typed}”. Choose one below."
            elif wish.which:
                hint = "More than one door fits. Choose below."
            elif isinstance(wish.time, Unclear):
                hint = f"{wish.time.reason} For example: {wish.time.example}"
        zone = doors[0].timezone if doors and doors[0].timezone else self.reading.fallback_zone(person)
        fill = shown.CodeFormFill(
            guest=wish.guest if wish else "",
            doors=doors,
            when=when,
            echo=self.reading.echo(when, zone, person) if when.strip() else None,
            hint=hint,
        )
        await self.slack.open_view(trigger_id, shown.code_form(fill))


def _missing(wish: CodeWish | None) -> str:
    """What is still to be said before a code can be offered, in one sentence."""
    if wish and wish.door_typed and not wish.doors:
        return f"I know no door called “{wish.door_typed}”."
    wanted = []
    if wish is None or not wish.guest:
        wanted.append("for whom")
    if wish is None or not wish.doors or wish.which:
        wanted.append("which door")
    if wish is None or not isinstance(wish.time, Reading):
        wanted.append("from when until when")
    why = f" {wish.time.reason}" if wish and isinstance(wish.time, Unclear) else ""
    return f"For a code I still need to know {' and '.join(wanted) or 'until when'}.{why}"
