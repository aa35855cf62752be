"""Who has a code for a door, as far as our records say."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.door_names import words_of
from bot.domain.model import LIVE_CODES, Door, GuestCode, GuestCodeState, Person
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

        live = await self._context.db.read(_live)
        mine = [c for c in live if c.device_id == door.device_id and (of_all or c.host == asker.ref)]
        return DoorAccess(codes=tuple(sorted(mine, key=lambda c: c.window.starts_at)), of_all=of_all)

    async def of_guest(self, guest: str, asker: Person) -> tuple[GuestCode, ...]:
        """The codes that can still be ended and whose guest's name has all these words: an admin's among all codes,
        anybody else's among their own. Earliest first; whether they may is asked again when they are ended."""
        policy = await self._policy.current()
        wanted = set(words_of(guest))
        live = await self._context.db.read(_live)
        return tuple(
            sorted(
                (
                    code
                    for code in live
                    if code.state in LIVE_CODES
                    and (policy.is_admin(asker) or code.host == asker.ref)
                    and wanted
                    and wanted <= set(words_of(code.guest))
                ),
                key=lambda code: code.window.starts_at,
            )
        )


def _live(tx: Transaction) -> list[GuestCode]:
    return [code for state in _LIVE for code in tx.guest_codes.in_state(state)]
