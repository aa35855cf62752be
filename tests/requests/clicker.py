"""One process of several on one database: takes orders to click on standard input, answers on standard output.

    python -m tests.requests.clicker DATABASE_URL SEAM_URL

Each line in: {"request_id", "version", "clicks": [[user, "approve" | "deny"], ...]}; all clicks at once. Each line out:
what became of them, in the same order: "approved", "denied", "already", or the error.
"""

from __future__ import annotations

import asyncio
import json
import sys

from bot.domain.errors import AlreadyDecided, BotError
from bot.domain.model import Origin, PersonRef
from bot.domain.requests import RequestState
from bot.sandbox.clock import system_now
from bot.seam import SeamClient, make_http_client
from bot.services import Services
from bot.services.context import Context
from storage.audit_rows import AuditKey
from storage.database import Database
from tests.services.directory import Townsfolk

TEAM = "T1"
KEY = AuditKey(key_id="race", secret=b"r" * 32)
SEAM_KEY = "seam_test_sandbox"


class Clicker:
    """Clicks for many people at once, through the real services."""

    def __init__(self, database_url: str, seam_url: str) -> None:
        self.db = Database(database_url, KEY, lock=False)
        self.http = make_http_client(seam_url, SEAM_KEY, "race")
        self.people = Townsfolk()
        context = Context(
            db=self.db,
            locks=SeamClient(self.http, now=system_now),
            now=system_now,
            default_timezone=None,
            admins=frozenset({"U0ADMIN"}),
        )
        self.services = Services.over(context, self.people)

    async def click_all(self, request_id: str, version: int, clicks: list[list[str]]) -> list[str]:
        return await asyncio.gather(*(self._click(request_id, version, user, verdict) for user, verdict in clicks))

    async def close(self) -> None:
        await self.http.aclose()
        await self.db.close()

    async def _click(self, request_id: str, version: int, user: str, verdict: str) -> str:
        actor = await self.people.actor(PersonRef(team_id=TEAM, user_id=user))
        origin = Origin(surface="race", request_id=user)
        try:
            if verdict == "deny":
                await self.services.decisions.deny(
                    actor=actor, request_id=request_id, version=version, reason="no", origin=origin
                )
                return "denied"
            request = await self.services.decisions.approve(
                actor=actor, request_id=request_id, version=version, origin=origin
            )
            if request.state is RequestState.APPROVED:
                await self.services.request_acts.carry_out(request_id)
            return "approved"
        except AlreadyDecided:
            return "already"
        except BotError as error:
            return f"{type(error).__name__}: {error}"


async def main(database_url: str, seam_url: str) -> None:
    clicker = Clicker(database_url, seam_url)
    _say("ready")
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        _say(json.dumps(await clicker.click_all(**order)))
    await clicker.close()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
