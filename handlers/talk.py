"""What people write to the bot, in its direct messages or by its name in a channel. An answer; never an act."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.door_names import find_door_in, match_door
from bot.domain.errors import Refused, UnknownDoor
from bot.domain.model import Action, Door, Person
from bot.domain.talk import Asking, Heard, hear
from bot.services import Services
from handlers.code_questions import CodeQuestions
from handlers.desk import Ack, Desk, Reply
from handlers.doors import DoorHandlers
from handlers.payloads import Said
from handlers.people import People
from handlers.views import doors as door_views
from handlers.views import talk as shown
from handlers.views.help import help_text

_WANTS = {Asking.UNLOCK: Action.UNLOCK, Asking.LOCK: Action.LOCK, Asking.CODE: Action.GUEST_CODE}


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkHandlers:
    """Slack's side of talking."""

    services: Services
    desk: Desk
    people: People
    doors: DoorHandlers
    questions: CodeQuestions

    async def heard(self, ack: Ack, said: Said) -> None:
        """Somebody wrote to us: say what was understood. Whatever would act waits for a button."""

        async def job(reply: Reply) -> None:
            heard = hear(said.text)
            person = await self.people.person(said.person)
            await self.desk.admit(person, _WANTS.get(heard.asking), "message", reply)
            await self._answer(said, heard, person, reply)

        await self.desk.take(ack, said, "message", job)

    async def _answer(self, said: Said, heard: Heard, person: Person, reply: Reply) -> None:
        match heard.asking:
            case Asking.HELP:
                await reply.say(help_text())
            case Asking.DOORS:
                await reply.say(door_views.door_list(await self.services.doors.all(), 0))
            case Asking.STATE:
                await reply.say(shown.state(await self._door(heard.rest)))
            case Asking.WHO:
                door = await self._door(heard.rest)
                access = await self.services.access.to_door(door, person)
                await reply.say(shown.who_has_access(door, access.codes, of_all=access.of_all))
            case Asking.UNLOCK | Asking.LOCK:
                await self._one_door(heard.rest)
                await self.doors.propose(_WANTS[heard.asking], heard.rest, person, reply)
            case Asking.CODE:
                await self.questions.understand(said, heard.rest, reply)
            case Asking.END:
                await self._offer_end(heard, person, reply)
            case _:
                await reply.say(shown.nothing_done(heard.asking))

    async def _offer_end(self, heard: Heard, person: Person, reply: Reply) -> None:
        codes = await self.services.access.of_guest(heard.guest, person)
        if heard.rest.strip():
            door = await self._door(heard.rest)
            codes = tuple(code for code in codes if code.device_id == door.device_id)
        if not codes:
            raise Refused(f"I know no code of yours for “{heard.guest}” that could end, so I did nothing.")
        await reply.say(shown.end_which(codes))

    async def _door(self, typed: str) -> Door:
        doors = await self.services.doors.all()
        found, _ = find_door_in(typed, doors)
        found = found or match_door(typed, doors).doors
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(door.name for door in found)
            raise Refused(f"Which one do you mean: {names}? Ask again with its whole name.")
        raise UnknownDoor(typed)

    async def _one_door(self, typed: str) -> None:
        """Raises `Refused` for an order without a door, or with several: one button is for one door."""
        if not typed.strip():
            raise Refused("Which door? Say its name, too, for example “unlock Front Door”.")
        rest, found = typed, dict[str, Door]()
        doors = await self.services.doors.all()
        while True:
            here, span = find_door_in(rest, doors)
            if span is None:
                break
            if len(here) == 1:
                found[here[0].device_id] = here[0]
            rest = rest[: span[0]] + " " + rest[span[1] :]
        if len(found) > 1:
            names = " and ".join(door.name for door in found.values())
            raise Refused(f"You named {names}. Please ask for one door at a time; nothing was done.")
