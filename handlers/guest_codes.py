"""/guest-code and its shortcuts: a line of text or a form, an echo, a code, and the button that shows it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

from bot.domain.errors import BadField, BotError
from bot.domain.model import Action, Door, Person, PersonRef
from bot.domain.policy.ask import Actor, Allow, AskApproval, Refuse
from bot.domain.when import Reading, Unclear
from bot.domain.window import Window
from bot.domain.wishes import CodeWish, length_of
from bot.services import Services
from bot.services.order_checks import Order
from handlers import views
from handlers.asking import Asking, Wanted
from handlers.code_reading import CodeReading
from handlers.desk import Ack, Desk, Job, Reply, needed
from handlers.ids import VALUE, ActionId, Field
from handlers.json_types import text_at
from handlers.payloads import Click, Command, Delivery, Shortcut, Submission, chosen, typed
from handlers.people import People
from handlers.slack_out import SlackFailed, SlackOut
from handlers.views import guest_codes as shown
from handlers.views.times import short


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """An order by what the rules say of its doors."""

    order: Order
    allowed: tuple[Door, ...]
    asks: tuple[tuple[AskApproval, Wanted], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestCodeHandlers:
    """Slack's side of guest codes."""

    services: Services
    desk: Desk
    people: People
    slack: SlackOut
    asking: Asking
    reading: CodeReading
    showing: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    # -- asking ---------------------------------------------------------------------------------------------------

    async def command(self, ack: Ack, command: Command) -> None:
        """`/guest-code Dana at Front Door tomorrow 9-5`: asks back what was understood; with less, opens the form."""

        async def job(reply: Reply) -> None:
            await self.desk.admit(await self.people.person(command.person), Action.GUEST_CODE, command.name, reply)
            await self._understand(command, command.text, reply)

        await self.desk.take(ack, command, command.name, job)

    async def shortcut(self, ack: Ack, shortcut: Shortcut) -> None:
        """The global shortcut opens the form; the message shortcut reads guest, door and time out of the message."""

        async def job(reply: Reply) -> None:
            person = await self.people.person(shortcut.person)
            await self.desk.admit(person, Action.GUEST_CODE, "shortcut", reply)
            wish = await self.reading.wish(shortcut.text, person) if shortcut.text else None
            await self._open_form(shortcut.trigger_id, person, wish, when=wish.time_typed if wish else "")

        await self.desk.take(ack, shortcut, "shortcut", job)

    async def preview(self, ack: Ack, click: Click) -> None:
        """The time was edited in the form: show how it reads. A preview that comes too late loses (by its hash)."""
        view = click.view

        async def job() -> None:
            if view is None:
                return
            person = await self.people.person(click.person)
            zone = await self.reading.zone(chosen(view, Field.DOORS, ActionId.CODE_DOORS), person)
            text = typed(view, Field.WHEN, ActionId.CODE_WHEN)
            echo = self.reading.echo(text, zone, person) if text.strip() else None
            picked = self.reading.picked(view, zone, person) if self.reading.is_picking(view) else None
            form = shown.code_form(shown.CodeFormFill(echo=echo, picked=picked))
            await self.slack.update_view(text_at(view, "id"), form, view_hash=text_at(view, "hash"))

        await self.desk.quietly(ack, job)

    async def switch(self, ack: Ack, click: Click) -> None:
        """From typing to date and time pickers, or back; what was said the one way is carried over to the other."""
        view = click.view

        async def job() -> None:
            if view is None:
                return
            person = await self.people.person(click.person)
            zone = await self.reading.zone(chosen(view, Field.DOORS, ActionId.CODE_DOORS), person)
            picked = self.reading.picked(view, zone, person)
            if click.value == "pickers":
                fill = shown.CodeFormFill(picked=picked)
            else:
                text = self.reading.as_text(picked)
                echo = self.reading.echo(text, zone, person) if text else None
                fill = shown.CodeFormFill(when=text, echo=echo)
            await self.slack.update_view(text_at(view, "id"), shown.code_form(fill), view_hash=text_at(view, "hash"))

        await self.desk.quietly(ack, job)

    async def submit(self, ack: Ack, submission: Submission) -> None:
        """The form was sent off: wrong fields are marked where they are and nothing typed is lost."""
        view = submission.view

        async def prepare() -> Job:
            actor = await self.people.actor(submission.person)
            person = actor.person
            device_ids = chosen(view, Field.DOORS, ActionId.CODE_DOORS)
            zone = await self.reading.zone(device_ids, person)
            window, when = self.reading.form_window(view, zone, person)
            order = await self.services.order_checks.checked(
                guest=typed(view, Field.GUEST, VALUE),
                device_ids=device_ids,
                window=window,
                pin=typed(view, Field.PIN, VALUE),
                note=typed(view, Field.NOTE, VALUE),
            )
            colleague = text_at(view, "state", "values", Field.COLLEAGUE, VALUE, "selected_user")
            split = await self._split(actor, order, colleague, when, zone)
            if split.asks and order.pin:
                raise BadField(
                    "pin", "This needs an approval first, and I never keep a PIN. Leave the field empty, please."
                )

            async def job(reply: Reply) -> None:
                await self._carry_out(actor, split, reply, "modal")

            return job

        await self.desk.take_submission(ack, submission, "guest code", prepare)

    async def create(self, ack: Ack, click: Click) -> None:
        """“Create code” under a line that was understood. The draft is used once, whoever presses twice."""

        async def job(reply: Reply) -> None:
            actor = await self.people.actor(click.person)
            draft = needed(await self.services.drafts.use(click.value, actor.person.ref), "question")
            # One question, one code: also with two readings, after Cancel, and on an old screen.
            await self.services.drafts.use(draft["question"], actor.person.ref)
            order = await self.services.order_checks.checked(
                guest=draft["guest"],
                device_ids=draft["doors"].split(" "),
                window=Window(
                    starts_at=datetime.fromisoformat(draft["starts_at"]),
                    ends_at=datetime.fromisoformat(draft["ends_at"]),
                ),
            )
            zone = order.doors[0].timezone or self.reading.fallback_zone(actor.person)
            split = await self._split(actor, order, "", draft.get("when", ""), zone)
            await self._carry_out(actor, split, reply, "command")

        await self.desk.take(ack, click, "guest code", job)

    async def change(self, ack: Ack, click: Click) -> None:
        """“Change…”: the form, filled with what was understood."""

        async def job(reply: Reply) -> None:
            person = await self.people.person(click.person)
            draft = needed(await self.services.drafts.read(click.value, person.ref), "text")
            wish = await self.reading.wish(draft["text"], person)
            await self._open_form(click.trigger_id, person, wish, when=draft["when"])

        await self.desk.take(ack, click, "guest code", job)

    async def cancel(self, ack: Ack, click: Click) -> None:
        """“Cancel”: nothing was made, and the question goes away."""

        async def job(reply: Reply) -> None:
            await self.services.drafts.use(click.value, click.person)
            await reply.say(views.sentence("All right, no code was made."), replace=True)

        await self.desk.take(ack, click, "guest code", job)

    async def show(self, ack: Ack, click: Click) -> None:
        """“Show code”: a modal at once (the trigger lives 3 s), the PIN in it when Seam has answered."""

        async def job(reply: Reply) -> None:
            view_id = await self.slack.open_view(click.trigger_id, shown.reveal_loading())
            try:
                actor = await self.people.actor(click.person)
                code, pin = await self.services.guest_codes.reveal(
                    person=actor.person, groups=actor.groups, code_id=click.value, origin=reply.origin("button")
                )
                view = shown.reveal(code, pin, actor.person.timezone)
            except BotError as refused:
                view = shown.reveal_refused(str(refused))
            await self.slack.update_view(view_id, view)

        await self.desk.take(ack, click, "Show code", job)

    async def show_card(self, order_id: str, reader: ZoneInfo | None) -> bool:
        """Post or rewrite the order's card in the host's direct messages. False when Slack did not take it.

        One at a time for an order: two that find no card yet would post two.
        """
        async with self.showing.setdefault(order_id, asyncio.Lock()):
            return await self._show_card(order_id, reader)

    async def _show_card(self, order_id: str, reader: ZoneInfo | None) -> bool:
        codes = await self.services.guest_codes.of_order(order_id)
        if not codes:
            return True
        message = shown.card(codes, reader)
        place = await self.services.guest_codes.card_place(order_id)
        try:
            if place:
                await self.slack.rewrite(*place, message)
            else:
                place = await self.slack.direct(codes[0].host.user_id, message)
                await self.services.guest_codes.keep_card_place(order_id, *place)
        except SlackFailed:
            return False
        return True

    async def _split(self, actor: Actor, order: Order, colleague: str, when: str, zone: ZoneInfo) -> Split:
        """What of an order may be done at once, and what must be asked for first, by rule. Raises `BadField` for a
        door that the rules refuse, before anything is done."""
        beneficiary = None
        if colleague and colleague != actor.person.user_id:
            beneficiary = await self.people.actor(PersonRef(team_id=actor.person.team_id, user_id=colleague))
        rulings = await self.services.guest_codes.rulings(
            person=actor.person, groups=actor.groups, order=order, beneficiary=beneficiary
        )
        allowed: list[Door] = []
        asks: dict[str, tuple[AskApproval, list[Door]]] = {}
        for door, ruling in rulings:
            match ruling.decision:
                case Allow():
                    allowed.append(door)
                case AskApproval() as ask:
                    asks.setdefault(ask.rule_id or "", (ask, []))[1].append(door)
                case Refuse():
                    await self.services.guest_codes.note_refused(actor.person, door, ruling)
                    raise BadField("doors", f"{door.name}: {ruling.decision.reason}")
        length = length_of(when, now=self.services.context.now(), tz=zone, locale=actor.person.locale) if when else None
        for_whom = beneficiary.person.ref if beneficiary else None
        return Split(
            order=order,
            allowed=tuple(allowed),
            asks=tuple(
                (
                    ask,
                    Wanted(
                        action=Action.GUEST_CODE,
                        doors=tuple(doors),
                        window=None if length else order.window,
                        length=length,
                        guest=order.guest,
                        reason=order.note,
                        beneficiary=for_whom,
                    ),
                )
                for ask, doors in asks.values()
            ),
        )

    async def _carry_out(self, actor: Actor, split: Split, reply: Reply, surface: str) -> None:
        for ask, wanted in split.asks:
            await self.asking.ask(actor.person, ask, wanted, reply, surface)
        if not split.allowed:
            return
        reply.waiting_for = split.allowed[0].name
        codes = await self.services.guest_codes.order(
            person=actor.person,
            groups=actor.groups,
            order=replace(split.order, doors=split.allowed),
            origin=reply.origin(surface),
        )
        told = False
        if surface == "command":
            told = await reply.say(shown.card(codes, actor.person.timezone), replace=True)
        if await self.show_card(codes[0].order_id, actor.person.timezone) or told:
            await self.services.guest_codes.told(codes[0].order_id)

    # -- understanding --------------------------------------------------------------------------------------------

    async def _understand(self, delivery: Delivery, text: str, reply: Reply) -> None:
        person = await self.people.person(delivery.person)
        wish = await self.reading.wish(text, person) if text.strip() else None
        windows = self.reading.readings(wish.time) if wish and isinstance(wish.time, Reading) else []
        if wish is None or not wish.guest or len(wish.doors) != 1 or not windows:
            await self._open_form(delivery.trigger_id, person, wish, when=wish.time_typed if wish else "")
            return
        # Checked before it is offered, so that the button is not a promise that cannot be kept.
        for window, _ in windows:
            await self.services.order_checks.checked(
                guest=wish.guest, device_ids=[wish.doors[0].device_id], window=window
            )
        await reply.say(await self._question(person, text, wish, windows))

    async def _question(
        self, person: Person, text: str, wish: CodeWish, windows: list[tuple[Window, tuple[str, ...]]]
    ) -> dict[str, object]:
        door = wish.doors[0]
        question = await self.services.drafts.keep(person.ref, {"text": text, "when": wish.time_typed})
        choices = []
        for window, assumptions in windows:
            assert window.ends_at is not None
            zone = door.timezone or self.reading.fallback_zone(person)
            words = self.reading.said(window, zone, person)
            draft_id = await self.services.drafts.keep(
                person.ref,
                {
                    "question": question,
                    "guest": wish.guest,
                    "doors": door.device_id,
                    "starts_at": window.starts_at.isoformat(),
                    "ends_at": window.ends_at.isoformat(),
                    "when": wish.time_typed,
                },
            )
            echo = shown.Echo(words=words, assumptions=assumptions)
            choices.append(shown.Choice(draft_id=draft_id, echo=echo, label=short(window, zone)))
        return shown.confirm(wish.guest, [door.name], choices, question)

    async def _open_form(self, trigger_id: str, person: Person, wish: CodeWish | None, *, when: str) -> None:
        hint = ""
        doors: tuple[Door, ...] = ()
        if wish:
            doors = wish.doors if len(wish.doors) == 1 else ()
            if wish.door_typed:
                hint = f"I know no door called “{wish.door_typed}”. Choose one below."
            elif len(wish.doors) > 1:
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
