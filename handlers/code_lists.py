"""`/latchkey codes`, and turning its pages there and on the Home tab."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services import Services
from handlers.desk import Ack, Desk, Reply
from handlers.home import HomeHandlers
from handlers.json_types import text_at
from handlers.payloads import Click, Command
from handlers.people import People
from handlers.views import code_list as shown


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeListHandlers:
    """Slack's side of one's own codes."""

    services: Services
    desk: Desk
    people: People
    home: HomeHandlers

    async def command(self, ack: Ack, command: Command) -> None:
        """The first page, for whoever asked."""

        async def job(reply: Reply) -> None:
            person = await self.people.person(command.person)
            await reply.say(shown.code_list(await self.services.code_lists.of(person), person.timezone))

        await self.desk.take(ack, command, command.name, job)

    async def turn_page(self, ack: Ack, click: Click) -> None:
        """Another page, where the button was: in the message, or on Home."""

        async def job(reply: Reply) -> None:
            person = await self.people.person(click.person)
            page = int(click.value) if click.value.isdigit() else 0
            if text_at(click.view, "type") == "home":
                await self.home.publish(person, codes_page=page)
                return
            listing = await self.services.code_lists.of(person, page)
            await reply.say(shown.code_list(listing, person.timezone), replace=True)

        await self.desk.take(ack, click, "codes", job)
