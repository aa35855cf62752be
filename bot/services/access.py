"""Who has a code for a door, as far as our records say."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.model import Door, GuestCode, GuestCodeState, Person
from bot.services.context import Context
from bot.services.policy_book import PolicyBook
from storage.transaction import Transaction

# In these a code works, will work, or may still work.
_LIVE = (
    GuestCodeState.ORDERED,
    GuestCodeState.SCHEDULED,
    GuestCodeState.ON_LOCK,
    GuestCodeState.ENDING,
    GuestCodeState.STUCK,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorAccess:
    """`of_all` is False where only the asker's own codes are in it."""

    codes: tuple[GuestCode, ...]
    of_all: bool


class Access:
    """Answers, and changes nothing."""

    def __init__(self, context: Context, policy: PolicyBook) -> None:
        self._context, self._policy = context, policy

    async def to_door(self, door: Door, asker: Person) -> DoorAccess:
        """The codes that work or may still work, earliest first. Guests' names are private: an admin sees every
        code, anybody else those they asked for themselves."""
        policy = await self._policy.current()
        of_all = policy.is_admin(asker)

        def read(tx: Transaction) -> list[GuestCode]:
            return [code for state in _LIVE for code in tx.guest_codes.in_state(state)]

        live = await self._context.db.read(read)
        mine = [c for c in live if c.device_id == door.device_id and (of_all or c.host == asker.ref)]
        return DoorAccess(codes=tuple(sorted(mine, key=lambda c: c.window.starts_at)), of_all=of_all)
