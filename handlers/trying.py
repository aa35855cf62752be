"""`/latchkey test @ana Back Door tomorrow 7am`: what the rules would say, and why."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.errors import NotAllowed, Unclear
from bot.domain.model import Door, Person, PersonRef
from bot.domain.trial import Question, read_question
from bot.domain.when import Reading
from bot.domain.when import Unclear as UnclearTime
from bot.domain.wishes import DoorWish
from bot.policy_try import explain
from bot.services import Services
from handlers.desk import Ack, Desk, Reply
from handlers.payloads import Command
from handlers.people import People
from handlers.views.rule_words import Words
from handlers.views.trying import answer

EXAMPLE = "Type for example `/latchkey test Back Door tomorrow 7am`."


@dataclass(frozen=True, slots=True, kw_only=True)
class TryHandlers:
    """Slack's side of trying the rules: admins try anybody, everybody tries themselves."""

    services: Services
    desk: Desk
    people: People

    async def command(self, ack: Ack, command: Command) -> None:
        """Whom, what, which door and when are in the line; whom is oneself unless a person is mentioned."""

        async def job(reply: Reply) -> None:
            asker = await self.people.person(command.person)
            self.services.door_work.check_may_look(asker)
            question = read_question(
                command.text,
                await self.services.doors.all(),
                now=self.services.context.now(),
                fallback_zone=self.services.context.default_timezone or asker.timezone or ZoneInfo("UTC"),
                locale=asker.locale,
            )
            door, time = await self._door(question.wish), _time(question.wish)
            actor = await self.people.actor(await self._whom(question, asker))
            tried = await self.services.trial.ask(actor=actor, door=door, action=question.action, time=time)
            words = Words.about([await self.services.policy.current()], await self.services.doors.all())
            await reply.say(answer(tried.ask, explain(tried.decision), words))

        await self.desk.take(ack, command, command.name, job)

    async def _whom(self, question: Question, asker: Person) -> PersonRef:
        if question.user_id is None or question.user_id == asker.user_id:
            return asker.ref
        if not (await self.services.policy.current()).is_admin(asker):
            raise NotAllowed("Only admins can try the rules for somebody else. Leave the name out to try them for you.")
        return PersonRef(team_id=asker.team_id, user_id=question.user_id)

    async def _door(self, wish: DoorWish) -> Door:
        if len(wish.match.doors) == 1:
            return wish.match.doors[0]
        if not wish.typed.strip():
            raise Unclear(f"Which door? {EXAMPLE}")
        if wish.match.doors:
            names = ", ".join(f"“{door.name}”" for door in wish.match.doors[:10])
            raise Unclear(f"“{wish.typed.strip()}” fits more than one door: {names}. Type more of its name.")
        return await self.services.doors.named(wish.typed)


def _time(wish: DoorWish) -> Reading | None:
    if isinstance(wish.time, UnclearTime):
        raise Unclear(f"{wish.time.reason} {EXAMPLE}")
    return wish.time
