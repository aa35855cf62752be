"""What pre-flight is asked, and what it answers: works, works with these changes, cannot because."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.model import AccessCode, AccessCodeState, Door, GuestCode
from bot.domain.pin import Pin
from bot.domain.window import Window


class ChangeKind(StrEnum):
    """What would be different from what was asked for. The value is kept with a question, to know what was agreed."""

    LATER_START = "later_start"
    OFFLINE_CODE = "offline_code"
    WHOLE_HOURS = "whole_hours"
    OTHER_PIN = "other_pin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change, in words that finish the sentence “Front Door works with changes: …”."""

    kind: ChangeKind
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """The door takes the code as it was asked for. `notes` are what the person should know all the same."""

    door: Door
    window: Window
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksWithChanges:
    """The door takes the code in `window`, with `changes`. `is_offline`: as a code that the maker computes."""

    door: Door
    window: Window
    changes: tuple[Change, ...]
    is_offline: bool = False
    notes: tuple[str, ...] = ()

    @property
    def kinds(self) -> frozenset[ChangeKind]:
        return frozenset(change.kind for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class CannotBecause:
    """The door does not take it; `reason` is a sentence that says why and what to do."""

    door: Door
    reason: str


Verdict = Works | WorksWithChanges | CannotBecause


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The code that is asked for. Times are aware; `pin=None` lets us or the lock choose."""

    guest: str
    window: Window
    pin: Pin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyThere:
    """What is on the door by now. `at_seam`: managed and unmanaged codes, or None when nobody could look;
    `ours`: our own records that are alive there."""

    at_seam: Sequence[AccessCode] | None = None
    ours: Sequence[GuestCode] = ()

    @property
    def slots_used(self) -> int | None:
        """How many codes the lock holds or will hold; None when nobody could look."""
        if self.at_seam is None:
            return None
        return sum(code.state is not AccessCodeState.REMOVING for code in self.at_seam)


def zone_of_door(door: Door) -> ZoneInfo:
    """The door's zone; a door without one does not pass pre-flight, so UTC only stands in for the type."""
    return door.timezone or ZoneInfo("UTC")


def clock_words(moment: datetime, door: Door) -> str:
    """`1 Dec 09:00`, at the door."""
    return f"{moment.astimezone(zone_of_door(door)):%-d %b %H:%M}"
