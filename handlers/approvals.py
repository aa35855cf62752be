"""The buttons of a request: approve, approve with changes, deny, I'm on it, cancel, emergency, looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.errors import BadField, Refused
from bot.domain.model import Door
from bot.domain.requests import AccessRequest, RequestState
from bot.domain.when import Reading, Unclear, read_window
from bot.domain.window import Window
from bot.domain.wishes import length_of
from bot.services import Services
from handlers.asking import Asking, from_draft
from handlers.desk import Ack, Desk, Job, Reply
from handlers.ids import VALUE, Field
from handlers.json_types import Json, text_at
from handlers.payloads import Click, Submission, chosen, typed
from handlers.people import People
from handlers.slack_out import SlackOut
from handlers.views import request_forms as forms
from handlers.views.times import clock, day

Form = Callable[[AccessRequest], Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalHandlers:
    """Slack's side of requests. Who clicks is looked up at the click; the card has no say in it."""

    services: Services
    desk: Desk
    people: People
    slack: SlackOut
    asking: Asking

    async def approve(self, ack: Ack, click: Click) -> None:
        """Approve what is on the card, in the version that was seen."""

        async def job(reply: Reply) -> None:
            actor = await self.people.actor(click.person)
            request_id, version = seen(click.value)
            origin = reply.origin("button")
            await self.services.decisions.check_place(request_id, place_of(click), actor, origin)
            request = await self.services.decisions.approve(
                actor=actor, request_id=request_id, version=version, origin=origin
            )
            await self._go_on(request)

        await self.desk.take(ack, click, "approval", job)

    async def open_change(self, ack: Ack, click: Click) -> None:
        """“Approve with changes…”: the form with what was asked for."""
        await self._open(ack, click, lambda request: forms.change_form(request, _typed_window(request)))

    async def open_deny(self, ack: Ack, click: Click) -> None:
        """“Deny…”: the form for the reason."""
        await self._open(ack, click, forms.deny_form)

    async def open_emergency(self, ack: Ack, click: Click) -> None:
        """“Emergency: do it now…”: the form for the reason."""

        async def job(reply: Reply) -> None:
            request = await self.services.requests.get(seen(click.value)[0])
            await self.slack.open_view(click.trigger_id, forms.emergency_form(request))

        await self.desk.take(ack, click, "emergency", job)

    async def change(self, ack: Ack, submission: Submission) -> None:
        """The changes were sent off. Less than was asked is approved; more is refused at the field."""
        view = submission.view

        async def prepare() -> Job:
            actor = await self.people.actor(submission.person)
            request_id, version = seen(text_at(view, "private_metadata"))
            request = await self.services.requests.get(request_id)
            window, length = self._changed_time(request, typed(view, Field.WHEN, VALUE), actor.person.locale)
            device_ids = chosen(view, Field.DOORS, VALUE)
            if not device_ids:
                raise BadField(Field.DOORS, "Leave at least one door, or deny the request.")

            async def job(reply: Reply) -> None:
                changed = await self.services.decisions.change_and_approve(
                    actor=actor,
                    request_id=request_id,
                    version=version,
                    device_ids=device_ids,
                    window=window,
                    length=length,
                    origin=reply.origin("modal"),
                )
                await self._go_on(changed)

            return job

        await self.desk.take_submission(ack, submission, "approval", prepare)

    async def deny(self, ack: Ack, submission: Submission) -> None:
        """Denied, with the reason."""
        view = submission.view

        async def prepare() -> Job:
            actor = await self.people.actor(submission.person)
            request_id, version = seen(text_at(view, "private_metadata"))

            async def job(reply: Reply) -> None:
                await self.services.decisions.deny(
                    actor=actor,
                    request_id=request_id,
                    version=version,
                    reason=typed(view, Field.REASON, VALUE),
                    origin=reply.origin("modal"),
                )

            return job

        await self.desk.take_submission(ack, submission, "denial", prepare)

    async def take(self, ack: Ack, click: Click) -> None:
        """“I'm on it”."""

        async def job(reply: Reply) -> None:
            actor = await self.people.actor(click.person)
            request_id, _ = seen(click.value)
            await self.services.decisions.take(actor=actor, request_id=request_id, origin=reply.origin("button"))

        await self.desk.take(ack, click, "I'm on it", job)

    async def cancel(self, ack: Ack, click: Click) -> None:
        """The requester calls it off."""

        async def job(reply: Reply) -> None:
            person = await self.people.person(click.person)
            request_id, _ = seen(click.value)
            await self.services.requests.cancel(person=person, request_id=request_id, origin=reply.origin("button"))

        await self.desk.take(ack, click, "cancel", job)

    async def emergency(self, ack: Ack, submission: Submission) -> None:
        """Break-glass: act now, be seen, be reviewed."""
        view = submission.view

        async def prepare() -> Job:
            actor = await self.people.actor(submission.person)
            request_id, _ = seen(text_at(view, "private_metadata"))
            reason = typed(view, Field.REASON, VALUE)
            if len(reason.strip()) < 15:
                raise BadField(Field.REASON, "Please say what the emergency is, in a whole sentence: others read it.")

            async def job(reply: Reply) -> None:
                await self.services.request_acts.break_glass(
                    actor=actor, request_id=request_id, reason=reason, origin=reply.origin("modal")
                )

            return job

        await self.desk.take_submission(ack, submission, "emergency", prepare)

    async def looked_at(self, ack: Ack, click: Click) -> None:
        """Somebody else has looked at an emergency act."""

        async def job(reply: Reply) -> None:
            actor = await self.people.actor(click.person)
            request_id, _ = seen(click.value)
            await self.services.request_acts.look_over(
                actor=actor, request_id=request_id, origin=reply.origin("button")
            )

        await self.desk.take(ack, click, "review", job)

    async def open_reason(self, ack: Ack, click: Click) -> None:
        """“Ask for approval…” when the form could not be opened at once."""

        async def job(reply: Reply) -> None:
            draft = await self.services.drafts.read(click.value, click.person)
            doors = ", ".join(d.name for d in await self._doors(draft["doors"]))
            view = forms.reason_form(click.value, "This needs an approval, and the rule wants a reason.", doors)
            await self.slack.open_view(click.trigger_id, view)

        await self.desk.take(ack, click, "approval", job)

    async def reason(self, ack: Ack, submission: Submission) -> None:
        """The reason was given: ask now, by the rules of now."""
        view = submission.view

        async def prepare() -> Job:
            actor = await self.people.actor(submission.person)
            draft_id = text_at(view, "private_metadata")
            reason = typed(view, Field.REASON, VALUE)
            if not reason.strip():
                raise BadField(Field.REASON, "Say in a few words what you need it for.")

            async def job(reply: Reply) -> None:
                draft = await self.services.drafts.use(draft_id, actor.person.ref)
                wanted = from_draft(draft, await self._doors(draft["doors"]), reason)
                decision = await self.services.gate.asks(
                    actor=actor, action=wanted.action, doors=wanted.doors, window=wanted.window
                )
                await self.asking.ask(actor.person, decision, wanted, reply, "modal")

            return job

        await self.desk.take_submission(ack, submission, "request", prepare)

    async def _open(self, ack: Ack, click: Click, form: Form) -> None:
        async def job(reply: Reply) -> None:
            actor = await self.people.actor(click.person)
            request_id, _ = seen(click.value)
            origin = reply.origin("button")
            await self.services.decisions.check_place(request_id, place_of(click), actor, origin)
            request = await self.services.requests.get(request_id)
            await self.services.decisions.check_open(request, actor, origin)
            await self.slack.open_view(click.trigger_id, form(request))

        await self.desk.take(ack, click, "request", job)

    async def _go_on(self, request: AccessRequest) -> None:
        if request.state is RequestState.APPROVED:
            await self.services.request_acts.carry_out(request.request_id)

    async def _doors(self, ids: str) -> list[Door]:
        return [await self.services.doors.get(device_id) for device_id in ids.split(" ")]

    def _changed_time(self, request: AccessRequest, text: str, locale: str) -> tuple[Window | None, timedelta | None]:
        zone, now = request.doors[0].timezone, self.services.context.now()
        if request.length is not None:
            length = length_of(text, now=now, tz=zone, locale=locale)
            if length is None:
                raise BadField(Field.WHEN, "Say a length of time, for example “for 1 hour”.")
            return None, length
        if request.window is None:
            return None, None
        read = read_window(text, now=now, tz=zone, locale=locale)
        if isinstance(read, Unclear):
            raise BadField(Field.WHEN, f"{read.reason} For example: {read.example}")
        if not isinstance(read, Reading) or read.ends_at is None:
            raise BadField(Field.WHEN, "Say until when, too.")
        return Window(starts_at=read.starts_at, ends_at=read.ends_at), None


def seen(value: str) -> tuple[str, int]:
    """A button's value: (request id, the version that was on the screen). Raises `Refused` for anything else."""
    request_id, _, version = value.partition(".")
    if not (request_id and version.isascii() and version.isdigit() and len(version) < 6):
        raise Refused("I do not understand that button any more. Please look for the newest card.")
    return request_id, int(version)


def place_of(click: Click) -> tuple[str, str]:
    """Where the clicked message stands: (channel, ts)."""
    return (click.channel_id or "", click.message_ts or "")


def _typed_window(request: AccessRequest) -> str:
    zone = request.doors[0].timezone
    if request.length is not None:
        return f"for {int(request.length.total_seconds() // 60)} min"
    if request.window is None or request.window.ends_at is None:
        return ""
    start, end = request.window.starts_at, request.window.ends_at
    return f"{day(start, zone)} {clock(start, zone)} to {day(end, zone)} {clock(end, zone)}"
