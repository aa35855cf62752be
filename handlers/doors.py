"""/unlock, /lock and /doors, their buttons and their form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import AmbiguousDoor, BadField, Refused, Unclear, UnknownDoor
from bot.domain.model import Action, Door, Person
from bot.domain.policy.ask import Actor, AskApproval
from bot.domain.when import Kind, Reading, read_window
from bot.domain.when import Unclear as UnclearTime
from bot.domain.window import Window
from bot.domain.wishes import length_of, read_door_wish
from bot.services import Services
from bot.services.door_work import LONGEST_UNLOCK
from handlers.asking import Asking, Wanted
from handlers.desk import Ack, Desk, Job, Reply, needed
from handlers.ids import VALUE, ActionId, Field
from handlers.json_types import Json, text_at
from handlers.payloads import Click, Command, Submission, chosen, typed
from handlers.people import People
from handlers.slack_out import SlackOut
from handlers.views import doors as shown
from handlers.views import talk as spoken
from handlers.views.problems import choose_door

_ACTIONS = {"/unlock": Action.UNLOCK, "/lock": Action.LOCK}
_DONE = {Action.UNLOCK: "unlocked", Action.LOCK: "locked"}
_BUTTONS = {Action.UNLOCK: ActionId.UNLOCK, Action.LOCK: ActionId.LOCK}
A_MOMENT = timedelta(minutes=1)
_PAGE = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """Until when a door stays open; `length` where that was typed, which counts from an approval."""

    at: datetime
    length: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorHandlers:
    """Slack's side of doors."""

    services: Services
    desk: Desk
    people: People
    slack: SlackOut
    asking: Asking

    async def command(self, ack: Ack, command: Command) -> None:
        """`/unlock Front Door for 30 min`, `/lock garage`; without a door, the form."""
        action = _ACTIONS[command.name]

        async def job(reply: Reply) -> None:
            actor = await self.people.actor(command.person)
            if not command.text.strip():
                await self.desk.admit(actor.person, action, command.name, reply)
                await self.slack.open_view(command.trigger_id, shown.door_form(action))
                return
            door, until = await self._understand(action, command.text, actor.person, reply)
            if door:
                await self._work(action, actor, door, until, command.received_at, reply, "command")

        await self.desk.take(ack, command, command.name, job)

    async def press(self, ack: Ack, click: Click) -> None:
        """An Unlock or Lock button. Its value is the door's id; who may is decided now, not when it was made."""
        action = Action.UNLOCK if click.action_id.startswith(ActionId.UNLOCK) else Action.LOCK

        async def job(reply: Reply) -> None:
            actor = await self.people.actor(click.person)
            door = await self.services.doors.get(click.value)
            await self._work(action, actor, door, None, click.received_at, reply, "button")

        await self.desk.take(ack, click, action.value, job)

    async def run_draft(self, ack: Ack, click: Click) -> None:
        """One of several doors that fitted a typed line with a time in it."""

        async def job(reply: Reply) -> None:
            actor = await self.people.actor(click.person)
            draft = needed(await self.services.drafts.use(click.value, actor.person.ref), "relock_at")
            door = await self.services.doors.get(draft["device_id"])
            relock_at = datetime.fromisoformat(draft["relock_at"])
            if relock_at <= self.services.context.now():
                raise Refused("That time is over by now, so I did nothing. Please type the command again.")
            length = timedelta(seconds=int(draft["length_s"])) if "length_s" in draft else None
            until = Until(at=relock_at, length=length)
            await self._work(Action.UNLOCK, actor, door, until, click.received_at, reply, "button")

        await self.desk.take(ack, click, "/unlock", job)

    async def submit(self, ack: Ack, submission: Submission) -> None:
        """The form to choose a door was sent off."""
        view = submission.view

        async def prepare() -> Job:
            action = next((a for a in _BUTTONS if a == text_at(view, "private_metadata")), None)
            if action is None:
                raise Refused("I do not know what this form is for, so I did nothing. Please type the command again.")
            actor = await self.people.actor(submission.person)
            picked = chosen(view, Field.DOOR, ActionId.DOOR_SEARCH)
            if not picked:
                raise BadField(Field.DOOR, "Choose a door.")
            door = await self.services.doors.get(picked[0])
            text = typed(view, Field.WHEN, VALUE)
            zone = door.timezone or self._fallback_zone(actor.person)
            until = self._until(text, zone, actor.person) if text.strip() else None

            async def job(reply: Reply) -> None:
                await self._work(action, actor, door, until, submission.received_at, reply, "modal")

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

    async def propose(self, action: Action, text: str, person: Person, reply: Reply) -> None:
        """What was understood of an unlock or lock that somebody wrote, and the button that does it. Does nothing."""
        door, until = await self._understand(action, text, person, reply)
        if door is None:
            return
        can = door.can_unlock if action is Action.UNLOCK else door.can_lock
        if can is None:
            raise Refused(f"{door.name} cannot be {_DONE[action]} from here: its lock takes no such command.")
        if until is None:
            await reply.say(spoken.proposal(action, door, None, _BUTTONS[action], door.device_id))
            return
        draft_id = await self.services.drafts.keep(person.ref, {"device_id": door.device_id, **_kept(until)})
        await reply.say(spoken.proposal(action, door, until.at, ActionId.DRAFT_RUN, draft_id))

    # -- the common part ------------------------------------------------------------------------------------------

    async def _understand(
        self, action: Action, text: str, person: Person, reply: Reply
    ) -> tuple[Door | None, Until | None]:
        """The one door that was meant, and until when it stays open; None when the person was asked to choose."""
        zone = self._fallback_zone(person)
        wish = read_door_wish(
            text,
            await self.services.doors.all(),
            now=self.services.context.now(),
            fallback_zone=zone,
            locale=person.locale,
        )
        until = None
        if len(wish.match.doors) != 1 or wish.time is not None:
            # What follows names doors and asks back: not for those who may not. (One door: refused at that door.)
            await self.desk.admit(person, action, f"/{action.value}", reply)
        if wish.time is not None:
            if action is Action.LOCK:
                raise Unclear("I can lock a door only now, not for a time. Type `/lock` and the door's name.")
            door_zone = wish.match.doors[0].timezone if len(wish.match.doors) == 1 else None
            until = self._checked_time(wish.time, text, door_zone or zone, person)
        if not wish.match.doors:
            found = await self.services.doors.match(wish.typed)
            if not found.doors:
                raise UnknownDoor(wish.typed, found.near)
            wish_doors = found.doors
        else:
            wish_doors = wish.match.doors
        if len(wish_doors) == 1:
            return wish_doors[0], until
        await reply.say(await self._which(action, AmbiguousDoor(wish.typed, wish_doors), person, until))
        return None, None

    async def _which(self, action: Action, error: AmbiguousDoor, person: Person, until: Until | None) -> Json:
        verb = action.value.capitalize()
        if until is None:
            return choose_door(error, _BUTTONS[action], verb, {d.device_id: d.device_id for d in error.candidates})
        values = {
            door.device_id: await self.services.drafts.keep(person.ref, {"device_id": door.device_id, **_kept(until)})
            for door in error.candidates
        }
        return choose_door(error, ActionId.DRAFT_RUN, verb, values)

    async def _work(
        self,
        action: Action,
        actor: Actor,
        door: Door,
        until: Until | None,
        asked_at: datetime,
        reply: Reply,
        surface: str,
    ) -> None:
        reply.waiting_for = door.name
        origin, person = reply.origin(surface), actor.person
        if action is Action.UNLOCK:
            ended = await self.services.door_work.unlock(
                person=person,
                groups=actor.groups,
                device_id=door.device_id,
                origin=origin,
                asked_at=asked_at,
                relock_at=until.at if until else None,
            )
        else:
            ended = await self.services.door_work.lock(
                person=person, groups=actor.groups, device_id=door.device_id, origin=origin, asked_at=asked_at
            )
        if isinstance(ended, AskApproval):
            await self.asking.ask(person, ended, _wanted(action, door, until, self.services), reply, surface)
        elif await reply.say(shown.operation_ended(ended)):
            await self.services.door_work.told(ended)

    async def _members_only(self, delivery: Command | Click, what: str, reply: Reply) -> None:
        await self.desk.admit(await self.people.person(delivery.person), None, what, reply)

    def _until(self, text: str, zone: ZoneInfo, person: Person) -> Until:
        read = read_window(text, now=self.services.context.now(), tz=zone, locale=person.locale)
        try:
            return self._checked_time(read, text, zone, person)
        except Unclear as unclear:
            raise BadField("when", str(unclear)) from None

    def _checked_time(self, read: Reading | UnclearTime, text: str, zone: ZoneInfo, person: Person) -> Until:
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
        return Until(at=read.ends_at, length=length_of(text, now=now, tz=zone, locale=person.locale))

    def _fallback_zone(self, person: Person) -> ZoneInfo:
        return self.services.context.default_timezone or person.timezone or ZoneInfo("UTC")


def _kept(until: Until) -> dict[str, str]:
    kept = {"relock_at": until.at.isoformat()}
    if until.length is not None:
        kept["length_s"] = str(int(until.length.total_seconds()))
    return kept


def _wanted(action: Action, door: Door, until: Until | None, services: Services) -> Wanted:
    if until is None:
        return Wanted(action=action, doors=(door,))
    if until.length is not None:
        return Wanted(action=action, doors=(door,), length=until.length)
    return Wanted(action=action, doors=(door,), window=Window(starts_at=services.context.now(), ends_at=until.at))
