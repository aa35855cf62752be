"""What a button stands for. The button carries only the id; whoever it was made for may use it, once, within a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.errors import Refused
from bot.domain.model import PersonRef
from bot.services.context import Context, new_id

KEEP = timedelta(days=1)


class Drafts:
    """Keeps what was understood until the person confirms it."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def keep(self, person: PersonRef, content: Mapping[str, str]) -> str:
        """Keep it for this person. Returns the id for the button."""
        draft_id = new_id()
        await self._context.db.write(lambda tx: tx.drafts.keep(draft_id, person, content, self._context.now()))
        return draft_id

    async def read(self, draft_id: str, person: PersonRef) -> Mapping[str, str]:
        """Look without using it up. Raises `Refused`."""
        content = await self._context.db.read(lambda tx: tx.drafts.read(draft_id, person))
        if content is None:
            raise _used()
        return content

    async def use(self, draft_id: str, person: PersonRef) -> Mapping[str, str]:
        """Take it, once. Raises `Refused` for a second press, an old button, or somebody else's."""
        content = await self._context.db.write(lambda tx: tx.drafts.use(draft_id, person))
        if content is None:
            raise _used()
        return content

    async def forget_old(self) -> None:
        before = self._context.now() - KEEP
        await self._context.db.write(lambda tx: tx.drafts.forget(before))


def _used() -> Refused:
    return Refused("That button was already used, or is too old, so I did nothing. Please type the command again.")
