"""/guest-code and its shortcuts: a line of text or a form, an echo, a code, and the button that shows it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

from bot.domain.errors import BadField, BotError
from bot.domain.model import Action, Door, Person
from bot.domain.when import Kind, Reading, Unclear, read_window
from bot.domain.window import Window
from bot.domain.wishes import CodeWish, read_code_wish
from bot.services import Services
from handlers import views
from handlers.desk import Ack, Desk, Job, Reply, needed
from handlers.ids import VALUE, ActionId, Field
from handlers.json_types import text_at
from handlers.payloads import Click, Command, Delivery, Shortcut, Submission, chosen, typed
from handlers.people import People
from handlers.slack_out import SlackFailed, SlackOut
from handlers.views import guest_codes as shown
from handlers.views.times import short
from handlers.views.times import window as window_words

DEFAULT_LENGTH = timedelta(hours=2)  # "tomorrow at 3pm" names a moment: the product adds this much, and says so


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestCodeHandlers:
    """Slack's side of guest codes."""

    services: Services
    desk: Desk
    people: People
    slack: SlackOut
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
            wish = await self._wish(shortcut.text, person) if shortcut.text else None
            await self._open_form(shortcut.trigger_id, person, wish, when=wish.time_typed if wish else "")

        await self.desk.take(ack, shortcut, "shortcut", job)

    async def preview(self, ack: Ack, click: Click) -> None:
        """The time was edited in the form: show how it reads. A preview that comes too late loses (by its hash)."""
        view = click.view

        async def job() -> None:
            if view is None:
                return
            person = await self.people.person(click.person)
            zone = await self._zone(chosen(view, Field.DOORS, ActionId.CODE_DOORS), person)
            text = typed(view, Field.WHEN, ActionId.CODE_WHEN)
            echo = self._echo(text, zone, person) if text.strip() else None
            form = shown.code_form(shown.CodeFormFill(echo=echo))
            await self.slack.update_view(text_at(view, "id"), form, view_hash=text_at(view, "hash"))

        await self.desk.quietly(ack, job)

    async def submit(self, ack: Ack, submission: Submission) -> None:
        """The form was sent off: wrong fields are marked where they are and nothing typed is lost."""
        view = submission.view

        async def prepare() -> Job:
            person = await self.people.person(submission.person)
            device_ids = chosen(view, Field.DOORS, ActionId.CODE_DOORS)
            zone = await self._zone(device_ids, person)
            order = await self.services.order_checks.checked(
                guest=typed(view, Field.GUEST, VALUE),
                device_ids=device_ids,
                window=self._window(typed(view, Field.WHEN, ActionId.CODE_WHEN), zone, person),
                pin=typed(view, Field.PIN, VALUE),
                note=typed(view, Field.NOTE, VALUE),
            )

            async def job(reply: Reply) -> None:
                reply.waiting_for = order.doors[0].name
                codes = await self.services.guest_codes.order(person=person, order=order, origin=reply.origin("modal"))
                if await self.show_card(codes[0].order_id, person.timezone):
                    await self.services.guest_codes.told(codes[0].order_id)

            return job

        await self.desk.take_submission(ack, submission, "guest code", prepare)

    async def create(self, ack: Ack, click: Click) -> None:
        """“Create code” under a line that was understood. The draft is used once, whoever presses twice."""

        async def job(reply: Reply) -> None:
            person = await self.people.person(click.person)
            draft = needed(await self.services.drafts.use(click.value, person.ref), "question")
            # One question, one code: also with two readings, after Cancel, and on an old screen.
            await self.services.drafts.use(draft["question"], person.ref)
            order = await self.services.order_checks.checked(
                guest=draft["guest"],
                device_ids=draft["doors"].split(" "),
                window=Window(
                    starts_at=datetime.fromisoformat(draft["starts_at"]),
                    ends_at=datetime.fromisoformat(draft["ends_at"]),
                ),
            )
            reply.waiting_for = order.doors[0].name
            codes = await self.services.guest_codes.order(person=person, order=order, origin=reply.origin("command"))
            order_id = codes[0].order_id
            told = await reply.say(shown.card(codes, person.timezone), replace=True)
            if await self.show_card(order_id, person.timezone) or told:
                await self.services.guest_codes.told(order_id)

        await self.desk.take(ack, click, "guest code", job)

    async def change(self, ack: Ack, click: Click) -> None:
        """“Change…”: the form, filled with what was understood."""

        async def job(reply: Reply) -> None:
            person = await self.people.person(click.person)
            draft = needed(await self.services.drafts.read(click.value, person.ref), "text")
            wish = await self._wish(draft["text"], person)
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
            person = await self.people.person(click.person)
            try:
                code, pin = await self.services.guest_codes.reveal(
                    person=person, code_id=click.value, origin=reply.origin("button")
                )
                view = shown.reveal(code, pin, person.timezone)
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

    # -- understanding --------------------------------------------------------------------------------------------

    async def _understand(self, delivery: Delivery, text: str, reply: Reply) -> None:
        person = await self.people.person(delivery.person)
        wish = await self._wish(text, person) if text.strip() else None
        windows = self._readings(wish.time) if wish and isinstance(wish.time, Reading) else []
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
            zone = door.timezone or self._fallback_zone(person)
            words = window_words(window, zone, person.timezone)
            draft_id = await self.services.drafts.keep(
                person.ref,
                {
                    "question": question,
                    "guest": wish.guest,
                    "doors": door.device_id,
                    "starts_at": window.starts_at.isoformat(),
                    "ends_at": window.ends_at.isoformat(),
                },
            )
            echo = shown.Echo(words=words, assumptions=assumptions)
            choices.append(shown.Choice(draft_id=draft_id, echo=echo, label=short(window, zone)))
        return shown.confirm(wish.guest, [door.name], choices, question)

    async def _wish(self, text: str, person: Person) -> CodeWish:
        return read_code_wish(
            text,
            await self.services.doors.all(),
            now=self.services.context.now(),
            fallback_zone=self._fallback_zone(person),
            locale=person.locale,
        )

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
        zone = doors[0].timezone if doors and doors[0].timezone else self._fallback_zone(person)
        fill = shown.CodeFormFill(
            guest=wish.guest if wish else "",
            doors=doors,
            when=when,
            echo=self._echo(when, zone, person) if when.strip() else None,
            hint=hint,
        )
        await self.slack.open_view(trigger_id, shown.code_form(fill))

    async def _zone(self, device_ids: tuple[str, ...], person: Person) -> ZoneInfo:
        for device_id in device_ids[:1]:
            door = next((d for d in await self.services.doors.all() if d.device_id == device_id), None)
            if door and door.timezone:
                return door.timezone
        return self._fallback_zone(person)

    def _fallback_zone(self, person: Person) -> ZoneInfo:
        return self.services.context.default_timezone or person.timezone or ZoneInfo("UTC")

    def _echo(self, text: str, zone: ZoneInfo, person: Person) -> shown.Echo:
        read = read_window(text, now=self.services.context.now(), tz=zone, locale=person.locale)
        if isinstance(read, Unclear):
            return shown.Echo(words=f"{read.reason} For example: {read.example}", understood=False)
        readings = self._readings(read)
        if not readings:
            return shown.Echo(words="Until when? Say the end, too: “until Friday 18:00”.", understood=False)
        words = " — or — ".join(window_words(w, zone, person.timezone) for w, _ in readings)
        if len(readings) > 1:
            return shown.Echo(words=f"Two readings: {words}. Please say it more exactly.", understood=False)
        return shown.Echo(words=words, assumptions=readings[0][1])

    def _window(self, text: str, zone: ZoneInfo, person: Person) -> Window:
        """The one window that was typed. Raises `BadField` for none, or more than one."""
        read = read_window(text, now=self.services.context.now(), tz=zone, locale=person.locale)
        if isinstance(read, Unclear):
            raise BadField("when", f"{read.reason} For example: {read.example}")
        readings = self._readings(read)
        if not readings:
            raise BadField("when", "Until when? Say the end, too, for example “tomorrow 9-5” or “until Friday 18:00”.")
        if len(readings) > 1:
            words = " or ".join(window_words(w, zone) for w, _ in readings)
            raise BadField("when", f"I can read that as {words}. Please say it more exactly.")
        return readings[0][0]

    def _readings(self, read: Reading) -> list[tuple[Window, tuple[str, ...]]]:
        """Every sound reading as a window with an end, with its assumptions; a moment gets the default length."""
        found = []
        for reading in (read, *read.alternatives)[:3]:
            if reading.kind is Kind.INSTANT:
                window = Window(starts_at=reading.starts_at, ends_at=reading.starts_at + DEFAULT_LENGTH)
                found.append((window, (*reading.assumptions, "no end was given, so two hours")))
            elif reading.ends_at is not None and reading.window:
                found.append((reading.window, reading.assumptions))
        return found
