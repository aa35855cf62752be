"""/unlock, /lock and /doors, their buttons and their form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import AmbiguousDoor, BadField, Refused, Unclear, UnknownDoor
from bot.domain.model import Action, Door, Person
from bot.domain.when import Kind, Reading, read_window
from bot.domain.when import Unclear as UnclearTime
from bot.domain.wishes import read_door_wish
from bot.services import Services
from bot.services.door_work import LONGEST_UNLOCK
from handlers.desk import Ack, Desk, Job, Reply, needed
from handlers.ids import VALUE, ActionId, Field
from handlers.json_types import Json, text_at
from handlers.payloads import Click, Command, Submission, chosen, typed
from handlers.people import People
from handlers.slack_out import SlackOut
from handlers.views import doors as shown
from handlers.views.problems import choose_door

_ACTIONS = {"/unlock": Action.UNLOCK, "/lock": Action.LOCK}
_BUTTONS = {Action.UNLOCK: ActionId.UNLOCK, Action.LOCK: ActionId.LOCK}
A_MOMENT = timedelta(minutes=1)
_PAGE = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorHandlers:
    """Slack's side of doors."""

    services: Services
    desk: Desk
    people: People
    slack: SlackOut

    async def command(self, ack: Ack, command: Command) -> None:
        """`/unlock Front Door for 30 min`, `/lock garage`; without a door, the form."""
        action = _ACTIONS[command.name]

        async def job(reply: Reply) -> None:
            person = await self.people.person(command.person)
            if not command.text.strip():
                await self.desk.admit(person, action, command.name, reply)
                await self.slack.open_view(command.trigger_id, shown.door_form(action))
                return
            door, relock_at = await self._understand(action, command.text, person, reply)
            if door:
                await self._work(action, person, door, relock_at, command.received_at, reply, "command")

        await self.desk.take(ack, command, command.name, job)

    async def press(self, ack: Ack, click: Click) -> None:
        """An Unlock or Lock button. Its value is the door's id; who may is decided now, not when it was made."""
        action = Action.UNLOCK if click.action_id.startswith(ActionId.UNLOCK) else Action.LOCK

        async def job(reply: Reply) -> None:
            person = await self.people.person(click.person)
            door = await self.services.doors.get(click.value)
            await self._work(action, person, door, None, click.received_at, reply, "button")

        await self.desk.take(ack, click, action.value, job)

    async def run_draft(self, ack: Ack, click: Click) -> None:
        """One of several doors that fitted a typed line with a time in it."""

        async def job(reply: Reply) -> None:
            person = await self.people.person(click.person)
            draft = needed(await self.services.drafts.use(click.value, person.ref), "relock_at")
            door = await self.services.doors.get(draft["device_id"])
            relock_at = datetime.fromisoformat(draft["relock_at"])
            if relock_at <= self.services.context.now():
                raise Refused("That time is over by now, so I did nothing. Please type the command again.")
            await self._work(Action.UNLOCK, person, door, relock_at, click.received_at, reply, "button")

        await self.desk.take(ack, click, "/unlock", job)

    async def submit(self, ack: Ack, submission: Submission) -> None:
        """The form to choose a door was sent off."""
        view = submission.view

        async def prepare() -> Job:
            action = next((a for a in _BUTTONS if a == text_at(view, "private_metadata")), None)
            if action is None:
                raise Refused("I do not know what this form is for, so I did nothing. Please type the command again.")
            person = await self.people.person(submission.person)
            picked = chosen(view, Field.DOOR, ActionId.DOOR_SEARCH)
            if not picked:
                raise BadField(Field.DOOR, "Choose a door.")
            door = await self.services.doors.get(picked[0])
            text = typed(view, Field.WHEN, VALUE)
            zone = door.timezone or self._fallback_zone(person)
            relock_at = self._relock_at(text, zone, person) if text.strip() else None

            async def job(reply: Reply) -> None:
                await self._work(action, person, door, relock_at, submission.received_at, reply, "modal")

            return job

        await self.desk.take_submission(ack, submission, "form", prepare)

    async def show_list(self, ack: Ack, command: Command) -> None:
        """`/doors`: every door, a page at a time, in the asker's eyes only."""

        async def job(reply: Reply) -> None:
            await self._members_only(command, command.name, reply)
            await reply.say(shown.door_list(await self.services.doors.refreshed(), 0))

        await self.desk.take(ack, command, command.name, job)

    async def turn_page(self, ack: Ack, click: Click) -> None:
        """Back or More under the list."""

        async def job(reply: Reply) -> None:
            await self._members_only(click, "/doors", reply)
            page = int(click.value) if _PAGE.fullmatch(click.value) else 0
            await reply.say(shown.door_list(await self.services.doors.all(), page), replace=True)

        await self.desk.take(ack, click, "/doors", job)

    async def options(self, query: str) -> list[Json]:
        """The doors for a searchable list, from memory, matched here."""
        return shown.door_options(await self.services.doors.search(query))

    # -- the common part ------------------------------------------------------------------------------------------

    async def _understand(
        self, action: Action, text: str, person: Person, reply: Reply
    ) -> tuple[Door | None, datetime | None]:
        """The one door that was meant, and until when it stays open; None when the person was asked to choose."""
        zone = self._fallback_zone(person)
        wish = read_door_wish(
            text,
            await self.services.doors.all(),
            now=self.services.context.now(),
            fallback_zone=zone,
            locale=person.locale,
        )
        relock_at = None
        if len(wish.match.doors) != 1 or wish.time is not None:
            # What follows names doors and asks back: not for those who may not. (One door: refused at that door.)
            await self.desk.admit(person, action, f"/{action.value}", reply)
        if wish.time is not None:
            if action is Action.LOCK:
                raise Unclear("I can lock a door only now, not for a time. Type `/lock` and the door's name.")
            relock_at = self._checked_time(wish.time)
        if not wish.match.doors:
            found = await self.services.doors.match(wish.typed)
            if not found.doors:
                raise UnknownDoor(wish.typed, found.near)
            wish_doors = found.doors
        else:
            wish_doors = wish.match.doors
        if len(wish_doors) == 1:
            return wish_doors[0], relock_at
        await reply.say(await self._which(action, AmbiguousDoor(wish.typed, wish_doors), person, relock_at))
        return None, None

    async def _which(self, action: Action, error: AmbiguousDoor, person: Person, relock_at: datetime | None) -> Json:
        verb = action.value.capitalize()
        if relock_at is None:
            return choose_door(error, _BUTTONS[action], verb, {d.device_id: d.device_id for d in error.candidates})
        values = {
            door.device_id: await self.services.drafts.keep(
                person.ref, {"device_id": door.device_id, "relock_at": relock_at.isoformat()}
            )
            for door in error.candidates
        }
        return choose_door(error, ActionId.DRAFT_RUN, verb, values)

    async def _work(
        self,
        action: Action,
        person: Person,
        door: Door,
        relock_at: datetime | None,
        asked_at: datetime,
        reply: Reply,
        surface: str,
    ) -> None:
        reply.waiting_for = door.name
        origin = reply.origin(surface)
        if action is Action.UNLOCK:
            ended = await self.services.door_work.unlock(
                person=person, device_id=door.device_id, origin=origin, asked_at=asked_at, relock_at=relock_at
            )
        else:
            ended = await self.services.door_work.lock(
                person=person, device_id=door.device_id, origin=origin, asked_at=asked_at
            )
        if await reply.say(shown.operation_ended(ended)):
            await self.services.door_work.told(ended)

    async def _members_only(self, delivery: Command | Click, what: str, reply: Reply) -> None:
        await self.desk.admit(await self.people.person(delivery.person), None, what, reply)

    def _relock_at(self, text: str, zone: ZoneInfo, person: Person) -> datetime:
        read = read_window(text, now=self.services.context.now(), tz=zone, locale=person.locale)
        try:
            return self._checked_time(read)
        except Unclear as unclear:
            raise BadField("when", str(unclear)) from None

    def _checked_time(self, read: Reading | UnclearTime) -> datetime:
        """Until when a door is to stay open. Raises `Unclear`: a door is opened now, for a sure time, not too long."""
        if isinstance(read, UnclearTime):
            raise Unclear(f"{read.reason} To open a door for a time, type for example “for 30 min” or “until 18:00”.")
        now = self.services.context.now()
        if read.kind is not Kind.WINDOW or read.ends_at is None or read.alternatives:
            raise Unclear("For how long? Type for example “for 30 min” or “until 18:00”.")
        if read.starts_at - now > A_MOMENT:
            raise Unclear(
                "I can open a door only now, not later: nobody might be there. "
                "For later, make a guest code with `/guest-code`."
            )
        if read.ends_at - now > LONGEST_UNLOCK:
            raise Unclear("I keep a door open for at most 12 hours. For longer, make a guest code with `/guest-code`.")
        return read.ends_at

    def _fallback_zone(self, person: Person) -> ZoneInfo:
        return self.services.context.default_timezone or person.timezone or ZoneInfo("UTC")
