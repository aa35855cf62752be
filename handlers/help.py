"""/latchkey: what can be typed."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.desk import Ack, Desk, Reply
from handlers.payloads import Command
from handlers.views.help import help_text


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpHandlers:
    """Slack's side of the help."""

    desk: Desk

    async def command(self, ack: Ack, command: Command) -> None:
        """`/latchkey` with anything: the help, for whoever asked."""

        async def job(reply: Reply) -> None:
            await reply.say(help_text())

        await self.desk.take(ack, command, command.name, job)
