"""/latchkey: its first word says what for; without one, or with an unknown one, it is the help."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from handlers.desk import Ack, Desk, Reply
from handlers.payloads import Command
from handlers.views.help import help_text

Word = Callable[[Ack, Command], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LatchkeyHandlers:
    """Slack's side of /latchkey. `words` are the first words that mean something, in small letters."""

    desk: Desk
    words: Mapping[str, Word]

    async def command(self, ack: Ack, command: Command) -> None:
        """`/latchkey rules`, `/latchkey test …`; the handler gets the text without that word."""
        first, _, rest = command.text.strip().partition(" ")
        handle = self.words.get(first.casefold(), self.help)
        await handle(ack, replace(command, text=rest.strip()))

    async def help(self, ack: Ack, command: Command) -> None:
        """What can be typed, for whoever asked."""

        async def job(reply: Reply) -> None:
            await reply.say(help_text())

        await self.desk.take(ack, command, command.name, job)
