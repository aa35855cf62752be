"""The buttons of a code that there is: Extend…, End now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import AuditAction
from bot.domain.errors import BadField, Refused
from bot.domain.model import Action, GuestCode, Person
from bot.domain.policy.ask import Actor, Allow
from bot.domain.when import Kind, Reading, Unclear, read_window
from bot.domain.wishes import length_of
from bot.services import Services
from bot.services.code_extensions import Judged, asks
from handlers import views
from handlers.asking import Asking, Wanted
from handlers.desk import Ack, Desk, Job, Reply
from handlers.ids import ActionId, Field
from handlers.json_types import text_at
from handlers.payloads import Click, Submission, typed
from handlers.people import People
from handlers.slack_out import SlackOut
from handlers.views import code_life as shown
from handlers.views.code_form import Echo


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLifeHandlers:
    """Slack's side of changing codes. A button's value is an order's id (all its live codes) or a code's."""

    services: Services
    desk: Desk
    people: People
    slack: SlackOut
    asking: Asking

    async def end(self, ack: Ack, click: Click) -> None:
        """“End now”."""

        async def job(reply: Reply) -> None:
            actor = await self.people.actor(click.person)
            codes = await self.services.code_ends.end_now(
                actor=actor, target=click.value, origin=reply.origin("button")
            )
            await reply.say(views.sentence(shown.ended_words(codes)))

        await self.desk.take(ack, click, "End now", job)

    async def open_extend(self, ack: Ack, click: Click) -> None:
        """“Extend…”: the form."""

        async def job(reply: Reply) -> None:
            actor = await self.people.actor(click.person)
            code = (await self.services.code_rights.codes(click.value))[0]
            # The form names the guest.
            await self.services.code_rights.check(actor, code, AuditAction.CODE_EXTEND, reply.origin("button"))
            await self.slack.open_view(click.trigger_id, shown.extend_form(click.value, code))

        await self.desk.take(ack, click, "Extend", job)

    async def preview(self, ack: Ack, click: Click) -> None:
        """The end was edited: show how it reads."""
        view = click.view

        async def job() -> None:
            if view is None:
                return
            target = text_at(view, "private_metadata")
            person = await self.people.person(click.person)
            code = (await self.services.code_rights.codes(target))[0]
            text = typed(view, Field.WHEN, ActionId.EXTEND_WHEN)
            try:
                echo = Echo(words=f"until {shown.moment(self._end(text, code, person), code.timezone)}")
            except BadField as problem:
                echo = Echo(words=str(problem), understood=False)
            form = shown.extend_form(target, code, echo if text.strip() else None)
            await self.slack.update_view(text_at(view, "id"), form, view_hash=text_at(view, "hash"))

        await self.desk.quietly(ack, job)

    async def submit(self, ack: Ack, submission: Submission) -> None:
        """The form was sent off: done at once where the rules allow it, asked for where they want an approval."""
        view = submission.view

        async def prepare() -> Job:
            actor = await self.people.actor(submission.person)
            target = text_at(view, "private_metadata")
            code = (await self.services.code_rights.codes(target))[0]
            ends_at = self._end(typed(view, Field.WHEN, ActionId.EXTEND_WHEN), code, actor.person)
            origin = Reply(self.slack, submission, "").origin("modal")
            judged = await self.services.code_extensions.judge(
                actor=actor, target=target, ends_at=ends_at, origin=origin
            )

            async def job(reply: Reply) -> None:
                await self._extend(actor, judged, reply)

            return job

        await self.desk.take_submission(ack, submission, "Extend", prepare)

    async def extend_by(self, ack: Ack, click: Click) -> None:
        """“1 h”, “to 18:00”, “1 day” under a reminder. The value names the end that was on the screen, so that two
        presses are one extension."""

        async def job(reply: Reply) -> None:
            actor = await self.people.actor(click.person)
            target, _, seen = click.value.partition(".")
            code = next(
                (
                    c
                    for c in await self.services.code_rights.codes(target)
                    if c.window.ends_at and str(int(c.window.ends_at.timestamp())) == seen
                ),
                None,
            )
            if code is None or code.window.ends_at is None:
                raise Refused("This code does not end then any more, so I changed nothing. Its card shows how it is.")
            ends_at = shown.later_end(click.action_id.partition(":")[2], code.window.ends_at, code.timezone)
            judged = await self.services.code_extensions.judge(
                actor=actor, target=target, ends_at=ends_at, origin=reply.origin("button")
            )
            await self._extend(actor, [j for j in judged if j.code.window.ends_at == code.window.ends_at], reply)

        await self.desk.take(ack, click, "Extend", job)

    async def let_end(self, ack: Ack, click: Click) -> None:
        """“Let it end”: nothing to do, and the question goes away."""

        async def job(reply: Reply) -> None:
            await reply.say(
                views.sentence("All right, it ends by itself, and I tell you when it is off."), replace=True
            )

        await self.desk.take(ack, click, "Let it end", job)

    async def _extend(self, actor: Actor, judged: list[Judged], reply: Reply) -> None:
        for decision, group in asks(judged):
            doors = [await self.services.doors.get(one.code.device_id) for one in group]
            wanted = Wanted(
                action=Action.EXTEND,
                doors=tuple(doors),
                window=group[0].window,
                guest=group[0].code.guest,
                reason=group[0].code.note,
                order_id=group[0].code.order_id,
            )
            await self.asking.ask(actor.person, decision, wanted, reply, "modal")
        for one in judged:
            if isinstance(one.ruling.decision, Allow):
                code = await self.services.code_extensions.extend(actor=actor, judged=one, origin=reply.origin("modal"))
                await reply.say(views.sentence(shown.extended_words(code)))

    def _end(self, text: str, code: GuestCode, person: Person) -> datetime:
        """The end that was typed; a length counts from the present end. Raises `BadField`."""
        now, zone = self.services.context.now(), code.timezone
        length = length_of(text, now=now, tz=zone, locale=person.locale)
        if length is not None and code.window.ends_at is not None:
            return code.window.ends_at + length
        read = read_window(text, now=now, tz=zone, locale=person.locale)
        if isinstance(read, Unclear):
            raise BadField(Field.WHEN, f"{read.reason} For example: until 18:00")
        if isinstance(read, Reading) and read.alternatives:
            raise BadField(Field.WHEN, "I can read that in two ways. Please say it more exactly, with the day.")
        ends_at = read.starts_at if read.kind is Kind.INSTANT else read.ends_at
        if ends_at is None:
            raise BadField(Field.WHEN, "Until when? For example: until 18:00, or for 2 hours.")
        return ends_at
