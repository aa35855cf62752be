"""Before a guest code is ordered: is what was typed something that these doors can take?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.clean_text import LONGEST_NAME, LONGEST_NOTE, one_line
from bot.domain.errors import BadField, DoorTrouble
from bot.domain.model import Door
from bot.domain.pin import Pin, choose_pin, pin_problem
from bot.domain.window import Window
from bot.services.context import Context
from bot.services.door_book import DoorBook

MOST_DOORS = 10
LONGEST_WINDOW = timedelta(days=366)
LOOK_BUDGET_S = 1.2  # how long a form may wait for Seam before it is answered (Slack gives 3 s in all)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a person asks for: one guest, one window, one or more doors. `pin=None`: we choose."""

    guest: str
    doors: tuple[Door, ...]
    window: Window
    pin: Pin | None = None
    note: str = ""


class OrderChecks:
    """Turns a filled form into an `Order`, or says which field cannot be taken and why."""

    def __init__(self, context: Context, doors: DoorBook) -> None:
        self._context, self._doors = context, doors

    async def checked(
        self, *, guest: str, device_ids: Sequence[str], window: Window, pin: str = "", note: str = ""
    ) -> Order:
        """The order as it will be placed. Raises `BadField` naming the field that cannot be taken, and why.

        Asks the locks about the PIN for at most 1.2 s: when they are slower, the lock's own refusal comes later.
        """
        name = one_line(guest, LONGEST_NAME)
        if not name:
            raise BadField("guest", "Who is the code for? Type a name, for example “Dana (plumber)”.")
        if len(guest.strip()) > LONGEST_NAME:
            raise BadField("guest", f"That name is too long: please keep it to {LONGEST_NAME} characters.")
        if not device_ids:
            raise BadField("doors", "Choose at least one door.")
        if len(set(device_ids)) > MOST_DOORS:
            raise BadField("doors", f"Please choose at most {MOST_DOORS} doors at a time.")
        doors = tuple([await self._doors.get(device_id) for device_id in dict.fromkeys(device_ids)])
        for door in doors:
            if reason := why_no_code(door):
                raise BadField("doors", reason)
        self._check_window(window, doors)
        chosen = await self._checked_pin(pin, doors) if pin.strip() else None
        return Order(guest=name, doors=doors, window=window, pin=chosen, note=one_line(note, LONGEST_NOTE))

    async def door(self, device_id: str) -> Door | None:
        """The door as it is known, or None."""
        return next((d for d in await self._doors.all() if d.device_id == device_id), None)

    def _check_window(self, window: Window, doors: Sequence[Door]) -> None:
        now = self._context.now()
        if window.ends_at is None:
            raise BadField("when", "Until when? Say the end, too, for example “tomorrow 9-5” or “until Friday 18:00”.")
        if window.ends_at <= now:
            raise BadField("when", "That time is already over. Type one that is still to come, like “tomorrow 9-5”.")
        if window.length and window.length > LONGEST_WINDOW:
            raise BadField("when", "A code can last at most a year. Choose an earlier end.")
        if len({str(zone_of(d)) for d in doors}) > 1:
            raise BadField(
                "doors", "These doors are in different time zones, so one time does not fit all. Make a code for each."
            )

    async def _checked_pin(self, typed: str, doors: Sequence[Door]) -> Pin:
        try:
            pin = Pin(typed.replace(" ", "").strip())
        except ValueError:
            raise BadField("pin", "A PIN is 4 to 12 digits. Leave the field empty and I will choose one.") from None
        for door in doors:
            if problem := pin_problem(pin, door.rules):
                raise BadField("pin", f"{door.name} does not take this PIN: {problem}.")
        try:
            taken = await asyncio.wait_for(self._pins_on(doors), LOOK_BUDGET_S)
        except (DoorTrouble, TimeoutError):
            return pin
        for door, pins in zip(doors, taken, strict=True):
            if pin in pins:
                raise BadField(
                    "pin", f"This PIN is already in use on {door.name}. Choose another, or leave the field empty."
                )
        return pin

    async def pin_for(self, doors: Sequence[Door]) -> Pin | None:
        """One PIN that every door takes, or None to let Seam choose for each."""
        lengths = set.intersection(*(set(d.rules.allowed_lengths) for d in doors))
        if not lengths or not all(d.rules.pin_may_be_chosen for d in doors):
            return None
        try:
            taken = set().union(*await self._pins_on(doors))
        except DoorTrouble:
            return None
        strictest = doors[0].rules
        for _ in range(200):
            pin = choose_pin(strictest, taken=taken, length=min(lengths, key=lambda n: (abs(n - 6), -n)))
            if pin is None:
                return None
            if all(pin_problem(pin, d.rules) is None for d in doors):
                return pin
        return None

    async def _pins_on(self, doors: Sequence[Door]) -> list[set[Pin]]:
        lists = await asyncio.gather(*(self._context.locks.codes(d.device_id) for d in doors))
        return [{c.pin for c in codes if c.pin} for codes in lists]


def why_no_code(door: Door) -> str | None:
    """Why this door cannot take a timed code now or ever, as a sentence; None when it can."""
    if door.can_program_codes is None:
        return f"{door.name} does not take codes that are set from afar. Choose another door."
    if door.timezone is None:
        return (
            f"{door.name} has no time zone yet, so a timed code could be hours off. "
            "An admin can set LATCHKEY_TIMEZONE, or the lock's zone in its maker's app."
        )
    if door.can_program_codes is False:
        trouble = door.troubles[0].message if door.troubles else "its connection is not complete"
        return f"{door.name} cannot take a code right now: {trouble}"
    return None


def zone_of(door: Door) -> ZoneInfo:
    """The door's zone; only doors that have one get this far."""
    if door.timezone is None:
        raise BadField("doors", f"{door.name} has no time zone, so it takes no timed code.")
    return door.timezone
