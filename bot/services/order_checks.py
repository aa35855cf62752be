"""Before a guest code is ordered: is what was typed something that these doors can take?

The rules are `bot.domain.preflight`; here they get the facts, and the answer becomes an order or a field's error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.clean_text import LONGEST_NAME, LONGEST_NOTE, one_line
from bot.domain.errors import BadField, DoorTrouble
from bot.domain.model import Door
from bot.domain.pin import Pin, choose_pin, pin_problem
from bot.domain.preflight import (
    AlreadyThere,
    CannotBecause,
    ChangeKind,
    Verdict,
    Wanted,
    WorksWithChanges,
    preflight,
)
from bot.domain.window import Window
from bot.services.context import Context
from bot.services.door_book import DoorBook

MOST_DOORS = 10
LONGEST_WINDOW = timedelta(days=366)
LOOK_BUDGET_S = 1.2  # how long a form may wait for Seam before it is answered (Slack gives 3 s in all)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a person asks for: one guest, one window, one or more doors. `pin=None`: we choose.

    `windows` holds what single doors get instead of `window`, `offline` the doors whose code the maker computes;
    both come from the verdicts. `open_changes` are those that the person has not agreed to: such an order is only
    shown, and never carried out.
    """

    guest: str
    doors: tuple[Door, ...]
    window: Window
    pin: Pin | None = None
    note: str = ""
    windows: Mapping[str, Window] = field(default_factory=dict)
    offline: frozenset[str] = frozenset()
    verdicts: tuple[Verdict, ...] = ()
    open_changes: frozenset[ChangeKind] = frozenset()

    def window_at(self, device_id: str) -> Window:
        return self.windows.get(device_id, self.window)

    @property
    def changes(self) -> frozenset[ChangeKind]:
        """Every change that some door needs."""
        return frozenset().union(*(v.kinds for v in self.verdicts if isinstance(v, WorksWithChanges)))


class OrderChecks:
    """Turns a filled form into an `Order`, or says which field cannot be taken and why."""

    def __init__(self, context: Context, doors: DoorBook) -> None:
        self._context, self._doors = context, doors

    async def checked(
        self,
        *,
        guest: str,
        device_ids: Sequence[str],
        window: Window,
        pin: str = "",
        note: str = "",
        agreed: frozenset[ChangeKind] = frozenset(),
    ) -> Order:
        """The order as it would be placed, with a verdict for each door. Raises `BadField` naming the field that
        cannot be taken, and why. `agreed`: the changes that the person has seen and wants.

        Asks the locks what is on them for at most 1.2 s: when they are slower, their own refusal comes later.
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
        self._check_window(window, doors)
        chosen = _typed_pin(pin) if pin.strip() else None
        verdicts = await self.verdicts(doors, Wanted(guest=name, window=window, pin=chosen))
        cannot = [v.reason for v in verdicts if isinstance(v, CannotBecause)]
        if cannot:
            raise BadField("doors", " ".join(cannot))
        _check_pin(verdicts)
        order = Order(guest=name, doors=doors, window=window, pin=chosen, note=one_line(note, LONGEST_NOTE))
        return _fitted(order, verdicts, agreed)

    async def verdicts(self, doors: Sequence[Door], wanted: Wanted, *, look: bool = True) -> tuple[Verdict, ...]:
        """Pre-flight: what each door would say to this code, in the order of `doors`. With `look=False` nothing is
        asked of Seam or the database, for a preview on each keystroke."""
        now = self._context.now()
        there = await self._there(doors) if look else [AlreadyThere()] * len(doors)
        return tuple(preflight(door, wanted, now, what) for door, what in zip(doors, there, strict=True))

    async def again(self, order: Order) -> Order:
        """An approved order as it fits now. Only a later start is taken over without asking, since it gives less than
        was approved; anything else is left to the lock, which refuses it."""
        verdicts = await self.verdicts(order.doors, Wanted(guest=order.guest, window=order.window))
        kept = [v for v in verdicts if isinstance(v, WorksWithChanges) and v.kinds == {ChangeKind.LATER_START}]
        return replace(order, windows={v.door.device_id: v.window for v in kept})

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

    async def pin_for(self, doors: Sequence[Door]) -> Pin | None:
        """One PIN that every door takes, or None to let Seam choose for each."""
        if not doors:
            return None
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

    async def _there(self, doors: Sequence[Door]) -> list[AlreadyThere]:
        ids = [d.device_id for d in doors]
        ours = await self._context.db.read(lambda tx: [tx.guest_codes.alive_on(i) for i in ids])
        locks = self._context.locks
        asked = [call(i) for i in ids for call in (locks.codes, locks.unmanaged_codes)]
        try:
            held = await asyncio.wait_for(asyncio.gather(*asked), LOOK_BUDGET_S)
        except (DoorTrouble, TimeoutError):
            return [AlreadyThere(ours=mine) for mine in ours]
        return [AlreadyThere(at_seam=(*held[2 * n], *held[2 * n + 1]), ours=mine) for n, mine in enumerate(ours)]


def _fitted(order: Order, verdicts: tuple[Verdict, ...], agreed: frozenset[ChangeKind]) -> Order:
    """The order with what each door needs changed."""
    changed = [v for v in verdicts if isinstance(v, WorksWithChanges)]
    fitted = replace(
        order,
        verdicts=verdicts,
        windows={v.door.device_id: v.window for v in changed},
        offline=frozenset(v.door.device_id for v in changed if v.is_offline),
    )
    return replace(fitted, open_changes=fitted.changes - agreed)


def _typed_pin(typed: str) -> Pin:
    try:
        return Pin(typed.replace(" ", "").strip())
    except ValueError:
        raise BadField("pin", "A PIN is 4 to 12 digits. Leave the field empty and I will choose one.") from None


def _check_pin(verdicts: Sequence[Verdict]) -> None:
    """A PIN of one's own that a door does not take: another one must be typed, since we keep none."""
    for verdict in verdicts:
        if not isinstance(verdict, WorksWithChanges):
            continue
        for change in verdict.changes:
            if change.kind is ChangeKind.OTHER_PIN:
                why = change.words.partition(": ")[2]
                raise BadField(
                    "pin",
                    f"{verdict.door.name} does not take this PIN: {why}. "
                    "Choose another, or leave the field empty and I will.",
                )


def zone_of(door: Door) -> ZoneInfo:
    """The door's zone; only doors that have one get this far."""
    if door.timezone is None:
        raise BadField("doors", f"{door.name} has no time zone, so it takes no timed code.")
    return door.timezone
