"""A list of guests: each line judged on its own, and made on its own, so that one bad line stops no other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.errors import BotError
from bot.domain.model import GuestCode, Origin
from bot.domain.policy.ask import Actor, Allow, AskApproval
from bot.domain.preflight import ChangeKind
from bot.domain.window import Window
from bot.services.guest_codes import GuestCodes
from bot.services.order_checks import Order, OrderChecks


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line that was understood. `agreed`: the changes that were on the screen when it was sent off."""

    guest: str
    device_id: str
    window: Window
    agreed: frozenset[ChangeKind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What would become of an entry: its order, or why there is none, as a sentence."""

    order: Order | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of an entry: its codes, or why there are none."""

    entry: Entry
    codes: tuple[GuestCode, ...]
    reason: str = ""


class GuestLists:
    """Judges and makes lists of codes."""

    def __init__(self, checks: OrderChecks, codes: GuestCodes) -> None:
        self._checks, self._codes = checks, codes

    async def judged(self, actor: Actor, entries: Sequence[Entry]) -> tuple[Judged, ...]:
        """Pre-flight and rules, line by line, all at once. Changes nothing."""
        return tuple(await asyncio.gather(*(self._judge(actor, entry) for entry in entries)))

    async def make(self, actor: Actor, entries: Sequence[Entry], origin: Origin) -> tuple[Made, ...]:
        """Order one code after the other; whatever stops one is told of that one. The rules are asked anew for each."""
        # The delivery is done when the whole list is, not when its first code is.
        origin = replace(origin, delivery=None)
        return tuple([await self._make(actor, entry, origin) for entry in entries])

    async def _judge(self, actor: Actor, entry: Entry) -> Judged:
        try:
            order = await self._order(entry)
        except BotError as problem:
            return Judged(order=None, reason=str(problem))
        for door, ruling in await self._codes.rulings(person=actor.person, groups=actor.groups, order=order):
            match ruling.decision:
                case Allow():
                    pass
                case AskApproval():
                    return Judged(
                        order=None, reason=f"{door.name} needs an approval for this. Ask for this one by itself."
                    )
                case refusal:
                    return Judged(order=None, reason=f"{door.name}: {refusal.reason}")
        return Judged(order=order)

    async def _make(self, actor: Actor, entry: Entry, origin: Origin) -> Made:
        try:
            order = await self._order(entry)
            codes = await self._codes.order(person=actor.person, groups=actor.groups, order=order, origin=origin)
        except BotError as problem:
            return Made(entry=entry, codes=(), reason=str(problem))
        return Made(entry=entry, codes=codes)

    async def _order(self, entry: Entry) -> Order:
        return await self._checks.checked(
            guest=entry.guest, device_ids=[entry.device_id], window=entry.window, agreed=entry.agreed
        )
