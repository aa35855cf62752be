"""/guest-code and its shortcuts: a line of text or a form, an echo, a code, and the button that shows it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

from bot.domain.errors import BadField, BotError
from bot.domain.model import Action, Person
from bot.domain.policy.ask import Actor
from bot.domain.preflight import Verdict, WorksWithChanges
from bot.domain.preflight import Wanted as PreflightOf
from bot.services import Services
from bot.services.order_checks import Order
from handlers import views
from handlers.asking import Asking
from handlers.code_orders import CodeOrders, Split
from handlers.code_questions import CodeQuestions
from handlers.code_reading import CodeReading
from handlers.desk import Ack, Desk, Job, Reply, needed
from handlers.ids import VALUE, ActionId, Field
from handlers.json_types import text_at
from handlers.payloads import Click, Command, Shortcut, Submission, chosen, typed
from handlers.people import People
from handlers.slack_out import SlackFailed, SlackOut
from handlers.views import code_form as forms
from handlers.views import guest_codes as shown


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestCodeHandlers:
    """Slack's side of guest codes."""

    services: Services
    desk: Desk
    people: People
    slack: SlackOut
    asking: Asking
    reading: CodeReading
    questions: CodeQuestions
    orders: CodeOrders
    showing: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    # -- asking ---------------------------------------------------------------------------------------------------

    async def command(self, ack: Ack, command: Command) -> None:
        """`/guest-code Dana at Front Door tomorrow 9-5`: asks back what was understood; with less, opens the form."""

        async def job(reply: Reply) -> None:
            await self.desk.admit(await self.people.person(command.person), Action.GUEST_CODE, command.name, reply)
            await self.questions.understand(command, command.text, reply)

        await self.desk.take(ack, command, command.name, job)

    async def shortcut(self, ack: Ack, shortcut: Shortcut) -> None:
        """The global shortcut opens the form; the message shortcut reads guest, door and time out of the message."""

        async def job(reply: Reply) -> None:
            person = await self.people.person(shortcut.person)
            await self.desk.admit(person, Action.GUEST_CODE, "shortcut", reply)
            wish = await self.reading.wish(shortcut.text, person) if shortcut.text else None
            await self.questions.open_form(shortcut.trigger_id, person, wish, when=wish.time_typed if wish else "")

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
            verdicts = await self._previewed(view, text, zone, person)
            form = forms.code_form(forms.CodeFormFill(echo=echo, picked=picked, verdicts=verdicts))
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
                fill = forms.CodeFormFill(picked=picked)
            else:
                text = self.reading.as_text(picked)
                echo = self.reading.echo(text, zone, person) if text else None
                fill = forms.CodeFormFill(when=text, echo=echo)
            await self.slack.update_view(text_at(view, "id"), forms.code_form(fill), view_hash=text_at(view, "hash"))

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
            split = await self.orders.split(actor, order, colleague, when)
            if split.asks and order.pin:
                raise BadField(
                    "pin", "This needs an approval first, and I never keep a PIN. Leave the field empty, please."
                )
            if order.open_changes and order.pin:
                raise BadField("doors", _WITH_OWN_PIN.format(words=_changes_in_words(order)))

            async def job(reply: Reply) -> None:
                if order.open_changes:
                    await reply.say(await self.questions.changes(person, order, when, colleague))
                else:
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
            order = await self.questions.order_of(draft)
            if order.open_changes:  # a door has changed its mind since the question was put
                when, colleague = draft.get("when", ""), draft.get("colleague", "")
                await reply.say(await self.questions.changes(actor.person, order, when, colleague), replace=True)
                return
            split = await self.orders.split(actor, order, draft.get("colleague", ""), draft.get("when", ""))
            surface = draft.get("surface", "command")
            if surface == "modal":  # the question is a message of its own, and the card will be another
                await reply.say(views.sentence("All right. The code's card follows."), replace=True)
            await self._carry_out(actor, split, reply, surface)

        await self.desk.take(ack, click, "guest code", job)

    async def change(self, ack: Ack, click: Click) -> None:
        """“Change…”: the form, filled with what was understood."""

        async def job(reply: Reply) -> None:
            person = await self.people.person(click.person)
            draft = needed(await self.services.drafts.read(click.value, person.ref), "text")
            wish = await self.reading.wish(draft["text"], person)
            await self.questions.open_form(click.trigger_id, person, wish, when=draft["when"])

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

    async def _previewed(
        self, view: Mapping[str, object], text: str, zone: ZoneInfo, person: Person
    ) -> tuple[Verdict, ...]:
        """What the chosen doors would say, from memory alone: this runs on each keystroke."""
        window = self.reading.one_window(text, zone, person)
        doors = await self.services.doors.these(chosen(view, Field.DOORS, ActionId.CODE_DOORS))
        if window is None or not doors:
            return ()
        wanted = PreflightOf(guest=typed(view, Field.GUEST, VALUE), window=window)
        return await self.services.order_checks.verdicts(doors, wanted, look=False)

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


_WITH_OWN_PIN = (
    "Some doors take this only with changes: {words}. Choose other times or doors, or leave the PIN empty and I "
    "will offer it with these changes."
)


def _changes_in_words(order: Order) -> str:
    changed = [v for v in order.verdicts if isinstance(v, WorksWithChanges)]
    return "; ".join(f"{v.door.name}: {change.words}" for v in changed for change in v.changes)
