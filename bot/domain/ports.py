"""The outside as the services see it: the locks, and the people who are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

from bot.domain.lock_events import SeamEvent
from bot.domain.model import AccessCode, ActionResult, CodeOrder, Door, PersonRef, Workspace
from bot.domain.policy.ask import Actor


class Locks(Protocol):
    """Every door that Seam knows. Implemented by `bot.seam.SeamClient`; the sandbox replaces the server under it.

    Every method raises a `DoorTrouble`: `SeamDown` when nothing was sent or a read got no answer,
    `OutcomeUnknown` when a change was sent and its answer is not known, `SeamKeyWrong`, `TooFast`, or what
    the lock says. Times are aware and go out in UTC.
    """

    async def doors(self) -> tuple[Door, ...]:
        """Every lock, whatever its brand, from all pages; sorted by name."""
        ...

    async def door(self, device_id: str) -> Door:
        """One lock as it is now. Raises `DoorGone`."""
        ...

    async def unlock(self, device_id: str, *, not_after: datetime) -> ActionResult:
        """Send one unlock, once, and wait for the lock's answer up to the client's deadline.

        Never sent after `not_after` (aware), however long the look before it took: raises `SeamDown` then, and nothing
        was done (reliability.md D3). Never sent twice.
        Raises `OutcomeUnknown` (with `seam_code="pending"` when the attempt is still open).
        """
        ...

    async def lock(self, device_id: str) -> ActionResult:
        """Like `unlock`, for locking."""
        ...

    async def attempt(self, action_attempt_id: str) -> ActionResult | None:
        """How an earlier unlock or lock ended; None while it is still open, or Seam cannot be asked: look later.

        Raises what the lock said if it failed, or `OutcomeUnknown` when Seam no longer knows the attempt.
        """
        ...

    async def workspace(self) -> Workspace:
        """The workspace that our key opens. Raises `SeamKeyWrong`: the self-test at the start."""
        ...

    async def create_code(self, order: CodeOrder) -> AccessCode:
        """Order a code. Raises `OutcomeUnknown` if Seam may have taken it: look with `codes()`, by name."""
        ...

    async def code(self, access_code_id: str) -> AccessCode | None:
        """The code as it is now, or None when Seam no longer has it."""
        ...

    async def codes(self, device_id: str) -> tuple[AccessCode, ...]:
        """Every managed code of this door, from all pages."""
        ...

    async def unmanaged_codes(self, device_id: str) -> tuple[AccessCode, ...]:
        """Codes on this door that Seam sees but did not set (made in the maker's app)."""
        ...

    async def update_code(
        self, access_code_id: str, *, name: str | None = None, starts_at: datetime, ends_at: datetime
    ) -> None:
        """Move a time-bound code's window (both ends, always). The lock changes later. Raises `CodeGone`."""
        ...

    async def delete_code(self, access_code_id: str) -> None:
        """Ask Seam to take the code off. Returning is not removal: `code()` says when it is gone."""
        ...


class Events(Protocol):
    """What Seam has reported. Implemented by `bot.seam.notices.Notices`."""

    def events_since(self, since: datetime) -> AsyncIterator[SeamEvent]:
        """Everything Seam stored after `since` (aware), oldest first. Raises like `Locks`."""
        ...


class Directory(Protocol):
    """Who people are, as Slack says now. Implemented by `handlers.people.People`."""

    async def actor(self, ref: PersonRef) -> Actor:
        """The person with the Slack user groups they are in. Raises `Refused` when Slack cannot say who they are."""
        ...
