"""The doors there are, from memory: fast enough for a keystroke, fresh enough for a list."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.door_names import DoorMatch, folded, match_door, words_of
from bot.domain.errors import AmbiguousDoor, DoorGone, DoorTrouble, UnknownDoor
from bot.domain.model import Door
from bot.services.context import Context

log = logging.getLogger(__name__)

FRESH_FOR = timedelta(seconds=20)  # Seam itself asks the makers about every ten minutes (seam-api.md 3.2)


class DoorBook:
    """A copy of Seam's list. Used to name and to show doors; never to decide whether a lock obeys."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._doors: tuple[Door, ...] = ()
        self._read_at: datetime | None = None
        self._reading: asyncio.Task[tuple[Door, ...]] | None = None

    async def all(self) -> tuple[Door, ...]:
        """Every door, sorted by name. Answers from memory and reads again behind the caller's back when that is old;
        waits for Seam only the first time. Raises a `DoorTrouble` only when there is nothing to answer from."""
        if self._read_at is None:
            return await self._read()
        if self._context.now() - self._read_at > FRESH_FOR and self._reading is None:
            self._reading = asyncio.create_task(self._read_again())
        return self._doors

    def known(self) -> tuple[Door, ...]:
        """What memory holds, without asking anybody; nothing before the first reading."""
        return self._doors

    async def at_hand(self) -> tuple[Door, ...] | None:
        """Every door as far as anybody knows now; None when Seam does not answer and nothing is in memory."""
        try:
            return await self.all()
        except DoorTrouble as trouble:
            log.warning("doors.not_known", extra={"error": type(trouble).__name__})
            return None

    async def refreshed(self) -> tuple[Door, ...]:
        """Every door as Seam has it now; raises a `DoorTrouble` when Seam does not answer."""
        return await self._read()

    async def get(self, device_id: str) -> Door:
        """The door of this id, from memory or, if it is new, from Seam. Raises `DoorGone`."""
        for door in await self.all():
            if door.device_id == device_id:
                return door
        for door in await self._read():
            if door.device_id == device_id:
                return door
        raise DoorGone("That door")

    async def these(self, device_ids: Sequence[str]) -> tuple[Door, ...]:
        """The doors of these ids as far as memory knows them, in this order."""
        known = {door.device_id: door for door in await self.all()}
        return tuple(known[i] for i in device_ids if i in known)

    async def named(self, typed: str) -> Door:
        """The one door that `typed` means. Raises `UnknownDoor` with near names, `AmbiguousDoor` with candidates."""
        match = await self.match(typed)
        if len(match.doors) == 1:
            return match.doors[0]
        if match.doors:
            raise AmbiguousDoor(typed.strip(), match.doors)
        raise UnknownDoor(typed.strip(), match.near)

    async def match(self, typed: str) -> DoorMatch:
        """What `typed` may mean; a name that memory does not know is looked up once more at Seam."""
        found = match_door(typed, await self.all())
        if not found.doors and self._context.now() - (self._read_at or self._context.now()) > timedelta(seconds=2):
            found = match_door(typed, await self._read())
        return found

    async def search(self, typed: str, *, most: int = 100) -> Sequence[Door]:
        """Doors for a searchable list: every typed word begins a word of the name (or is inside it), best first."""
        wanted = words_of(typed) if typed.strip() else ()
        return [
            door
            for door in await self.all()
            if all(
                any(w in name_word for name_word in folded(" ".join((door.name, *door.aliases))).split())
                for w in wanted
            )
        ][:most]

    def note_locked(self, device_id: str, locked: bool) -> None:
        """Remember what we were just told of this door, until the next reading."""
        self._doors = tuple(replace(d, locked=locked) if d.device_id == device_id else d for d in self._doors)

    async def _read(self) -> tuple[Door, ...]:
        doors = await self._context.locks.doors()
        fallback = self._context.default_timezone
        self._doors = tuple(replace(d, timezone=fallback) if d.timezone is None else d for d in doors)
        self._read_at = self._context.now()
        return self._doors

    async def _read_again(self) -> tuple[Door, ...]:
        try:
            return await self._read()
        except DoorTrouble as trouble:
            log.warning("doors.not_refreshed", extra={"error": type(trouble).__name__, "seam_code": trouble.seam_code})
            return self._doors
        finally:
            self._reading = None
